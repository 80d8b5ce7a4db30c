"""
Which result belongs to which operation; anything else counts as unknown.
"""

from collections.abc import Mapping

from integrations.spi import (
    Charged,
    ChargeUndone,
    PreSettled,
    Refunded,
    Registered,
    Reversed,
    Settled,
    Undone,
    Uploaded,
)
from integrations.spi.outcome import Result

PAYMENT_OPERATIONS = ("charge", "cancel_charge", "refund")
INSURANCE_OPERATIONS = (
    "register",
    "cancel_registration",
    "upload",
    "revoke_upload",
    "pre_settle",
    "settle",
    "cancel_settlement",
    "reverse",
)
OPERATIONS = INSURANCE_OPERATIONS + PAYMENT_OPERATIONS

_RESULTS: Mapping[str, type[Result]] = {
    "register": Registered,
    "cancel_registration": Undone,
    "upload": Uploaded,
    "revoke_upload": Undone,
    "pre_settle": PreSettled,
    "settle": Settled,
    "cancel_settlement": Undone,
    "reverse": Reversed,
    "charge": Charged,
    "cancel_charge": ChargeUndone,
    "refund": Refunded,
}


def fits(operation: str, result: Result, amount_minor: int | None) -> bool:
    """
    Tell whether a result can be the result of this call.

    Args:
        operation: the call's.
        result: as the integration gave it.
        amount_minor: what was to be charged, refunded or settled in whole; None where no amount
            is involved.
    """
    if not isinstance(result, _RESULTS[operation]):
        return False
    match result:
        case PreSettled(split=split) | Settled(split=split):
            return split.balances() and amount_minor in {None, split.total_minor}
        case Charged(amount_minor=amount) | Refunded(amount_minor=amount):
            return amount_minor in {None, amount}
        case _:
            return True
