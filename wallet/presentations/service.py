"""
Presentations: opened by resolving, claimed once by a visit or a settlement.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Purpose, Scene
from wallet.clock import Clock
from wallet.errors import StateConflictError
from wallet.http.callers import TerminalCaller
from wallet.ids import Ids
from wallet.presentations import repository
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.presentations.models import AnswerRow, PresentationRow
from wallet.vault.service import Keep, Place, Vault

LIFE = timedelta(minutes=5)
KIND = "prs"
_PURPOSES = {
    "visit": (Purpose.REGISTRATION, Purpose.SETTLEMENT),
    "settlement": (Purpose.SETTLEMENT,),
}
Use = Literal["visit", "settlement"]


class Opening(Struct, frozen=True, kw_only=True):
    """
    What is known when a code was accepted. `method` is the kind of code or card that was shown.
    """

    resident_id: int
    presentation_id: int
    device_no: int
    method: str
    purpose: Purpose
    scene: Scene


class Answered(Struct, frozen=True, kw_only=True):
    """
    What one context answered; `subject` and `credential` are for the integration alone.
    """

    context: str
    integration_id: str
    binding_id: int | None
    valid: bool
    refusal: str
    subject: str
    credential: bytes

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Answered({self.context!r}, valid={self.valid})"


class Claimed(Struct, frozen=True, kw_only=True):
    """
    A presentation that now belongs to one visit or settlement.
    """

    resident_id: int
    presentation_id: int
    device_no: int
    method: str
    purpose: Purpose
    scene: Scene
    answered: Mapping[str, Answered]


class PresentationsService:
    """
    Keeps presentations.
    """

    def __init__(self, *, clock: Clock, ids: Ids, vault: Vault) -> None:
        self._clock = clock
        self._ids = ids
        self._vault = vault

    def handle(self, party_id: int, resident_id: int, presentation_id: int) -> str:
        """
        Return the handle that the party's terminal works with.
        """
        return self._vault.seal_id(KIND, f"party:{party_id}", resident_id, presentation_id)

    async def open(self, session: AsyncSession, caller: TerminalCaller, opening: Opening) -> None:
        """
        Keep an accepted code, in the transaction that consumed it.
        """
        now = self._clock.now()
        session.add(
            PresentationRow(
                resident_id=opening.resident_id,
                presentation_id=opening.presentation_id,
                party_id=caller.party_id,
                terminal_id=caller.terminal_id,
                device_no=opening.device_no,
                method=opening.method,
                purpose=opening.purpose.value,
                scene=opening.scene.value,
                created_at=now,
                expires_at=now + LIFE,
                released_at=None,
                claimed_for=None,
                claimed_at=None,
            )
        )
        await session.flush()

    async def release(
        self,
        session: AsyncSession,
        resident_id: int,
        presentation_id: int,
        answers: Sequence[Answered],
    ) -> bool:
        """
        Keep what the contexts answered, in the transaction that discloses it.

        Returns:
            False when it was answered before; then nothing is kept.
        """
        at = self._clock.now()
        if not await repository.release(session, resident_id, presentation_id, at):
            return False
        for answer in answers:
            session.add(await self._row(session, resident_id, presentation_id, answer))
        return True

    async def opening(
        self, session: AsyncSession, resident_id: int, presentation_id: int
    ) -> Opening | None:
        """
        Return how a presentation was opened while its handle lives.
        """
        row = await repository.presentation(session, resident_id, presentation_id)
        if row is None or row.expires_at <= self._clock.now():
            return None
        return Opening(
            resident_id=resident_id,
            presentation_id=presentation_id,
            device_no=row.device_no,
            method=row.method,
            purpose=Purpose(row.purpose),
            scene=Scene(row.scene),
        )

    async def claim(
        self, session: AsyncSession, caller: TerminalCaller, handle: str, use: Use
    ) -> Claimed:
        """
        Take a presentation for one visit or settlement.

        Raises:
            HandleMismatchError: it is not this terminal's, or was scanned for another purpose.
            HandleExpiredError: five minutes are over.
            StateConflictError: it opened something before, or was never answered.
        """
        row = await self._owned(session, caller, handle)
        if Purpose(row.purpose) not in _PURPOSES[use]:
            raise HandleMismatchError
        now = self._clock.now()
        if row.expires_at <= now:
            raise HandleExpiredError
        if row.released_at is None or not await repository.claim(
            session, row.resident_id, row.presentation_id, use, now
        ):
            raise StateConflictError("This scan has been used; scan a new code.")
        return await self._claimed(session, row)

    async def _owned(
        self, session: AsyncSession, caller: TerminalCaller, handle: str
    ) -> PresentationRow:
        opened = self._vault.open_id(KIND, f"party:{caller.party_id}", handle)
        row = await repository.presentation(session, *opened) if opened else None
        if row is None or (row.party_id, row.terminal_id) != (caller.party_id, caller.terminal_id):
            raise HandleMismatchError
        return row

    async def _claimed(self, session: AsyncSession, row: PresentationRow) -> Claimed:
        answered = {}
        for answer in await repository.answers(session, row.resident_id, row.presentation_id):
            answered[answer.context] = Answered(
                context=answer.context,
                integration_id=answer.integration_id,
                binding_id=answer.binding_id,
                valid=answer.valid,
                refusal=answer.refusal,
                subject=(await self._open(session, answer, "subject", answer.subject)).decode(),
                credential=await self._open(session, answer, "credential", answer.credential),
            )
        return Claimed(
            resident_id=row.resident_id,
            presentation_id=row.presentation_id,
            device_no=row.device_no,
            method=row.method,
            purpose=Purpose(row.purpose),
            scene=Scene(row.scene),
            answered=answered,
        )

    async def _row(
        self, session: AsyncSession, resident_id: int, presentation_id: int, answer: Answered
    ) -> AnswerRow:
        async def sealed(column: str, plain: bytes) -> bytes | None:
            if not plain:
                return None
            place = _place(column, presentation_id, answer.context)
            return await self._vault.encrypt(session, resident_id, Keep.WALLET, place, plain)

        return AnswerRow(
            resident_id=resident_id,
            presentation_id=presentation_id,
            context=answer.context,
            integration_id=answer.integration_id,
            binding_id=answer.binding_id,
            valid=answer.valid,
            refusal=answer.refusal,
            subject=await sealed("subject", answer.subject.encode()),
            credential=await sealed("credential", answer.credential),
        )

    async def _open(
        self, session: AsyncSession, row: AnswerRow, column: str, sealed: bytes | None
    ) -> bytes:
        if sealed is None:
            return b""
        place = _place(column, row.presentation_id, row.context)
        return await self._vault.decrypt(session, row.resident_id, Keep.WALLET, place, sealed)


def _place(column: str, presentation_id: int, context: str) -> Place:
    return Place(table="presentation_answers", column=column, row=f"{presentation_id}:{context}")
