"""
Tenders and refunds as values, read from and written to their rows.
"""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.calls.drawer import Drawer
from wallet.db import keyed
from wallet.errors import NotFoundError, StateConflictError
from wallet.settling import repository
from wallet.settling.models import RefundRow, TenderRow
from wallet.settling.refunding import RefundState
from wallet.settling.tendering import TenderState
from wallet.vault import Vault

BY_PROVIDER = frozenset({"agreement", "code"})
_TENDER = (
    "resident_id",
    "tender_id",
    "settlement_id",
    "party_id",
    "terminal_id",
    "version",
    "method",
    "amount_minor",
    "integration_id",
    "reference",
    "created_at",
    "charged_at",
)
_REFUND = (
    "resident_id",
    "refund_id",
    "settlement_id",
    "tender_id",
    "party_id",
    "version",
    "method",
    "amount_minor",
    "reference",
    "created_at",
    "refunded_at",
)


class Tender(Struct, frozen=True, kw_only=True):
    """
    One way the cash part is met.

    Attributes:
        method: ``agreement``, ``code``, ``card`` or ``cash``.
        payer: the payer's binding, for an agreement.
        code: the scanned payment code, until the charge is decided.
        reference: the desk's own number of a card slip or cash receipt, or the provider's.
    """

    resident_id: int
    tender_id: int
    settlement_id: int
    party_id: int
    terminal_id: int
    version: int = 1
    method: str
    amount_minor: int
    integration_id: str = ""
    state: TenderState = TenderState()
    payer: str = ""
    code: str = ""
    continuation: bytes = b""
    reference: str = ""
    created_at: datetime
    charged_at: datetime | None = None

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Tender({self.method!r}, {self.state.phase!r})"


class Refund(Struct, frozen=True, kw_only=True):
    """
    The return of one tender, whole.
    """

    resident_id: int
    refund_id: int
    settlement_id: int
    tender_id: int
    party_id: int
    version: int = 1
    method: str
    amount_minor: int
    state: RefundState
    reference: str = ""
    created_at: datetime
    refunded_at: datetime | None = None


def refund_of(tender: Tender, refund_id: int, at: datetime) -> Refund:
    """
    Return the refund of a tender: by its provider, or as a payout at the desk.
    """
    through = tender.method in BY_PROVIDER
    return Refund(
        resident_id=tender.resident_id,
        refund_id=refund_id,
        settlement_id=tender.settlement_id,
        tender_id=tender.tender_id,
        party_id=tender.party_id,
        method=tender.method,
        amount_minor=tender.amount_minor,
        state=RefundState(phase="refunding" if through else "payout"),
        created_at=at,
    )


class TenderRecords:
    """
    Reads and writes tenders and refunds.
    """

    def __init__(self, vault: Vault) -> None:
        self._drawer = Drawer(vault, TenderRow.__tablename__)

    async def add(self, session: AsyncSession, tender: Tender) -> None:
        """
        Write a new tender.
        """
        secrets = {
            "payer": tender.payer.encode(),
            "code": tender.code.encode(),
            "continuation": tender.continuation,
        }
        values = {name: getattr(tender, name) for name in _TENDER}
        values |= await self._sealed(session, tender, secrets)
        values |= msgspec.structs.asdict(tender.state)
        await keyed.add(session, TenderRow, values)

    async def get(self, session: AsyncSession, resident_id: int, tender_id: int) -> Tender:
        """
        Read a tender.

        Raises:
            NotFoundError: there is none.
        """
        row = await repository.tender(session, resident_id, tender_id)
        if row is None:
            raise NotFoundError
        return await self._read(session, row)

    async def of_settlement(
        self, session: AsyncSession, resident_id: int, settlement_id: int
    ) -> tuple[Tender, ...]:
        """
        Read the tenders of a settlement, oldest first.
        """
        rows = await repository.tenders(session, resident_id, settlement_id)
        return tuple([await self._read(session, row) for row in rows])

    async def move(
        self,
        session: AsyncSession,
        tender: Tender,
        state: TenderState,
        *,
        plain: dict[str, Any],
        secrets: dict[str, bytes],
    ) -> None:
        """
        Write a tender's new state and what changes with it.

        Raises:
            StateConflictError: somebody else changed it meanwhile.
        """
        values: dict[str, Any] = msgspec.structs.asdict(state) | plain
        values |= await self._sealed(session, tender, secrets)
        key = (tender.resident_id, tender.tender_id)
        if not await repository.change_tender(session, key, tender.version, values):
            raise StateConflictError

    async def add_refund(self, session: AsyncSession, refund: Refund) -> None:
        """
        Write a new refund.
        """
        values = {name: getattr(refund, name) for name in _REFUND}
        values |= msgspec.structs.asdict(refund.state)
        await keyed.add(session, RefundRow, values)

    async def refund(self, session: AsyncSession, resident_id: int, refund_id: int) -> Refund:
        """
        Read a refund.

        Raises:
            NotFoundError: there is none.
        """
        row = await repository.refund(session, resident_id, refund_id)
        if row is None:
            raise NotFoundError
        return _refund(row)

    async def refunds(
        self, session: AsyncSession, resident_id: int, settlement_id: int
    ) -> tuple[Refund, ...]:
        """
        Read the refunds of a settlement, oldest first.
        """
        rows = await repository.refunds(session, resident_id, settlement_id)
        return tuple(_refund(row) for row in rows)

    async def move_refund(
        self, session: AsyncSession, refund: Refund, state: RefundState, plain: dict[str, Any]
    ) -> None:
        """
        Write a refund's new state and what changes with it.

        Raises:
            StateConflictError: somebody else changed it meanwhile.
        """
        values: dict[str, Any] = msgspec.structs.asdict(state) | plain
        key = (refund.resident_id, refund.refund_id)
        if not await repository.change_refund(session, key, refund.version, values):
            raise StateConflictError

    async def _sealed(
        self, session: AsyncSession, tender: Tender, secrets: dict[str, bytes]
    ) -> dict[str, Any]:
        sealed: dict[str, Any] = {}
        for column, plain in secrets.items():
            sealed[column] = (
                await self._drawer.put(
                    session, tender.resident_id, column, tender.tender_id, plain
                )
                if plain
                else None
            )
        return sealed

    async def _read(self, session: AsyncSession, row: TenderRow) -> Tender:
        opened = {}
        for column in ("payer", "code", "continuation"):
            opened[column] = await self._drawer.take(
                session, row.resident_id, column, row.tender_id, getattr(row, column)
            )
        state = {name: getattr(row, name) for name in TenderState.__struct_fields__}
        plain = {name: getattr(row, name) for name in _TENDER}
        return Tender(
            **plain,
            state=msgspec.convert(state, TenderState),
            payer=opened["payer"].decode(),
            code=opened["code"].decode(),
            continuation=opened["continuation"],
        )


def _refund(row: RefundRow) -> Refund:
    state = {name: getattr(row, name) for name in RefundState.__struct_fields__}
    plain = {name: getattr(row, name) for name in _REFUND}
    return Refund(**plain, state=msgspec.convert(state, RefundState))
