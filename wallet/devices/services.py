"""
The services of devices, made once.
"""

from dataclasses import dataclass

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.devices.alarms import Alarms
from wallet.devices.barcodes import BarcodesService
from wallet.devices.enrolment import EnrolmentService
from wallet.devices.keeping import KeepingService
from wallet.devices.proofs import Challenges
from wallet.devices.servers import ServerDevices
from wallet.devices.service import DevicesService
from wallet.devices.showing import ShowingService
from wallet.devices.topping_up import ToppingUpService
from wallet.ids import Ids
from wallet.journal.service import JournalService
from wallet.parties.service import PartiesService
from wallet.vault import Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceServices:
    """
    Everything about devices; controllers are given the services by these names.
    """

    devices: DevicesService
    enrolment: EnrolmentService
    keeping: KeepingService
    topping_up: ToppingUpService
    showing: ShowingService
    barcodes: BarcodesService

    def injected(self) -> dict[str, object]:
        """
        Return the services that the controllers ask for, by name.
        """
        return {
            "enrolment": self.enrolment,
            "keeping": self.keeping,
            "topping_up": self.topping_up,
            "showing": self.showing,
            "barcodes": self.barcodes,
        }


def device_services(
    *,
    database: Database,
    clock: Clock,
    ids: Ids,
    vault: Vault,
    parties: PartiesService,
    journal: JournalService,
) -> DeviceServices:
    """
    Return the services over what they stand on.
    """
    alarms = Alarms(clock=clock, parties=parties, journal=journal)
    challenges = Challenges(clock=clock, ids=ids, vault=vault)
    servers = ServerDevices(clock=clock, ids=ids)
    barcodes = BarcodesService(
        database=database, clock=clock, ids=ids, servers=servers, alarms=alarms
    )
    return DeviceServices(
        devices=DevicesService(clock=clock, alarms=alarms, barcodes=barcodes),
        enrolment=EnrolmentService(
            database=database,
            clock=clock,
            vault=vault,
            challenges=challenges,
            servers=servers,
            journal=journal,
        ),
        keeping=KeepingService(
            database=database,
            clock=clock,
            vault=vault,
            challenges=challenges,
            servers=servers,
            journal=journal,
        ),
        topping_up=ToppingUpService(
            database=database, clock=clock, ids=ids, vault=vault, challenges=challenges
        ),
        showing=ShowingService(
            database=database, clock=clock, ids=ids, vault=vault, servers=servers
        ),
        barcodes=barcodes,
    )
