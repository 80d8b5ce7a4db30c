"""
Table of bindings.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql

from wallet.db.tables import Table, big, blob, flag, instant, resident_table, text


class BindingRow(Table, table=True):
    """
    One binding. Subject, label and snapshot are encrypted.

    Of a resident's live bindings of one context exactly one is the default; an integration has at
    most one live binding.
    """

    __tablename__ = "bindings"
    __table_args__ = (
        Index(
            "uq_bindings_default",
            "resident_id",
            "context",
            unique=True,
            sqlite_where=sql("is_default = 1 and status = 'live'"),
            postgresql_where=sql("is_default = 1 and status = 'live'"),
        ),
        Index(
            "uq_bindings_live",
            "resident_id",
            "integration_id",
            unique=True,
            sqlite_where=sql("status = 'live'"),
            postgresql_where=sql("status = 'live'"),
        ),
        *resident_table(CheckConstraint("status in ('live','ended')", "status")),
    )

    resident_id: int = big(key=True)
    binding_id: int = big(key=True)
    context: str = text()
    integration_id: str = text()
    subject: bytes = blob()
    label: bytes = blob()
    status: str = text()
    is_default: bool = flag()
    version: int = big()
    snapshot: bytes | None = blob(null=True)
    validated_at: datetime | None = instant(null=True)
    created_at: datetime = instant()
    ended_at: datetime | None = instant(null=True)
