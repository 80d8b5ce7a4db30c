"""
The services about who is who, and about one scan.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from wallet.app.basis import Basis
from wallet.bindings.linking import LinkingService
from wallet.bindings.service import BindingsService
from wallet.consents.service import ConsentsService
from wallet.devices.services import DeviceServices, device_services
from wallet.idempotency.service import IdempotencyService
from wallet.journal.feed import Feed
from wallet.journal.service import JournalService
from wallet.oidc.services import ProviderServices, provider_services
from wallet.operators.service import OperatorServices, operator_services
from wallet.parties.access import AccessService
from wallet.parties.administration import PartiesAdministration
from wallet.parties.service import PartiesService
from wallet.presentations.service import PresentationsService
from wallet.residents.service import ResidentsService
from wallet.residents.sessions import SessionsService
from wallet.resolving.fast.postgres import OnPostgres
from wallet.resolving.fast.records import Store
from wallet.resolving.fast.shortcut import Shortcut
from wallet.resolving.fast.sqlite import OnSqlite
from wallet.resolving.gate import Gate
from wallet.resolving.holding import Decoder, Holder
from wallet.resolving.service import ResolvingService
from wallet.resolving.verdicts import Asker


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """
    Residents and their devices, parties and their terminals, operators, and what a scan needs.
    """

    parties: PartiesService
    administration: PartiesAdministration
    access: AccessService
    idempotency: IdempotencyService
    journal: JournalService
    feed: Feed
    residents: ResidentsService
    sessions: SessionsService
    devices: DeviceServices
    consents: ConsentsService
    bindings: BindingsService
    linking: LinkingService
    presentations: PresentationsService
    operators: OperatorServices
    providers: ProviderServices

    def injected(self) -> dict[str, object]:
        """
        Return the services that controllers ask for, by name.
        """
        return {
            "access": self.access,
            "consents": self.consents,
            "feed": self.feed,
            "idempotency": self.idempotency,
            "journal": self.journal,
            "linking": self.linking,
            "residents": self.residents,
            "sessions": self.sessions,
            **self.devices.injected(),
        }


def people(b: Basis) -> People:
    """
    Return the services over the basis.
    """
    origin = b.settings.public_origin
    parties = PartiesService(
        database=b.database, clock=b.clock, ids=b.ids, vault=b.vault, public_origin=origin
    )
    journal = JournalService(database=b.database, ids=b.ids, vault=b.vault)
    residents = ResidentsService(database=b.database, clock=b.clock, ids=b.ids, vault=b.vault)
    consents = ConsentsService(database=b.database, clock=b.clock, ids=b.ids, vault=b.vault)
    bindings = BindingsService(clock=b.clock, ids=b.ids, vault=b.vault)
    return People(
        parties=parties,
        administration=PartiesAdministration(
            database=b.database, clock=b.clock, ids=b.ids, vault=b.vault, parties=parties
        ),
        access=AccessService(
            database=b.database, clock=b.clock, ids=b.ids, parties=parties, public_origin=origin
        ),
        idempotency=IdempotencyService(clock=b.clock, vault=b.vault),
        journal=journal,
        feed=Feed(database=b.database, clock=b.clock, processes=b.settings.workers),
        residents=residents,
        sessions=_sessions(b, residents),
        devices=_devices(b, parties, journal),
        consents=consents,
        bindings=bindings,
        linking=_linking(b, residents, consents, bindings),
        presentations=PresentationsService(clock=b.clock, ids=b.ids, vault=b.vault),
        operators=_operators(b),
        providers=_providers(b),
    )


def _sessions(b: Basis, residents: ResidentsService) -> SessionsService:
    return SessionsService(
        database=b.database,
        clock=b.clock,
        ids=b.ids,
        vault=b.vault,
        residents=residents,
        demo_login=b.settings.demo_login,
        secure=b.settings.public_origin.startswith("https:"),
    )


def _operators(b: Basis) -> OperatorServices:
    host = urlsplit(b.settings.public_origin).hostname or ""
    return operator_services(
        database=b.database,
        clock=b.clock,
        ids=b.ids,
        vault=b.vault,
        issuer=f"fusion-wallet {host}".replace(":", "."),
    )


def _providers(b: Basis) -> ProviderServices:
    return provider_services(
        b.providers,
        origin=b.settings.public_origin,
        database=b.database,
        clock=b.clock,
        ids=b.ids,
        vault=b.vault,
    )


def _devices(b: Basis, parties: PartiesService, journal: JournalService) -> DeviceServices:
    return device_services(
        database=b.database,
        clock=b.clock,
        ids=b.ids,
        vault=b.vault,
        parties=parties,
        journal=journal,
    )


def _linking(
    b: Basis, residents: ResidentsService, consents: ConsentsService, bindings: BindingsService
) -> LinkingService:
    return LinkingService(
        database=b.database,
        clock=b.clock,
        vault=b.vault,
        registry=b.registry,
        guard=b.guard,
        residents=residents,
        consents=consents,
        bindings=bindings,
    )


def resolving(b: Basis, p: People) -> ResolvingService:
    """
    Return the service of one scan.
    """
    decoder = Decoder(
        database=b.database,
        clock=b.clock,
        registry=b.registry,
        guard=b.guard,
        parties=p.parties,
    )
    holder = Holder(
        database=b.database,
        clock=b.clock,
        vault=b.vault,
        devices=p.devices.devices,
        residents=p.residents,
        decoder=decoder,
    )
    gate = Gate(
        clock=b.clock,
        devices=p.devices.devices,
        residents=p.residents,
        parties=p.parties,
        bindings=p.bindings,
        consents=p.consents,
        presentations=p.presentations,
        journal=p.journal,
    )
    return ResolvingService(
        database=b.database,
        clock=b.clock,
        ids=b.ids,
        holder=holder,
        gate=gate,
        asker=Asker(registry=b.registry, guard=b.guard, tally=b.tally, elapsed=b.elapsed),
        registry=b.registry,
        parties=p.parties,
        presentations=p.presentations,
        idempotency=p.idempotency,
        tally=b.tally,
        shortcut=_shortcut(b, p),
    )


def _shortcut(b: Basis, p: People) -> Shortcut | None:
    """
    Return the short way through an ordinary scan; None where it is switched off.
    """
    store = _store(b) if b.settings.fast_resolve else None
    if store is None:
        return None
    return Shortcut(
        store=store,
        clock=b.clock,
        ids=b.ids,
        vault=b.vault,
        registry=b.registry,
        residents=p.residents,
        parties=p.parties,
        bindings=p.bindings,
        presentations=p.presentations,
        journal=p.journal,
        idempotency=p.idempotency,
    )


def _store(b: Basis) -> Store | None:
    most = b.settings.resolve_together
    pinned, direct = b.database.pinned(), b.database.direct()
    if pinned is not None:
        return OnPostgres(pinned, most=most)
    return None if direct is None else OnSqlite(direct, most=most)
