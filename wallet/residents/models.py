"""
Tables of residents, of the index that finds them, and of their sessions.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint

from wallet.db.tables import Table, big, blob, instant, resident_table, table, text


class ResidentRow(Table, table=True):
    """
    One resident. `person` is encrypted; `level` tells how well it was proved.
    """

    __tablename__ = "residents"
    __table_args__ = resident_table(CheckConstraint("level between 0 and 4", "level"))

    resident_id: int = big(key=True)
    person: bytes = blob()
    level: int = big()
    created_at: datetime = instant()


class IdentifierRow(Table, table=True):
    """
    Finds the resident of a document, or of an account at a sign-in provider.

    Not a resident's table: it is looked up by blind index.
    """

    __tablename__ = "identifier_index"
    __table_args__ = table()

    blind_index: bytes = blob(key=True)
    resident_id: int = big()
    kind: str = text()


class SessionRow(Table, table=True):
    """
    One sign-in; of its token only a hash is kept.
    """

    __tablename__ = "sessions"
    __table_args__ = resident_table(CheckConstraint("method in ('demo','oidc')", "method"))

    resident_id: int = big(key=True)
    session_id: int = big(key=True)
    secret_hash: bytes = blob()
    method: str = text()
    created_at: datetime = instant()
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(null=True)
