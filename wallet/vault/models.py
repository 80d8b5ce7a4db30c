"""
Table of the keys of single persons.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint

from wallet.db.tables import Table, big, blob, instant, resident_table, text


class PersonKeyRow(Table, table=True):
    """
    The key of one person and one keep, wrapped by a data key.

    A destroyed key leaves its row behind, empty, so that no second one is made in its place.
    """

    __tablename__ = "person_keys"
    __table_args__ = resident_table(
        CheckConstraint("keep in ('wallet','evidence')", "keep"),
        CheckConstraint("(wrapped is null) = (destroyed_at is not null)", "destroyed"),
    )

    resident_id: int = big(key=True)
    keep: str = text(key=True)
    wrapped: bytes | None = blob(null=True)
    destroyed_at: datetime | None = instant(null=True)
