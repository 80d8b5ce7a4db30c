"""
Tables of devices, of what they used up, and of what was counted against guessing.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from wallet.db.tables import Table, big, blob, instant, resident_table, table, text
from wallet.devices.words import LARGEST_NUMBER, DeviceKind, DeviceStatus, SuiteName


def _one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", name=column)


class DeviceRow(Table, table=True):
    """
    One device. A number is never given to another device, so rows stay.

    Number 0 is the server's own device: it has no key and no name, its row is what a resident's
    devices are locked by, and its status tells whether the resident has frozen them.

    `high_water` is the highest counter that was used up, `drawn` the highest that the server
    drew; −1 before the first. `name` is encrypted. A key may approve from `approves_from` on.
    """

    __tablename__ = "devices"
    __table_args__ = resident_table(
        _one_of("kind", DeviceKind),
        _one_of("status", DeviceStatus),
        _one_of("suite", SuiteName),
        CheckConstraint(f"device_no between 0 and {LARGEST_NUMBER}", "device_no"),
        CheckConstraint("drift in (-1, 0, 1)", "drift"),
        CheckConstraint("length(enrolment_nonce) = 4", "enrolment_nonce"),
        CheckConstraint("length(public_key) = 65", "public_key"),
        CheckConstraint("(public_key is null) = (suite is null)", "key"),
        CheckConstraint("high_water >= -1 and drawn >= -1", "counters"),
    )

    resident_id: int = big(key=True)
    device_no: int = big(key=True)
    kind: str = text()
    status: str = text()
    enrolment_nonce: bytes = blob()
    public_key: bytes | None = blob(null=True)
    suite: str | None = text(null=True)
    name: bytes | None = blob(null=True)
    drift: int = big()
    high_water: int = big()
    drawn: int = big()
    alarmed_at: datetime | None = instant(null=True)
    approves_from: datetime | None = instant(null=True)
    created_at: datetime = instant()
    last_seen_at: datetime | None = instant(null=True)
    revoked_at: datetime | None = instant(null=True)


class UsedCounterRow(Table, table=True):
    """
    A counter that was used up, and where.
    """

    __tablename__ = "used_counters"
    __table_args__ = (
        *resident_table(
            ForeignKeyConstraint(
                ["resident_id", "device_no"], ["devices.resident_id", "devices.device_no"]
            )
        ),
    )

    resident_id: int = big(key=True)
    device_no: int = big(key=True)
    counter: int = big(key=True)
    party_id: int = big()
    terminal_id: int = big()
    at: datetime = instant()


class SpentChallengeRow(Table, table=True):
    """
    A challenge that was answered; an unanswered one is kept nowhere.
    """

    __tablename__ = "spent_challenges"
    __table_args__ = (*resident_table(),)

    resident_id: int = big(key=True)
    challenge: int = big(key=True)
    expires_at: datetime = instant()


class BarcodeRow(Table, table=True):
    """
    A numeric code. Not a resident's table: it is looked up by SHA-256 of its digits.
    """

    __tablename__ = "barcodes"
    __table_args__ = (
        Index("ix_barcodes_expires_at", "expires_at"),
        *table(CheckConstraint("(used_at is null) = (terminal_id is null)", "used")),
    )

    digest: bytes = blob(key=True)
    resident_id: int = big()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(null=True)
    party_id: int | None = big(null=True)
    terminal_id: int | None = big(null=True)


class GuessBudgetRow(Table, table=True):
    """
    How much of a terminal's, a party's or everybody's budget is spent in one window of time.
    """

    __tablename__ = "guess_budgets"
    __table_args__ = (
        Index("ix_guess_budgets_ends_at", "ends_at"),
        *table(CheckConstraint("spent between 0 and most", "spent")),
    )

    subject: str = text(key=True)
    window_seconds: int = big(key=True)
    window_no: int = big(key=True)
    most: int = big()
    spent: int = big()
    ends_at: datetime = instant()


class ResidentBudgetRow(Table, table=True):
    """
    How much of a resident's or a device's budget is spent in one window of time.
    """

    __tablename__ = "resident_budgets"
    __table_args__ = (*resident_table(CheckConstraint("spent between 0 and most", "spent")),)

    resident_id: int = big(key=True)
    subject: str = text(key=True)
    window_seconds: int = big(key=True)
    window_no: int = big(key=True)
    most: int = big()
    spent: int = big()
    ends_at: datetime = instant()
