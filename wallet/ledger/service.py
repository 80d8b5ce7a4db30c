"""
The books: post, reverse, add up.

A positive amount is a debit, a negative one a credit. Accounts:

- ``patient:cash_due``: what the patient owes (negative: is owed);
- ``insurer:fund``, ``insurer:account``, ``insurer:mutual_aid``: what the insurer owes;
- ``hospital:borne``: what the hospital bears itself;
- ``hospital:receivable``: the bill's other side;
- ``provider:<integration>``, ``desk:cash``, ``desk:card``: what was taken, and where it lies.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db.conflicts import insert_first
from wallet.db.exceptions import OPTION, TRIAL_BALANCE
from wallet.ids import Ids
from wallet.ledger.errors import NothingToReverseError, PostedBeforeError, UnbalancedError
from wallet.ledger.models import PostingRow
from wallet.money import CURRENCY

PATIENT_CASH_DUE = "patient:cash_due"
INSURER_FUND = "insurer:fund"
INSURER_ACCOUNT = "insurer:account"
INSURER_MUTUAL_AID = "insurer:mutual_aid"
HOSPITAL_BORNE = "hospital:borne"
HOSPITAL_RECEIVABLE = "hospital:receivable"
DESK_CASH = "desk:cash"
DESK_CARD = "desk:card"


def provider(integration_id: str) -> str:
    """
    Return the account of a payment provider.
    """
    return f"provider:{integration_id}"


class Posting(Struct, frozen=True):
    """
    One line; a line of zero is left out of the books.
    """

    account: str
    amount_minor: int


class Transaction(Struct, frozen=True, kw_only=True):
    """
    Postings that balance.

    Attributes:
        kind: ``settled``, ``settlement_undone``, ``charged``, ``tendered`` or ``refunded``.
        subject_id: the settlement, tender or refund it is about; books each kind once.
        postings: an account stands in it once.
        at: aware UTC instant.
    """

    kind: str
    subject_id: int
    postings: tuple[Posting, ...]
    at: datetime
    currency: str = CURRENCY


Balances = Mapping[tuple[str, str], int]
_SUM = func.sum(col(PostingRow.amount_minor))


class LedgerService:
    """
    Keeps the postings.
    """

    def __init__(self, *, ids: Ids) -> None:
        self._ids = ids

    async def post(
        self,
        session: AsyncSession,
        resident_id: int,
        transaction: Transaction,
        reverses: str | None = None,
    ) -> None:
        """
        Write a transaction, in the database transaction that changes the state it is about.

        Raises:
            UnbalancedError: the postings do not add up to zero.
            PostedBeforeError: it is in the books already.
        """
        lines = [line for line in transaction.postings if line.amount_minor != 0]
        accounts = {line.account for line in lines}
        if sum(line.amount_minor for line in lines) != 0 or len(accounts) != len(lines):
            raise UnbalancedError
        for line in lines:
            values = {
                "resident_id": resident_id,
                "posting_id": self._ids.local(),
                "kind": transaction.kind,
                "subject_id": transaction.subject_id,
                "account": line.account,
                "amount_minor": line.amount_minor,
                "currency": transaction.currency,
                "reverses": reverses,
                "at": transaction.at,
            }
            if not await insert_first(session, PostingRow, values):
                raise PostedBeforeError

    async def reverse(
        self,
        session: AsyncSession,
        resident_id: int,
        *,
        kind: str,
        subject_id: int,
        as_kind: str,
        at: datetime,
    ) -> None:
        """
        Book the opposite of a transaction, as a transaction of its own.

        Raises:
            NothingToReverseError: it is not in the books.
            PostedBeforeError: it was reversed before.
        """
        rows = await session.execute(
            select(PostingRow).where(
                col(PostingRow.resident_id) == resident_id,
                col(PostingRow.kind) == kind,
                col(PostingRow.subject_id) == subject_id,
            )
        )
        lines = rows.scalars().all()
        if not lines:
            raise NothingToReverseError
        opposite = Transaction(
            kind=as_kind,
            subject_id=subject_id,
            postings=tuple(Posting(line.account, -line.amount_minor) for line in lines),
            at=at,
            currency=lines[0].currency,
        )
        await self.post(session, resident_id, opposite, reverses=kind)

    async def balances(self, session: AsyncSession, resident_id: int) -> Balances:
        """
        Return what each account holds for one resident, by account and currency.
        """
        query = (
            select(PostingRow.account, PostingRow.currency, _SUM)
            .where(col(PostingRow.resident_id) == resident_id)
            .group_by(col(PostingRow.account), col(PostingRow.currency))
        )
        rows = await session.execute(query)
        return {(account, currency): int(amount) for account, currency, amount in rows}

    async def trial_balance(self, session: AsyncSession) -> Balances:
        """
        Return what each account holds over everybody; per currency they add up to zero.
        """
        query = select(PostingRow.account, PostingRow.currency, _SUM).group_by(
            col(PostingRow.account), col(PostingRow.currency)
        )
        rows = await session.execute(query, execution_options={OPTION: TRIAL_BALANCE})
        return {(account, currency): int(amount) for account, currency, amount in rows}
