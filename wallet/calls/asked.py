"""
A committed call as somebody sees it who asks the partner about it.
"""

from datetime import datetime

from msgspec import Struct


class Asked(Struct, frozen=True, kw_only=True):
    """
    What somebody needs who asks the partner about a call.

    Attributes:
        integration_id, operation: what was asked of whom.
        reference: the partner-visible id of the call.
        state: ``prepared``, ``sent`` or ``closed``.
        outcome: what came of it so far, empty while nothing did.
        code: ours for what the partner said, if it said anything definite.
        partner_code: its own.
        attempts, queries: how often it was performed and asked about.
        prepared_at: when it was committed; aware UTC instants, all of them.
        sent_at: when it was performed last, or None when it never left.
        doubtful_at: since when its outcome is asked for, or None.
        closed_at: when it was decided, or None.
    """

    integration_id: str
    operation: str
    reference: str
    state: str
    outcome: str
    code: str
    partner_code: str
    attempts: int
    queries: int
    prepared_at: datetime
    sent_at: datetime | None
    doubtful_at: datetime | None
    closed_at: datetime | None
