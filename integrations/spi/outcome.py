"""
Unsafe calls are two: a pure `prepare`, committed by the wallet, then `perform`.

Every repetition of `perform` carries identical ids, so the partner can tell it is the same call.
"""

from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from integrations.spi.insurance import InsuranceResult
from integrations.spi.payment import PaymentResult
from integrations.spi.request import Sensitive

Result = InsuranceResult | PaymentResult
R_co = TypeVar("R_co", covariant=True)


class Numbers(Struct, frozen=True, kw_only=True):
    """
    Numbers that the wallet allocates for one call, in the transaction that commits it.

    Attributes:
        serial: unique over the deployment, positive, 63 bits; order numbers are made from it.
        sequence: 1..9999, unique per party, integration and second of `instant`.
        instant: the second the sequence belongs to; aware UTC without fraction.
    """

    serial: int
    sequence: int
    instant: datetime


class Prepared(Sensitive, frozen=True, kw_only=True):
    """
    An unsafe call, ready to be committed and then performed any number of times.

    Attributes:
        operation: the request's tag, such as ``settle`` or ``charge``.
        reference: the partner-visible idempotency id (``msgid``, ``out_trade_no``, …).
        payload: the integration's own encoding; kept encrypted; holds no key of the party.
    """

    operation: str
    reference: str
    payload: bytes


class Succeeded(Sensitive, Generic[R_co], frozen=True, kw_only=True, tag="succeeded"):
    """
    Done, says the partner.

    Attributes:
        result: what came of it.
        continuation: what the integration must remember, replacing what it had.
    """

    result: R_co
    continuation: bytes


class Declined(Struct, frozen=True, kw_only=True, tag="declined"):
    """
    Definitely not done, and repeating will not help. The code is of the manifest's catalogue.
    """

    code: str
    partner_code: str = ""


class Pending(Sensitive, frozen=True, kw_only=True, tag="pending"):
    """
    Accepted but not decided, for example until the payer types a password; query it.
    """

    continuation: bytes


class NotSent(Struct, frozen=True, kw_only=True, tag="not_sent"):
    """
    Nothing reached the partner; performing it again is safe.
    """

    reason: str


class Unknown(Struct, frozen=True, kw_only=True, tag="unknown"):
    """
    It may or may not have happened; only a query (or a definitive reversal) tells.
    """

    reason: str


Outcome = Succeeded[Result] | Declined | Pending | NotSent | Unknown


class Query(Sensitive, frozen=True, kw_only=True):
    """
    Ask what became of an unsafe call.

    Attributes:
        prepared: the call as it was committed.
        continuation: what the integration remembers of the visit or payment.
        undo_acknowledged: true when the partner has confirmed an undo of it meanwhile, so that
            "unknown there" is a definite no.
        now: aware UTC instant.
    """

    prepared: Prepared
    continuation: bytes
    undo_acknowledged: bool = False
    now: datetime


class Happened(Sensitive, Generic[R_co], frozen=True, kw_only=True, tag="happened"):
    """
    It was done.
    """

    result: R_co
    continuation: bytes


class DidNotHappen(Struct, frozen=True, kw_only=True, tag="did_not_happen"):
    """
    It was not done and will not be. The code is of the manifest's catalogue.
    """

    code: str


class StillPending(Struct, frozen=True, tag="still_pending"):
    """
    The partner is still waiting for somebody.
    """


class Undecided(Struct, frozen=True, kw_only=True, tag="undecided"):
    """
    The partner's answer does not settle it, for example because the call may still be under way.
    """

    reason: str


Answer = Happened[Result] | DidNotHappen | StillPending | Undecided


class StatementRow(Struct, frozen=True, kw_only=True):
    """
    One line of a partner's daily statement.

    Attributes:
        kind: ``settlement``, ``settlement_cancel``, ``charge`` or ``refund``.
        reference: our id of the call (`Prepared.reference`), or empty where the file lacks it.
        partner_reference: the partner's own id.
        total_minor: the whole amount.
        fund_minor: the part borne by insurance funds; 0 for payments.
        account_minor: the part from the personal account; 0 for payments.
        at: aware UTC instant.
    """

    kind: str
    reference: str
    partner_reference: str
    total_minor: int
    fund_minor: int = 0
    account_minor: int = 0
    at: datetime
