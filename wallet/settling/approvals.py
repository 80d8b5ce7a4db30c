"""
Settlements as the resident sees them, and approves them.
"""

from collections.abc import Sequence
from typing import Final

from wallet.db.faults import repeated
from wallet.errors import StateConflictError, ValidationFailedError
from wallet.failpoints import hit
from wallet.money import CURRENCY
from wallet.settling.counter import KIND, Counter, Folder
from wallet.settling.errors import ApprovalInvalidError
from wallet.settling.happenings import Approved
from wallet.settling.service import Devices
from wallet.settling.states import IllegalMoveError
from wallet.visiting.service import KIND as VISIT_KIND

DOMAIN: Final = "fusion-wallet/1/settlement"


def approval_text(name: str, version: int, amount_minor: int, payee: str) -> bytes:
    """
    Return what is approved: lines of text in UTF-8, the payee last; no line feed at the end.

    A device signs it under its own domain for approvals (`wallet.devices.messages`).

    Args:
        name: the settlement's id as the resident knows it.
        version: the settlement's version when it was shown.
        amount_minor: the cash part.
        payee: the relying party's name.
    """
    return "\n".join((DOMAIN, name, str(version), str(amount_minor), CURRENCY, payee)).encode()


class ApprovalsService:
    """
    What a resident does with settlements.
    """

    def __init__(self, *, counter: Counter, devices: Devices) -> None:
        self._counter = counter
        self._devices = devices

    def name(self, folder: Folder) -> str:
        """
        Return the id under which the resident knows a settlement.
        """
        return self.name_of(*folder.settlement.key)

    async def page(
        self, resident_id: int, *, cursor: str | None, limit: int, visit: str | None = None
    ) -> tuple[Sequence[Folder], str | None]:
        """
        Return a resident's settlements, newest first, and the cursor of the next page.

        Args:
            resident_id: whose.
            cursor: of the page before; None for the newest.
            limit: how many at most.
            visit: only those of the visit that the resident knows under this id.

        Raises:
            ValidationFailedError: the cursor or the visit is not one of this resident's.
        """
        before = self._opened(resident_id, KIND, cursor, "cursor")
        visit_id = self._opened(resident_id, VISIT_KIND, visit, "visit_id")
        async with self._counter.database.reading() as session:
            found = await self._counter.mover.records.page(
                session, resident_id, before, limit + 1, visit_id=visit_id
            )
            folders = [
                await self._counter.folder(session, settlement.key) for settlement in found[:limit]
            ]
        more = len(found) > limit
        return folders, self.name(folders[-1]) if more else None

    async def get(self, resident_id: int, name: str) -> Folder:
        """
        Return one of the resident's settlements.

        Raises:
            NotFoundError: there is none.
        """
        key = self._counter.locate(_audience(resident_id), name)
        async with self._counter.database.reading() as session:
            return await self._counter.folder(session, key)

    def name_of(self, resident_id: int, settlement_id: int) -> str:
        """
        Return the id under which a resident knows one of their settlements.
        """
        return self._counter.name(KIND, _audience(resident_id), resident_id, settlement_id)

    @repeated
    async def approve(
        self, resident_id: int, name: str, device_no: int, version: int, signature: bytes
    ) -> Folder:
        """
        Approve the cash part with the key of one of the resident's devices.

        Raises:
            NotFoundError: there is no such settlement.
            ApprovalInvalidError: the signature is not right for what is shown now.
            StateConflictError: nobody waits for an approval, something else is shown now, or
                another settlement of the visit has to end first.
        """
        key = self._counter.locate(_audience(resident_id), name)
        async with self._counter.database.transaction() as session:
            await self._counter.schedule(session, key)
            folder = await self._counter.folder(session, key)
            settlement = folder.settlement
            await self._counter.insist_on_turn(session, settlement)
            if settlement.version != version:
                raise StateConflictError("Something else is shown now; look again.")
            message = approval_text(name, version, settlement.state.cash_minor, folder.payee)
            right = await self._devices.verify_approval(
                session, resident_id, device_no, message, signature
            )
            if not right:
                raise ApprovalInvalidError
            try:
                await self._counter.mover.move(session, settlement, Approved())
            except IllegalMoveError:
                raise StateConflictError from None
            await self._counter.mover.approved(session, settlement)
            hit("approve.before_intent_commit")
        hit("approve.after_intent_commit")
        return await self._counter.driven(key)

    def _opened(self, resident_id: int, kind: str, name: str | None, asked: str) -> int | None:
        if name is None:
            return None
        opened = self._counter.vault.open_id(kind, _audience(resident_id), name)
        if opened is None:
            raise ValidationFailedError(f"Look at: {asked}")
        return opened[1]


def _audience(resident_id: int) -> str:
    return f"resident:{resident_id}"
