"""
Tables of figures: what each process last said of itself, and what all of them counted together.

They tell nothing of anybody and belong to no resident: reference tables.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from wallet.db.tables import Table, big, instant, table, text


class ProcessRow(Table, table=True):
    """
    A process that runs, or ran until it fell silent; one that ends in order takes its row away.
    """

    __tablename__ = "processes"
    __table_args__ = table(CheckConstraint("kind in ('server','worker')", name="kind"))

    process_id: int = big(key=True)
    kind: str = text()
    started_at: datetime = instant()
    seen_at: datetime = instant()


class BreakerRow(Table, table=True):
    """
    The breaker of one integration in one process.
    """

    __tablename__ = "process_breakers"
    __table_args__ = table(
        ForeignKeyConstraint(["process_id"], ["processes.process_id"]),
        CheckConstraint("state in ('open','closed')", name="state"),
    )

    process_id: int = big(key=True)
    integration_id: str = text(key=True)
    state: str = text()
    since: datetime = instant()


class FigureRow(Table, table=True):
    """
    How often something happened within ten minutes, in all processes together.

    `subject` is one of `wallet.figures.words.Subject`; `word` is an outcome, a phase, or the upper
    end of a span of time in milliseconds.
    """

    __tablename__ = "figures"
    __table_args__ = table(CheckConstraint("count > 0", name="count"))

    slot: datetime = instant(key=True)
    subject: str = text(key=True)
    integration_id: str = text(key=True)
    word: str = text(key=True)
    count: int = big()
