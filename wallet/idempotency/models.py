"""
The table of keys. It is found by party, route and key alone, so it is no resident's table.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy import text as sql

from wallet.db.tables import Table, big, blob, instant, table, text


class IdempotencyRow(Table, table=True):
    """
    One key of one party on one route, and what it led to.

    Attributes:
        fingerprint: keyed hash over method, target and body.
        target_resident_id: with `target_id` the thing that the request was about to make.
        response: encrypted; empty until finished and again once it has outlived its use.
        response_until: when the response is forgotten.
        expires_at: when the key is.
    """

    __tablename__ = "idempotency"
    __table_args__ = (
        Index("ix_idempotency_expires_at", "expires_at"),
        Index(
            "ix_idempotency_response_until",
            "response_until",
            sqlite_where=sql("response_until is not null"),
            postgresql_where=sql("response_until is not null"),
        ),
        *table(),
    )

    party_id: int = big(key=True)
    route: str = text(key=True)
    key: str = text(key=True)
    terminal_id: int = big()
    fingerprint: bytes = blob()
    target_resident_id: int = big()
    target_id: int = big()
    response: bytes | None = blob(null=True)
    response_until: datetime | None = instant(null=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
