"""
Table of consents.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql

from wallet.db.tables import Table, big, instant, resident_table, text


class ConsentRow(Table, table=True):
    """
    One consent: a context, a purpose, every party or one.

    ``party_id`` 0 stands for every relying party of the region. A withdrawn row stays as evidence;
    of those that stand no two say the same.
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index(
            "uq_consents_standing",
            "resident_id",
            "context",
            "purpose",
            "party_id",
            unique=True,
            sqlite_where=sql("withdrawn_at is null"),
            postgresql_where=sql("withdrawn_at is null"),
        ),
        *resident_table(
            CheckConstraint(
                "purpose in ('identification','registration','settlement','payment')", "purpose"
            ),
            CheckConstraint("basis in ('contract','law','separate_consent')", "basis"),
        ),
    )

    resident_id: int = big(key=True)
    consent_id: int = big(key=True)
    context: str = text()
    purpose: str = text()
    party_id: int = big()
    basis: str = text()
    notice_version: str = text()
    granted_at: datetime = instant()
    withdrawn_at: datetime | None = instant(null=True)
