"""
Tables of presentations and of what each context answered.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy import text as sql

from wallet.db.tables import Table, big, blob, flag, instant, resident_table, text


class PresentationRow(Table, table=True):
    """
    One accepted code.
    """

    __tablename__ = "presentations"
    __table_args__ = resident_table(
        CheckConstraint("method in ('otp','signed','barcode','foreign','card')", "method"),
        CheckConstraint(
            "purpose in ('identification','registration','settlement','payment')", "purpose"
        ),
        CheckConstraint("claimed_for in ('visit','settlement')", "claimed_for"),
    )

    resident_id: int = big(key=True)
    presentation_id: int = big(key=True)
    party_id: int = big()
    terminal_id: int = big()
    device_no: int = big()
    method: str = text()
    purpose: str = text()
    scene: str = text()
    created_at: datetime = instant()
    expires_at: datetime = instant()
    released_at: datetime | None = instant(null=True)
    claimed_for: str | None = text(null=True)
    claimed_at: datetime | None = instant(null=True)


class AnswerRow(Table, table=True):
    """
    What one context answered, and which binding answered.

    `subject` and `credential` are encrypted; the credential is forgotten when it is used up, or
    when the handle is of no use any more. The index finds those few.
    """

    __tablename__ = "presentation_answers"
    __table_args__ = (
        Index(
            "ix_presentation_answers_credential",
            "resident_id",
            "presentation_id",
            sqlite_where=sql("credential is not null"),
            postgresql_where=sql("credential is not null"),
        ),
        *resident_table(
            ForeignKeyConstraint(
                ["resident_id", "presentation_id"],
                ["presentations.resident_id", "presentations.presentation_id"],
            ),
        ),
    )

    resident_id: int = big(key=True)
    presentation_id: int = big(key=True)
    context: str = text(key=True)
    integration_id: str = text()
    binding_id: int | None = big(null=True)
    valid: bool = flag()
    refusal: str = text()
    subject: bytes | None = blob(null=True)
    credential: bytes | None = blob(null=True)
