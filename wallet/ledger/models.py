"""
The table of postings.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint

from wallet.db.tables import Table, big, instant, resident_table, text


class PostingRow(Table, table=True):
    """
    One line of a transaction; never changed, never deleted.

    A transaction is named by kind and subject, so the same thing cannot be booked twice.
    """

    __tablename__ = "postings"
    __table_args__ = resident_table(
        CheckConstraint("amount_minor <> 0", "amount"),
        CheckConstraint(
            "kind in ('settled','settlement_undone','charged','tendered','refunded')", "kind"
        ),
        UniqueConstraint("resident_id", "kind", "subject_id", "account"),
    )

    resident_id: int = big(key=True)
    posting_id: int = big(key=True)
    kind: str = text()
    subject_id: int = big()
    account: str = text()
    amount_minor: int = big()
    currency: str = text()
    reverses: str | None = text(null=True)
    at: datetime = instant()
