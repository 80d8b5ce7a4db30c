"""What the money's way needs of the rest of the wallet: parties, devices, scans, people."""

from datetime import date
from typing import Any

from integrations.spi import PartyView, Person, PersonKey, Purpose, Scene
from tests.simulation.storage.database import Session
from tests.simulation.world import PARTY, RESIDENT, World
from wallet.errors import StateConflictError
from wallet.parties.words import PartySettings
from wallet.presentations.service import KIND, Answered, Claimed

NAME = "示范市第一人民医院"
CASH_DUE_SECONDS = 1_800
RIGHT = b"right"


class Duties:
    """
    Somebody whose pruning is not part of a history.
    """

    async def prune(self, session: Any) -> int:
        """
        Forget nothing.
        """
        del session
        return 0


class Parties(Duties):
    """
    One hospital.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    async def settings(self, session: Session, party_id: int) -> PartySettings:
        """
        Return how the wallet treats it.
        """
        del session, party_id
        return PartySettings(
            name=NAME,
            kind="hospital",
            settled_by=self._world.plan.settled_by,
            otp_limit_minor=self._world.plan.limit_minor,
            signed_limit_minor=200_000,
            cash_due_seconds=CASH_DUE_SECONDS,
            sign_resolve=False,
        )

    async def view(self, session: Session, party_id: int, integration_id: str) -> PartyView:
        """
        Return what an integration learns of it.
        """
        del session, integration_id
        return PartyView(id=str(party_id), name=NAME, kind="hospital")

    async def terminal_active(self, session: Session, party_id: int, terminal_id: int) -> bool:
        """
        Tell that its terminal may work.
        """
        del session, party_id, terminal_id
        return True


class Devices(Duties):
    """
    One phone.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    async def alarmed(self, session: Session, resident_id: int, device_no: int) -> bool:
        """
        Tell whether it is under a clone alarm.
        """
        del session, resident_id, device_no
        return self._world.plan.alarmed

    async def verify_approval(
        self, session: Session, resident_id: int, device_no: int, message: bytes, signature: bytes
    ) -> bool:
        """
        Tell whether it signed.
        """
        del session, resident_id, device_no, message
        return signature == RIGHT


class Residents:
    """
    One person.
    """

    async def person(self, session: Session, resident_id: int) -> Person:
        """
        Return who it is.
        """
        del session, resident_id
        return Person(
            name="张秀英",
            document_type=PersonKey.ID_CARD,
            document_number="440106195603124028",
            birth_date=date(1956, 3, 12),
        )


class Presentations(Duties):
    """
    Scans, each good for one thing.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    async def claim(self, session: Session, caller: Any, handle: str, use: str) -> Claimed:
        """
        Take a scan, together with whatever else the transaction does.
        """
        del caller, use
        number, told = handle.split("|")[3:]
        insured, _, paying = told.partition("-")
        spent = self._world.spent
        if number in spent:
            raise StateConflictError
        session.after_commit.append(lambda: spent.add(number))
        answers = [
            _answered("insurance", "insurer") if insured == "insured" else None,
            _answered("payment", "provider") if paying == "paying" else None,
        ]
        return Claimed(
            resident_id=RESIDENT,
            presentation_id=int(number),
            device_no=1,
            method="otp",
            purpose=Purpose.SETTLEMENT,
            scene=Scene.OUTPATIENT_SETTLEMENT,
            answered={answer.context: answer for answer in answers if answer},
        )


def scan(number: int, *, insured: bool, paying: bool) -> str:
    """
    Return the handle of a new scan.
    """
    told = f"{'insured' if insured else ''}-{'paying' if paying else ''}"
    return f"{KIND}|party:{PARTY}|{RESIDENT}|{number}|{told}"


def _answered(context: str, integration_id: str) -> Answered:
    return Answered(
        context=context,
        integration_id=integration_id,
        binding_id=1,
        valid=True,
        refusal="",
        subject="subject",
        credential=b"credential",
    )
