"""
Tables of committed outside calls and of the numbers they carry.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql

from wallet.db.tables import Table, big, blob, instant, resident_table, table, text

_TAKES_EFFECT_ONCE = (
    "operation in ('settle','charge') and (state = 'sent' or outcome in ('succeeded','happened'))"
)


class CallRow(Table, table=True):
    """
    One unsafe call: committed before it is performed, closed when its outcome is definite.

    `reference` is the id the partner sees; `payload` is encrypted and never changes. Since
    `doubtful_at` its outcome is asked for; since `exhausted_at` the partner's time is over; at
    `turn_at` it may be repeated or asked about, where it had to wait for that. Of one subject only
    one settlement or charge may be on its way or have happened.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_subject", "resident_id", "subject_kind", "subject_id"),
        Index(
            "uq_calls_once",
            "resident_id",
            "subject_kind",
            "subject_id",
            "operation",
            unique=True,
            sqlite_where=sql(_TAKES_EFFECT_ONCE),
            postgresql_where=sql(_TAKES_EFFECT_ONCE),
        ),
        *resident_table(
            CheckConstraint(
                "subject_kind in ('visit','settlement','tender','refund')", "subject_kind"
            ),
            CheckConstraint("state in ('prepared','sent','closed')", "state"),
            CheckConstraint(
                "outcome in ('','succeeded','declined','pending','not_sent','unknown',"
                "'happened','did_not_happen')",
                "outcome",
            ),
            CheckConstraint("attempts >= 0 and queries >= 0", "counts"),
        ),
    )

    resident_id: int = big(key=True)
    call_id: int = big(key=True)
    subject_kind: str = text()
    subject_id: int = big()
    party_id: int = big()
    integration_id: str = text()
    operation: str = text()
    reference: str = text()
    payload: bytes = blob()
    state: str = text()
    outcome: str = text()
    code: str = text()
    partner_code: str = text()
    attempts: int = big()
    queries: int = big()
    prepared_at: datetime = instant()
    sent_at: datetime | None = instant(null=True)
    doubtful_at: datetime | None = instant(null=True)
    exhausted_at: datetime | None = instant(null=True)
    closed_at: datetime | None = instant(null=True)
    turn_at: datetime | None = instant(null=True)


class TurnRow(Table, table=True):
    """
    How many repetitions of an integration's calls one window of time has, and had so far.
    """

    __tablename__ = "turns"
    __table_args__ = (
        Index("ix_turns_window_no", "window_no"),
        *table(
            CheckConstraint("taken between 0 and most", "taken"),
            CheckConstraint("age in ('young','old')", "age"),
        ),
    )

    integration_id: str = text(key=True)
    age: str = text(key=True)
    window_no: int = big(key=True)
    most: int = big()
    taken: int = big()


class SequenceRow(Table, table=True):
    """
    The last number given out for one party and integration in one second.
    """

    __tablename__ = "sequences"
    __table_args__ = table(CheckConstraint("last between 1 and 4999", "last"))

    party_id: int = big(key=True)
    integration_id: str = text(key=True)
    second: int = big(key=True)
    last: int = big()


class LaneRow(Table, table=True):
    """
    A small number per party and integration, from which serials are made.
    """

    __tablename__ = "lanes"
    __table_args__ = table(
        UniqueConstraint("lane"), CheckConstraint("lane between 1 and 524287", "lane")
    )

    party_id: int = big(key=True)
    integration_id: str = text(key=True)
    lane: int = big()
