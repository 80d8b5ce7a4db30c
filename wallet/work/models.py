"""
The table of things to do.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index

from wallet.db.tables import Table, big, instant, resident_table, text


class WorkItemRow(Table, table=True):
    """
    Something that has a next step.

    `fence` grows with each claim, so that a worker whose lease ran out cannot commit any more,
    and begins with the time, so that this holds when the thing was finished and comes again;
    `wakes` grows each time somebody asks for the next step, so that no such wish is overwritten.
    """

    __tablename__ = "work_items"
    __table_args__ = (
        Index("ix_work_items_next_action_at", "next_action_at"),
        *resident_table(
            CheckConstraint("attempts >= 0", "attempts"),
            CheckConstraint("(lease_owner is null) = (lease_until is null)", "lease"),
        ),
    )

    resident_id: int = big(key=True)
    kind: str = text(key=True)
    subject_id: int = big(key=True)
    next_action_at: datetime = instant()
    lease_owner: str | None = text(null=True)
    lease_until: datetime | None = instant(null=True)
    fence: int = big()
    wakes: int = big()
    attempts: int = big()
