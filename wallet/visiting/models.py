"""
The table of visits.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql

from wallet.db.tables import Table, big, blob, flag, instant, resident_table, text
from wallet.visiting.machine import VISIT_PHASES

_PHASES = ",".join(f"'{phase}'" for phase in VISIT_PHASES)

# written out, so that a statement that says the same is answered from the index
REVIEW = sql("phase = 'review'")


class VisitRow(Table, table=True):
    """
    One visit.

    What tells of an illness or of the insurance is encrypted; the credential is forgotten when the
    registration is decided. `open_settlement_id` is the one settlement that is going on;
    `standing` counts those completed.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_review", "opened_at", sqlite_where=REVIEW, postgresql_where=REVIEW),
        *resident_table(
            CheckConstraint(f"phase in ({_PHASES})", "phase"),
            CheckConstraint("status in ('due','sent','unknown')", "status"),
            CheckConstraint("standing >= 0 and tries >= 0", "counts"),
        ),
    )

    resident_id: int = big(key=True)
    visit_id: int = big(key=True)
    party_id: int = big()
    terminal_id: int = big()
    presentation_id: int = big()
    version: int = big()
    phase: str = text()
    status: str = text()
    registered: bool = flag()
    repeating: bool = flag()
    tries: int = big()
    resume_phase: str = text()
    reason: str = text()
    integration_id: str = text()
    binding_id: int | None = big(null=True)
    visit_number: str = text()
    details: bytes = blob()
    subject: bytes | None = blob(null=True)
    credential: bytes | None = blob(null=True)
    continuation: bytes | None = blob(null=True)
    visit_reference: bytes | None = blob(null=True)
    open_settlement_id: int | None = big(null=True)
    standing: int = big()
    opened_at: datetime = instant()
    closes_at: datetime = instant()
