"""
The closed vocabularies of operators, and the forms of what they are called.
"""

import re
from enum import StrEnum
from typing import Final

_LOGIN: Final = re.compile(r"\A[a-z][a-z0-9._-]{1,31}\Z")
_LONGEST_ASKED: Final = 64
_DISPLAY_MAX: Final = 64
_SUBJECT_MAX: Final = 255


class Role(StrEnum):
    """
    What an operator is there for: to act, or only to read what was done.
    """

    OPERATOR = "operator"
    AUDITOR = "auditor"


class Status(StrEnum):
    """
    Whether an operator may sign in.
    """

    ACTIVE = "active"
    DISABLED = "disabled"


class Stage(StrEnum):
    """
    How far an enrolment is: the token was given out, or a password was chosen with it.
    """

    ISSUED = "issued"
    REDEEMED = "redeemed"


class EventKind(StrEnum):
    """
    What is written down of operators.
    """

    CREATED = "created"
    ENROLLED = "enrolled"
    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    LOCKED = "locked"
    STEPPED_UP = "stepped_up"
    SIGNED_OUT = "signed_out"
    LOOKED = "looked"
    RESET = "reset"
    DISABLED = "disabled"
    ENABLED = "enabled"
    SOUGHT = "sought"
    ASKED_AGAIN = "asked_again"
    PARTY_CREATED = "party_created"
    PARTY_SUSPENDED = "party_suspended"
    PARTY_RESUMED = "party_resumed"
    TERMINAL_OFFERED = "terminal_offered"
    TERMINAL_REVOKED = "terminal_revoked"


# these need a purpose and a ticket
GROUNDED: Final = (EventKind.LOOKED, EventKind.SOUGHT, EventKind.ASKED_AGAIN)


class Detail(StrEnum):
    """
    What more is written down: how somebody signed in, why not, or what was locked.
    """

    NOTHING = ""
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    NAME = "name"
    STATUS = "status"
    PASSWORD = "password"  # noqa: S105 - a word
    CODE = "code"
    ACCOUNT = "account"
    SOURCE = "source"
    PROVIDER = "provider"
    LINK = "link"


def is_login(name: str) -> bool:
    """
    Tell whether a text is a login name: 2 to 32 of ``a-z 0-9 . _ -``, a letter first.
    """
    return _LOGIN.match(name) is not None


def asked_login(name: str) -> str:
    """
    Return the login name that somebody meant; of what cannot be one, its first 64 characters.

    What cannot be printed is written out: a database may not take it (NUL).
    """
    typed = name.strip()[:_LONGEST_ASKED]
    return typed.lower() if typed.isascii() and typed.isprintable() else ascii(typed)


def is_subject(subject: str) -> bool:
    """
    Tell whether a text can be a provider's name for an account (OpenID Connect Core 1.0 §2).
    """
    return 1 <= len(subject) <= _SUBJECT_MAX and subject.isascii() and subject.isprintable()


def is_display(display: str) -> bool:
    """
    Tell whether a text can be shown as somebody's name: 1 to 64 printable characters.
    """
    return (
        1 <= len(display) <= _DISPLAY_MAX and display.isprintable() and display == display.strip()
    )
