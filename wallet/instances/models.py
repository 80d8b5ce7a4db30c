"""
Tables of processes and of the latest time that any of them told.

They tell nothing of anybody and belong to no resident: reference tables.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint

from wallet.db.tables import Table, big, instant, table, text


class InstanceRow(Table, table=True):
    """
    A process that may write money as long as this row is there.

    A new process takes the rows of an older generation on its seat away, and everybody those of
    processes that stopped beating. `seen_at` is for people who look; nothing decides by it.
    """

    __tablename__ = "instances"
    __table_args__ = table(
        CheckConstraint("kind in ('server','worker')", name="kind"),
        CheckConstraint("beats >= 0", name="beats"),
    )

    instance_id: int = big(key=True)
    kind: str = text()
    seat: str = text()
    generation: int = big()
    beats: int = big()
    started_at: datetime = instant()
    seen_at: datetime = instant()


class ClockMarkRow(Table, table=True):
    """
    The latest instant at which any process trusted its clock; it never goes back by itself.
    """

    __tablename__ = "clock_marks"

    __table_args__ = table()

    name: str = text(key=True)
    at: datetime = instant()
