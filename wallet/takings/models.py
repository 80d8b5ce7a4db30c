"""
The table of takings.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index

from wallet.db.tables import Table, big, instant, table, text
from wallet.takings.words import KINDS, METHODS


def _one_of(column: str, words: tuple[str, ...]) -> CheckConstraint:
    listed = ",".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", column)


class TakingRow(Table, table=True):
    """
    One thing that a terminal settled, undid, took or gave back; never changed, never deleted.

    It names nobody. It is written beside the posting that says the same of a resident, in the
    same transaction; that posting's unique key is what lets it be written once.
    """

    __tablename__ = "takings"
    __table_args__ = (
        Index("ix_takings_at", "party_id", "terminal_id", "at"),
        *table(
            CheckConstraint("amount_minor > 0", "amount"),
            CheckConstraint("insured_minor between 0 and amount_minor", "insured"),
            _one_of("kind", KINDS),
            _one_of("method", METHODS),
        ),
    )

    party_id: int = big(key=True)
    terminal_id: int = big(key=True)
    taking_id: int = big(key=True)
    kind: str = text()
    method: str = text()
    provider: str = text()
    amount_minor: int = big()
    insured_minor: int = big()
    at: datetime = instant()
