"""
Tables of relying parties and their terminals: reference tables, copied to every shard.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from wallet.db.tables import Table, big, blob, flag, instant, table, text
from wallet.parties.words import PartyKind, PartyStatus, SettledBy, TerminalKind, TerminalStatus


def _one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _of_party() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["party_id"], ["parties.party_id"])


def _of_terminal() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["party_id", "terminal_id"], ["terminals.party_id", "terminals.terminal_id"]
    )


class PartyRow(Table, table=True):
    """
    A relying party.
    """

    __tablename__ = "parties"
    __table_args__ = table(
        _one_of("kind", PartyKind),
        _one_of("status", PartyStatus),
        _one_of("settled_by", SettledBy),
        CheckConstraint("otp_limit_minor >= 0", name="otp_limit"),
        CheckConstraint("signed_limit_minor >= otp_limit_minor", name="signed_limit"),
        CheckConstraint("cash_due_seconds > 0", name="cash_due"),
        CheckConstraint("screen_limit_minor >= 0", name="screen_limit"),
    )

    party_id: int = big(key=True)
    name: str = text()
    kind: str = text()
    status: str = text()
    settled_by: str = text()
    otp_limit_minor: int = big()
    signed_limit_minor: int = big()
    cash_due_seconds: int = big()
    sign_resolve: bool = flag()
    created_at: datetime = instant()
    screen_limit_minor: int = big()


class PartyProfileRow(Table, table=True):
    """
    What one integration must know of one party: numbers and keys, encrypted.
    """

    __tablename__ = "party_profiles"
    __table_args__ = table(_of_party())

    party_id: int = big(key=True)
    integration_id: str = text(key=True)
    profile: bytes = blob()
    changed_at: datetime = instant()


class TerminalRow(Table, table=True):
    """
    A terminal.

    Its public key (DER of SubjectPublicKeyInfo, RFC 5280 §4.1) never changes: a new key is a new
    terminal.
    """

    __tablename__ = "terminals"
    __table_args__ = table(
        _of_party(), _one_of("kind", TerminalKind), _one_of("status", TerminalStatus)
    )

    party_id: int = big(key=True)
    terminal_id: int = big(key=True)
    name: str = text()
    kind: str = text()
    status: str = text()
    scopes: str = text()
    public_key: bytes = blob()
    created_at: datetime = instant()
    revoked_at: datetime | None = instant(null=True)


class EnrolmentTokenRow(Table, table=True):
    """
    A right to enrol one terminal, known by its SHA-256 alone.
    """

    __tablename__ = "enrolment_tokens"
    __table_args__ = table(_of_party(), _one_of("kind", TerminalKind))

    digest: bytes = blob(key=True)
    party_id: int = big()
    kind: str = text()
    scopes: str = text()
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(null=True)


class TokenIdRow(Table, table=True):
    """
    An assertion's ``jti`` that was spent (RFC 7523 §3).
    """

    __tablename__ = "token_ids"
    __table_args__ = table(_of_terminal())

    party_id: int = big(key=True)
    terminal_id: int = big(key=True)
    token_id: str = text(key=True)
    expires_at: datetime = instant()


class SignatureNonceRow(Table, table=True):
    """
    A signature's nonce that was spent (RFC 9421 §7.2.2).
    """

    __tablename__ = "signature_nonces"
    __table_args__ = table(_of_terminal())

    party_id: int = big(key=True)
    terminal_id: int = big(key=True)
    nonce: str = text(key=True)
    expires_at: datetime = instant()
