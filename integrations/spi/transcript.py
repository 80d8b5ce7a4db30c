"""
What is said of an exchange with a partner: enough to follow it, nothing personal or secret.
"""

from collections.abc import Callable

from msgspec import Struct


class Exchange(Struct, frozen=True, kw_only=True):
    """
    One request to a partner and what came back.

    Attributes:
        integration: its id.
        operation: the partner's operation, such as ``2207``.
        reference: the partner-visible id of the message.
        request: text of the request; scrubbed before it reaches an `Observer`.
        response: text of the answer; scrubbed likewise; empty when there was none.
        result: the partner's own result code, or the kind of transport failure.
        milliseconds: how long it took.
    """

    integration: str
    operation: str
    reference: str
    request: str
    response: str
    result: str
    milliseconds: int


Observer = Callable[[Exchange], None]
