"""
Visits, settlements and refunds as operators see them: where they stand, nothing of the person.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from msgspec import Struct

from wallet.calls.service import Asked
from wallet.settling.counter import KIND as SETTLEMENT_KIND
from wallet.settling.counter import REFUND_KIND
from wallet.settling.models import RefundRow, SettlementRow, TenderRow
from wallet.visiting.service import KIND as VISIT_KIND
from wallet.visiting.service import WaitingVisit

Kind = Literal["visit", "settlement", "refund"]
PartKind = Literal["tender", "refund"]
KINDS: Final[tuple[Kind, ...]] = ("visit", "settlement", "refund")
NAMES: Final[Mapping[Kind, str]] = {
    "visit": VISIT_KIND,
    "settlement": SETTLEMENT_KIND,
    "refund": REFUND_KIND,
}


class Waiting(Struct, frozen=True, kw_only=True):
    """
    A visit, settlement or refund.

    Attributes:
        kind: which of the three.
        id: sealed for operators.
        party_id: whose desk.
        phase, step, status, reason: where it stands.
        since: when it began; aware UTC instant.
        asked: the newest call about it, for whoever asks the partner.
    """

    kind: Kind
    id: str
    party_id: int
    phase: str
    step: str
    status: str
    reason: str
    since: datetime
    asked: Asked | None


class Part(Struct, frozen=True, kw_only=True):
    """
    A tender or refund of a settlement, without its amount.

    Attributes:
        kind: ``tender`` or ``refund``.
        method: how: ``agreement``, ``code``, ``card`` or ``cash``.
        phase, status, reason: where it stands.
        reference: the provider's, if it has one.
        since: when it began.
    """

    kind: PartKind
    method: str
    phase: str
    status: str
    reason: str
    reference: str
    since: datetime


class Evidence(Struct, frozen=True, kw_only=True):
    """
    What a person decides by.

    Attributes:
        waiting: what it is about.
        parts: tenders and refunds of a settlement.
        calls: what was asked outside about it and its parts, the newest first.
    """

    waiting: Waiting
    parts: tuple[Part, ...]
    calls: tuple[Asked, ...]


class WaitingPage(Struct, frozen=True, kw_only=True):
    """
    A part of a list; `next_cursor` is None at the end.
    """

    waiting: tuple[Waiting, ...]
    next_cursor: str | None


class Found(Struct, frozen=True, kw_only=True):
    """
    Where something stands, and where its row lies.
    """

    kind: Kind
    resident_id: int
    local_id: int
    party_id: int
    phase: str
    step: str
    status: str
    reason: str
    since: datetime


def visit(row: WaitingVisit) -> Found:
    """
    Return where a visit stands.
    """
    return _found("visit", row, row.visit_id, row.resume_phase, row.opened_at)


def settlement(row: SettlementRow) -> Found:
    """
    Return where a settlement stands.
    """
    return _found("settlement", row, row.settlement_id, row.step, row.created_at)


def refund(row: RefundRow) -> Found:
    """
    Return where a refund stands.
    """
    return _found("refund", row, row.refund_id, row.method, row.created_at)


def part(kind: PartKind, row: TenderRow | RefundRow) -> Part:
    """
    Return a tender or refund as a part of its settlement.
    """
    return Part(
        kind=kind,
        method=row.method,
        phase=row.phase,
        status=row.status,
        reason=row.reason,
        reference=row.reference,
        since=row.created_at,
    )


def _found(kind: Kind, row: Any, local_id: int, step: str, since: datetime) -> Found:  # noqa: ANN401
    return Found(
        kind=kind,
        resident_id=row.resident_id,
        local_id=local_id,
        party_id=row.party_id,
        phase=row.phase,
        step=step,
        status=row.status,
        reason=row.reason,
        since=since,
    )
