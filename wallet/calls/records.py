"""
Committed calls as values, and as their rows.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from integrations.spi import Prepared
from wallet.calls.models import CallRow


class Subject(Struct, frozen=True):
    """
    What a call is about: ``visit``, ``settlement``, ``tender`` or ``refund``, and its id.
    """

    kind: str
    subject_id: int


class Call(Struct, frozen=True, kw_only=True):
    """
    A committed call.
    """

    resident_id: int
    call_id: int
    subject: Subject
    party_id: int
    integration_id: str
    prepared: Prepared
    state: str = "prepared"
    attempts: int = 0
    queries: int = 0
    doubtful_at: datetime | None = None
    exhausted_at: datetime | None = None
    turn_at: datetime | None = None


def row_of(call: Call, payload: bytes, now: datetime) -> dict[str, Any]:
    """
    Return a new call's row.
    """
    return {
        "resident_id": call.resident_id,
        "call_id": call.call_id,
        "subject_kind": call.subject.kind,
        "subject_id": call.subject.subject_id,
        "party_id": call.party_id,
        "integration_id": call.integration_id,
        "operation": call.prepared.operation,
        "reference": call.prepared.reference,
        "payload": payload,
        "state": call.state,
        "outcome": "",
        "code": "",
        "partner_code": "",
        "attempts": call.attempts,
        "queries": call.queries,
        "prepared_at": now,
    }


def call_of(row: CallRow, payload: bytes) -> Call:
    """
    Return a call as its row has it.
    """
    return Call(
        resident_id=row.resident_id,
        call_id=row.call_id,
        subject=Subject(row.subject_kind, row.subject_id),
        party_id=row.party_id,
        integration_id=row.integration_id,
        prepared=Prepared(operation=row.operation, reference=row.reference, payload=payload),
        state=row.state,
        attempts=row.attempts,
        queries=row.queries,
        doubtful_at=row.doubtful_at,
        exhausted_at=row.exhausted_at,
        turn_at=row.turn_at,
    )
