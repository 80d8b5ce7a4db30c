"""
Table of journal entries.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint

from wallet.db.tables import Table, big, blob, instant, resident_table, text


class JournalRow(Table, table=True):
    """
    One entry. There is no statement that changes one.

    `detail` holds, encrypted as evidence, who the party was, the purpose and what was released.
    """

    __tablename__ = "journal"
    __table_args__ = resident_table(
        CheckConstraint("(terminal_id is null) or party_id > 0", "who")
    )

    resident_id: int = big(key=True)
    entry_id: int = big(key=True)
    kind: str = text()
    party_id: int | None = big(null=True)
    terminal_id: int | None = big(null=True)
    presentation_id: int | None = big(null=True)
    subject_id: int | None = big(null=True)
    detail: bytes = blob()
    at: datetime = instant()
