"""
The closed vocabularies of relying parties and their terminals.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

LIMIT_MOST_MINOR: Final = 10_000_000
CASH_DUE_MOST_SECONDS: Final = 86_400
_NAME_MAX: Final = 100


def is_party_name(text: str) -> bool:
    """
    Tell whether a party may be called so.
    """
    return 1 <= len(text) <= _NAME_MAX and text.isprintable()


class PartyKind(StrEnum):
    """
    What a relying party is.
    """

    HOSPITAL = "hospital"
    PHARMACY = "pharmacy"
    OFFICE = "office"


class PartyStatus(StrEnum):
    """
    Whether its terminals may do anything.
    """

    ACTIVE = "active"
    SUSPENDED = "suspended"


class SettledBy(StrEnum):
    """
    Who settles with the insurer: the wallet, or the party's own HIS, which reports amounts.
    """

    WALLET = "wallet"
    HIS = "his"


class TerminalKind(StrEnum):
    """
    What a terminal is.
    """

    HIS = "his"
    DESK = "desk"
    KIOSK = "kiosk"
    GATE = "gate"


class TerminalStatus(StrEnum):
    """
    Whether a terminal may do anything; a revoked one never comes back.
    """

    ACTIVE = "active"
    REVOKED = "revoked"


class Scope(StrEnum):
    """
    What a terminal may do; for ``resolve`` the purpose stands after the colon.
    """

    RESOLVE_IDENTIFICATION = "resolve:identification"
    RESOLVE_REGISTRATION = "resolve:registration"
    RESOLVE_SETTLEMENT = "resolve:settlement"
    RESOLVE_PAYMENT = "resolve:payment"
    IDENTITY_FULL = "identity:full"
    VISITS_WRITE = "visits:write"
    SETTLEMENTS_WRITE = "settlements:write"
    REFUNDS_WRITE = "refunds:write"
    STATEMENTS_READ = "statements:read"
    APPROVALS_SCREEN = "approvals:screen"


ALL_SCOPES: Final = tuple(Scope)
_LOOKING_UP: Final = frozenset({Scope.RESOLVE_IDENTIFICATION, Scope.RESOLVE_REGISTRATION})
_CASHIER: Final = frozenset(Scope) - {Scope.IDENTITY_FULL, Scope.APPROVALS_SCREEN}
# a signature on a screen counts only where somebody stands beside it
_STAFFED: Final = frozenset({TerminalKind.HIS, TerminalKind.DESK})
# what a terminal of a kind cannot do without; more is granted by name
LEAST_SCOPES: Final[Mapping[TerminalKind, frozenset[Scope]]] = {
    TerminalKind.HIS: _CASHIER | {Scope.IDENTITY_FULL},
    TerminalKind.DESK: _CASHIER,
    TerminalKind.KIOSK: _LOOKING_UP,
    TerminalKind.GATE: _LOOKING_UP,
}


def least_scopes(kind: TerminalKind, *, patient_screen: bool) -> frozenset[Scope]:
    """
    Return what a terminal cannot do without, one with a screen for the patient if it says so.

    Raises:
        ValueError: nobody stands beside a terminal of this kind.
    """
    if not patient_screen:
        return LEAST_SCOPES[kind]
    if kind not in _STAFFED:
        raise ValueError(kind)
    return LEAST_SCOPES[kind] | {Scope.APPROVALS_SCREEN}


def scopes_of(text: str) -> frozenset[Scope]:
    """
    Read a space-separated list as RFC 6749 §3.3 writes it.

    Raises:
        ValueError: a word in it is no scope of ours.
    """
    return frozenset(Scope(word) for word in text.split(" ") if word)


def scope_text(scopes: frozenset[Scope]) -> str:
    """
    Write scopes as one space-separated text, always in the same order.
    """
    return " ".join(scope for scope in Scope if scope in scopes)


class PartySettings(Struct, frozen=True, kw_only=True):
    """
    How the wallet treats a party.

    Attributes:
        name: its registered name.
        kind: what it is.
        settled_by: who settles with the insurer.
        otp_limit_minor: up to this cash part, in minor units, an OTP code needs no approval.
        signed_limit_minor: the same for a signed code.
        screen_limit_minor: up to this cash part a signature on the patient's screen approves; 0
            is never.
        cash_due_seconds: how long the cash part may stay due before the settlement is cancelled.
        sign_resolve: its terminals sign ``POST /v1/resolve`` too.
    """

    name: str
    kind: str
    settled_by: str
    otp_limit_minor: int
    signed_limit_minor: int
    cash_due_seconds: int
    sign_resolve: bool
    screen_limit_minor: int = 0

    @property
    def has_limits_in_order(self) -> bool:
        """
        Tell whether a signed code needs an approval no sooner than a one-time password does.
        """
        return self.otp_limit_minor <= self.signed_limit_minor
