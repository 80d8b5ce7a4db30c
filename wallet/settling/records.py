"""
Settlements as values, read from and written to their encrypted rows.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Bill, Split
from wallet.calls.drawer import Drawer
from wallet.db import keyed
from wallet.errors import NotFoundError, StateConflictError
from wallet.settling import repository
from wallet.settling.lasting import LIMITED
from wallet.settling.models import SettlementRow
from wallet.settling.states import State
from wallet.vault import Vault

_PLAIN = (
    "resident_id",
    "settlement_id",
    "visit_id",
    "party_id",
    "terminal_id",
    "presentation_id",
    "device_no",
    "method",
    "version",
    "total_minor",
    "use_account",
    "insurance_id",
    "insurer_reference",
    "invono",
    "payment_id",
    "replaces",
    "replaced_by",
    "created_at",
    "deadline_at",
    "completed_at",
)
_read_bill = msgspec.json.Decoder(Bill).decode
_read_split = msgspec.json.Decoder(Split).decode
_SECRET = ("subject", "credential", "continuation", "payer", "secured")


class Settlement(Struct, frozen=True, kw_only=True):
    """
    A settlement.

    Attributes:
        method: how the code or card was shown.
        insurance_id: the insurer's integration, or empty.
        subject, credential, continuation: towards the insurer.
        payment_id: the payer's integration, or empty.
        payer, secured: towards the payment provider.
        insurer_reference: the insurer's number of the settlement.
        invono: number of the medical e-invoice, once the hospital has reported it.
        deadline_at: when the present phase is cancelled, where it has a limit.
    """

    resident_id: int
    settlement_id: int
    visit_id: int
    party_id: int
    terminal_id: int
    presentation_id: int
    device_no: int
    method: str
    version: int = 1
    state: State
    bill: Bill
    split: Split | None
    total_minor: int
    use_account: bool
    insurance_id: str = ""
    subject: str = ""
    credential: bytes = b""
    continuation: bytes = b""
    payment_id: str = ""
    payer: str = ""
    secured: bytes = b""
    insurer_reference: str = ""
    invono: str = ""
    replaces: int | None = None
    replaced_by: int | None = None
    created_at: datetime
    deadline_at: datetime
    completed_at: datetime | None = None

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Settlement({self.state.phase!r})"

    @property
    def key(self) -> tuple[int, int]:
        """
        Resident id and settlement id.
        """
        return self.resident_id, self.settlement_id

    @property
    def limited(self) -> bool:
        """
        Tell whether the present phase lasts until `deadline_at` at most.
        """
        return self.state.phase in LIMITED

    def expired(self, now: datetime) -> bool:
        """
        Tell whether the time of the present phase is over.
        """
        return self.limited and now >= self.deadline_at


class Change(Struct, frozen=True, kw_only=True):
    """
    What changes of a settlement beside its state; an empty secret is forgotten.
    """

    plain: dict[str, Any] = {}
    secrets: dict[str, bytes] = {}

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Change(…)"


class SettlementRecords:
    """
    Reads and writes settlements.
    """

    def __init__(self, vault: Vault) -> None:
        self._drawer = Drawer(vault, SettlementRow.__tablename__)

    async def add(self, session: AsyncSession, settlement: Settlement) -> None:
        """
        Write a new settlement.
        """
        secrets = {
            "split": _encoded(settlement.split),
            "subject": settlement.subject.encode(),
            "credential": settlement.credential,
            "continuation": settlement.continuation,
            "payer": settlement.payer.encode(),
            "secured": settlement.secured,
        }
        values = await self._sealed(session, settlement.key, secrets)
        bill = msgspec.json.encode(settlement.bill)
        values["bill"] = await self._drawer.put(
            session, settlement.resident_id, "bill", settlement.settlement_id, bill
        )
        values |= {name: getattr(settlement, name) for name in _PLAIN}
        values |= msgspec.structs.asdict(settlement.state)
        await keyed.add(session, SettlementRow, values)

    async def get(self, session: AsyncSession, resident_id: int, settlement_id: int) -> Settlement:
        """
        Read a settlement.

        Raises:
            NotFoundError: there is none.
        """
        row = await repository.settlement(session, resident_id, settlement_id)
        if row is None:
            raise NotFoundError
        return await self._read(session, row)

    async def page(
        self,
        session: AsyncSession,
        resident_id: int,
        before: int | None,
        limit: int,
        *,
        visit_id: int | None = None,
    ) -> Sequence[Settlement]:
        """
        Read settlements of a resident, or of one of their visits, newest first.
        """
        rows = await repository.page(session, resident_id, before, limit, visit_id=visit_id)
        return [await self._read(session, row) for row in rows]

    async def move(
        self, session: AsyncSession, settlement: Settlement, state: State, change: Change
    ) -> Settlement:
        """
        Write a settlement's new state and what changes with it; returns what it is now.

        Raises:
            StateConflictError: somebody else changed it meanwhile.
        """
        values: dict[str, Any] = msgspec.structs.asdict(state) | change.plain
        values |= await self._sealed(session, settlement.key, change.secrets)
        moved = await repository.change_settlement(
            session, settlement.key, settlement.version, values
        )
        if not moved:
            raise StateConflictError
        return _moved(settlement, state, change)

    async def _sealed(
        self, session: AsyncSession, key: tuple[int, int], secrets: dict[str, bytes]
    ) -> dict[str, Any]:
        sealed: dict[str, Any] = {}
        for column, plain in secrets.items():
            sealed[column] = (
                await self._drawer.put(session, key[0], column, key[1], plain) if plain else None
            )
        return sealed

    async def _read(self, session: AsyncSession, row: SettlementRow) -> Settlement:
        opened = {}
        for column in ("bill", "split", *_SECRET):
            opened[column] = await self._drawer.take(
                session, row.resident_id, column, row.settlement_id, getattr(row, column)
            )
        state = {name: getattr(row, name) for name in State.__struct_fields__}
        plain = {name: getattr(row, name) for name in _PLAIN}
        return Settlement(
            **plain,
            state=msgspec.convert(state, State),
            bill=_read_bill(opened["bill"]),
            split=_split(opened["split"]),
            subject=opened["subject"].decode(),
            credential=opened["credential"],
            continuation=opened["continuation"],
            payer=opened["payer"].decode(),
            secured=opened["secured"],
        )


def _moved(settlement: Settlement, state: State, change: Change) -> Settlement:
    learned = {column: _DECODED[column](plain) for column, plain in change.secrets.items()}
    version = settlement.version + 1
    return msgspec.structs.replace(
        settlement, state=state, version=version, **change.plain, **learned
    )


def _split(plain: bytes) -> Split | None:
    return _read_split(plain) if plain else None


_DECODED: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "split": _split,
    "subject": bytes.decode,
    "credential": bytes,
    "continuation": bytes,
    "payer": bytes.decode,
    "secured": bytes,
}


def _encoded(split: Split | None) -> bytes:
    return msgspec.json.encode(split) if split else b""
