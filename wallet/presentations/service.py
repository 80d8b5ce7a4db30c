"""
Presentations: opened by resolving, claimed once by a visit or a settlement.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Purpose, Scene
from wallet.clock import Clock
from wallet.errors import StateConflictError
from wallet.http.callers import TerminalCaller
from wallet.ids import Ids
from wallet.presentations import repository
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.presentations.models import AnswerRow, PresentationRow
from wallet.presentations.words import (
    FOREIGN,
    KIND,
    LIFE,
    Answered,
    Brought,
    Claimed,
    Opening,
    Reopened,
    Use,
)
from wallet.vault.service import Keep, Place, Unlocked, Vault

__all__ = (
    "FOREIGN",
    "KIND",
    "LIFE",
    "Answered",
    "Brought",
    "Claimed",
    "Opening",
    "PresentationsService",
    "Reopened",
    "Use",
)

_PURPOSES: Final = {
    "visit": (Purpose.REGISTRATION, Purpose.SETTLEMENT),
    "settlement": (Purpose.SETTLEMENT,),
}


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

    async def open(
        self,
        session: AsyncSession,
        caller: TerminalCaller,
        opening: Opening,
        brought: Brought | None = None,
    ) -> None:
        """
        Keep an accepted code, in the transaction that consumed it.

        What a foreign code brought is kept too: its partner will not decode it a second time.
        """
        values = {
            "resident_id": opening.resident_id,
            "presentation_id": opening.presentation_id,
            "party_id": caller.party_id,
            "terminal_id": caller.terminal_id,
            "device_no": opening.device_no,
            "method": opening.method,
            "purpose": opening.purpose.value,
            "scene": opening.scene.value,
            "created_at": opening.opened_at,
            "expires_at": opening.expires_at,
            "released_at": None,
            "claimed_for": None,
            "claimed_at": None,
        }
        await repository.add(session, values)
        if brought is not None:
            await self._keep(session, opening, _unanswered(brought))

    async def release(
        self, session: AsyncSession, opening: Opening, answers: Sequence[Answered]
    ) -> bool:
        """
        Keep what the contexts answered, in the transaction that discloses it.

        Returns:
            False when it was answered before; then nothing is kept.
        """
        place = opening.resident_id, opening.presentation_id
        if not await repository.release(session, *place, self._clock.now()):
            return False
        if opening.method == FOREIGN:
            await repository.drop_answers(session, *place)
        for answer in answers:
            await self._keep(session, opening, answer)
        return True

    def sealed_subject(self, opening: Opening, answer: Answered, keys: Unlocked) -> bytes | None:
        """
        Return an answer's encrypted subject, for whoever keeps the row in a statement of theirs.
        """
        if not answer.subject:
            return None
        place = _place("subject", opening.presentation_id, answer.context)
        return keys.encrypt(Keep.WALLET, place, answer.subject.encode())

    async def reopened(
        self, session: AsyncSession, resident_id: int, presentation_id: int
    ) -> Reopened | None:
        """
        Return a presentation while its handle lives.
        """
        row = await repository.presentation(session, resident_id, presentation_id)
        if row is None or row.expires_at <= self._clock.now():
            return None
        answers = (await self._answered(session, row)).values()
        return Reopened(
            opening=Opening(
                resident_id=resident_id,
                presentation_id=presentation_id,
                device_no=row.device_no,
                method=row.method,
                purpose=Purpose(row.purpose),
                scene=Scene(row.scene),
                opened_at=row.created_at,
            ),
            brought=next(map(_brought, answers), None) if row.method == FOREIGN else None,
            answered_by={each.context: each.binding_id for each in answers if each.valid},
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

    async def prune(self, session: AsyncSession) -> int:
        """
        Forget credentials that can not be used any more; returns how many went.
        """
        return await repository.drop_expired_credentials(session, self._clock.now())

    async def _owned(
        self, session: AsyncSession, caller: TerminalCaller, handle: str
    ) -> PresentationRow:
        opened = self._vault.open_id(KIND, f"party:{caller.party_id}", handle)
        row = await repository.presentation(session, *opened) if opened else None
        if row is None or (row.party_id, row.terminal_id) != (caller.party_id, caller.terminal_id):
            raise HandleMismatchError
        return row

    async def _claimed(self, session: AsyncSession, row: PresentationRow) -> Claimed:
        answered = await self._answered(session, row)
        # whoever claims keeps what it needs of them; here they are used up
        await repository.drop_credentials(session, row.resident_id, row.presentation_id)
        return Claimed(
            resident_id=row.resident_id,
            presentation_id=row.presentation_id,
            device_no=row.device_no,
            method=row.method,
            purpose=Purpose(row.purpose),
            scene=Scene(row.scene),
            answered=answered,
        )

    async def _answered(self, session: AsyncSession, row: PresentationRow) -> dict[str, Answered]:
        return {
            answer.context: Answered(
                context=answer.context,
                integration_id=answer.integration_id,
                binding_id=answer.binding_id,
                valid=answer.valid,
                refusal=answer.refusal,
                subject=(await self._open(session, answer, "subject", answer.subject)).decode(),
                credential=await self._open(session, answer, "credential", answer.credential),
            )
            for answer in await repository.answers(session, row.resident_id, row.presentation_id)
        }

    async def _keep(self, session: AsyncSession, opening: Opening, answer: Answered) -> None:
        resident_id, presentation_id = opening.resident_id, opening.presentation_id

        async def sealed(column: str, plain: bytes) -> bytes | None:
            if not plain:
                return None
            place = _place(column, presentation_id, answer.context)
            return await self._vault.encrypt(session, resident_id, Keep.WALLET, place, plain)

        values = {
            "resident_id": resident_id,
            "presentation_id": presentation_id,
            "context": answer.context,
            "integration_id": answer.integration_id,
            "binding_id": answer.binding_id,
            "valid": answer.valid,
            "refusal": answer.refusal,
            "subject": await sealed("subject", answer.subject.encode()),
            "credential": await sealed("credential", answer.credential),
        }
        await repository.add_answer(session, values)

    async def _open(
        self, session: AsyncSession, row: AnswerRow, column: str, sealed: bytes | None
    ) -> bytes:
        if sealed is None:
            return b""
        place = _place(column, row.presentation_id, row.context)
        return await self._vault.decrypt(session, row.resident_id, Keep.WALLET, place, sealed)


def _place(column: str, presentation_id: int, context: str) -> Place:
    return Place(table="presentation_answers", column=column, row=f"{presentation_id}:{context}")


def _unanswered(brought: Brought) -> Answered:
    return Answered(
        context=brought.context,
        integration_id=brought.integration_id,
        binding_id=None,
        valid=False,
        refusal="",
        subject=brought.subject,
        credential=brought.credential,
    )


def _brought(answer: Answered) -> Brought:
    return Brought(
        context=answer.context,
        integration_id=answer.integration_id,
        subject=answer.subject,
        credential=answer.credential,
    )
