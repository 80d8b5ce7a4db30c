"""
Tables of operators. They are few and belong to no resident: reference tables.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint

from wallet.db.tables import Table, big, blob, instant, table, text
from wallet.operators.words import GROUNDED, EventKind, Role, Stage, Status


def _one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


_GROUNDED = f"kind IN ({', '.join(repr(kind.value) for kind in GROUNDED)})"


def _of_operator() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["operator_id"], ["operators.operator_id"])


class OperatorRow(Table, table=True):
    """
    An operator. Without password and TOTP secret, enrolment is still to come.

    `last_step` is the last TOTP step that was spent; it only grows while the secret stays.
    """

    __tablename__ = "operators"
    __table_args__ = table(
        UniqueConstraint("name"),
        _one_of("role", Role),
        _one_of("status", Status),
        CheckConstraint("(password_hash is null) = (totp_secret is null)", name="credentials"),
        CheckConstraint("last_step >= 0", name="last_step"),
    )

    operator_id: int = big(key=True)
    name: str = text()
    display: str = text()
    role: str = text()
    status: str = text()
    password_hash: str | None = text(null=True)
    totp_secret: bytes | None = blob(null=True)
    last_step: int = big()
    created_at: datetime = instant()
    enrolled_at: datetime | None = instant(null=True)


class OperatorEnrolmentRow(Table, table=True):
    """
    An operator's enrolment under way, at most one; its token is known by its SHA-256 alone.

    Redeeming gives it a new token, a password and a secret, which nothing accepts until confirmed.
    """

    __tablename__ = "operator_enrolments"
    __table_args__ = table(
        _of_operator(),
        UniqueConstraint("digest"),
        _one_of("stage", Stage),
        CheckConstraint("(stage = 'redeemed') = (password_hash is not null)", name="password"),
        CheckConstraint("(stage = 'redeemed') = (totp_secret is not null)", name="secret"),
    )

    operator_id: int = big(key=True)
    digest: bytes = blob()
    stage: str = text()
    password_hash: str | None = text(null=True)
    totp_secret: bytes | None = blob(null=True)
    expires_at: datetime = instant()


class OperatorRecoveryCodeRow(Table, table=True):
    """
    A recovery code, known by its SHA-256 alone; good once.
    """

    __tablename__ = "operator_recovery_codes"
    __table_args__ = table(_of_operator())

    operator_id: int = big(key=True)
    digest: bytes = blob(key=True)
    used_at: datetime | None = instant(null=True)


class OperatorLinkRow(Table, table=True):
    """
    An operator's account at the sign-in provider, known by a keyed hash alone.
    """

    __tablename__ = "operator_links"
    __table_args__ = table(_of_operator(), UniqueConstraint("subject"))

    operator_id: int = big(key=True)
    subject: bytes = blob()
    linked_at: datetime = instant()


class OperatorSessionRow(Table, table=True):
    """
    One sign-in; of its token only a hash is kept.

    `stepped_up_at` is when a TOTP code was last shown in it, or at the provider what it asks for.
    """

    __tablename__ = "operator_sessions"
    __table_args__ = table(_of_operator(), UniqueConstraint("digest"))

    session_id: int = big(key=True)
    digest: bytes = blob()
    operator_id: int = big()
    created_at: datetime = instant()
    seen_at: datetime = instant()
    ends_at: datetime = instant()
    stepped_up_at: datetime | None = instant(null=True)
    ended_at: datetime | None = instant(null=True)


class OperatorLockoutRow(Table, table=True):
    """
    Failures of one account or one source network, which are known by keyed hashes alone.
    """

    __tablename__ = "operator_lockouts"
    __table_args__ = table(CheckConstraint("failures > 0", name="failures"))

    subject: bytes = blob(key=True)
    failures: int = big()
    locked_until: datetime = instant()
    forget_at: datetime = instant()


class OperatorEventRow(Table, table=True):
    """
    One thing that an operator did or that was done to an account.

    There is no statement that changes one. `operator_id` is empty where a name is nobody's;
    `person` is a resident's sealed handle, `about` that of a party or of something in review.
    """

    __tablename__ = "operator_events"
    __table_args__ = table(
        _of_operator(),
        _one_of("kind", EventKind),
        CheckConstraint("(kind = 'looked') = (person is not null)", name="person"),
        CheckConstraint(f"({_GROUNDED}) = (purpose is not null)", name="purpose"),
        CheckConstraint(f"({_GROUNDED}) = (ticket is not null)", name="ticket"),
    )

    event_id: int = big(key=True)
    at: datetime = instant()
    operator_id: int | None = big(null=True)
    kind: str = text()
    detail: str = text()
    person: str | None = text(null=True)
    purpose: str | None = text(null=True)
    ticket: str | None = text(null=True)
    about: str | None = text(null=True)
