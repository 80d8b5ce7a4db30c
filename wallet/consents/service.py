"""
Consents: given when a context is linked, withdrawn one by one, asked before each disclosure.

Withdrawal stops disclosure; it never blocks an undo, a refund or a statement, because those rest
on contract and law and do not ask here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.consents import repository
from wallet.consents.models import ConsentRow
from wallet.db.session import Database
from wallet.errors import NotFoundError, OverloadedError
from wallet.ids import Ids
from wallet.vault import Vault

NOTICE_VERSION: Final = "2026-1"
PURPOSES: Final = ("identification", "registration", "settlement", "payment")
EVERY_PARTY: Final = 0
KIND: Final = "cns"


class Consent(Struct, frozen=True, kw_only=True):
    """
    A consent that stands. `party_id` 0 means every relying party of the region.
    """

    consent_id: int
    context: str
    purpose: str
    party_id: int
    basis: str
    notice_version: str
    granted_at: datetime


class ConsentsService:
    """
    Keeps and answers consents.
    """

    def __init__(self, *, database: Database, clock: Clock, ids: Ids, vault: Vault) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault

    async def bases(
        self, session: AsyncSession, resident_id: int, purpose: str, party_id: int
    ) -> dict[str, str]:
        """
        Return, per context that may be disclosed to the party for the purpose, the legal basis.
        """
        rows = await repository.live(session, resident_id)
        return {
            row.context: row.basis
            for row in rows
            if row.purpose == purpose and row.party_id in (EVERY_PARTY, party_id)
        }

    async def grant_linked(self, session: AsyncSession, resident_id: int, context: str) -> None:
        """
        Record what linking a context means: every purpose, every party, on the contract.
        """
        for purpose in PURPOSES:
            values = self._values(resident_id, context, purpose, EVERY_PARTY)
            await repository.add(session, values)

    async def grant(
        self, resident_id: int, context: str, purpose: str, party_id: int = EVERY_PARTY
    ) -> Consent:
        """
        Record one consent and return it; repeating it returns the one that stands.

        Raises:
            OverloadedError: the one that stood was withdrawn at this very moment.
        """
        values = self._values(resident_id, context, purpose, party_id)
        async with self._database.transaction() as session:
            if await repository.add(session, values):
                return _value(ConsentRow(**values))
            for row in await repository.live(session, resident_id):
                if (row.context, row.purpose, row.party_id) == (context, purpose, party_id):
                    return _value(row)
        raise OverloadedError(retry_after_seconds=1)

    async def of_resident(self, resident_id: int) -> Sequence[Consent]:
        """
        Return the consents that stand, oldest first.
        """
        async with self._database.reading() as session:
            rows = await repository.live(session, resident_id)
        return [_value(row) for row in sorted(rows, key=lambda row: row.consent_id)]

    def handle(self, resident_id: int, consent: Consent) -> str:
        """
        Return a consent's id as its resident sees it.
        """
        return self._vault.seal_id(KIND, _audience(resident_id), resident_id, consent.consent_id)

    async def withdraw(self, resident_id: int, handle: str) -> None:
        """
        Withdraw one consent, effective for every disclosure not yet committed.

        Raises:
            NotFoundError: it does not stand, or is not theirs.
        """
        opened = self._vault.open_id(KIND, _audience(resident_id), handle)
        if opened is None or opened[0] != resident_id:
            raise NotFoundError
        consent_id = opened[1]
        async with self._database.transaction() as session:
            done = await repository.withdraw(session, resident_id, consent_id, self._clock.now())
            if not done:
                raise NotFoundError

    def _values(
        self, resident_id: int, context: str, purpose: str, party_id: int
    ) -> dict[str, Any]:
        return {
            "resident_id": resident_id,
            "consent_id": self._ids.local(),
            "context": context,
            "purpose": purpose,
            "party_id": party_id,
            "basis": "contract",
            "notice_version": NOTICE_VERSION,
            "granted_at": self._clock.now(),
            "withdrawn_at": None,
        }


def _audience(resident_id: int) -> str:
    return f"resident:{resident_id}"


def _value(row: ConsentRow) -> Consent:
    return Consent(
        consent_id=row.consent_id,
        context=row.context,
        purpose=row.purpose,
        party_id=row.party_id,
        basis=row.basis,
        notice_version=row.notice_version,
        granted_at=row.granted_at,
    )
