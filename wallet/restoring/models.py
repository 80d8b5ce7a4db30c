"""
The table of restores.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint

from wallet.db.tables import Table, big, instant, table, text


class RestorationRow(Table, table=True):
    """
    One restore of this database from a backup; while one is not ended, nothing is moved.

    Attributes:
        backup_at: what happened after it is not in these books.
        compared_at: when partners were last asked what they have.
        differences: how many differences that found.
        why: purpose and ticket of whoever ended it.
    """

    __tablename__ = "restorations"
    __table_args__ = table(
        CheckConstraint("(compared_at is null) = (differences is null)", "compared"),
        CheckConstraint("(ended_at is null) = (why is null)", "ended"),
    )

    restoration_id: int = big(key=True)
    backup_at: datetime = instant()
    begun_at: datetime = instant()
    compared_at: datetime | None = instant(null=True)
    differences: int | None = big(null=True)
    ended_at: datetime | None = instant(null=True)
    why: str | None = text(null=True)
