"""
What follows from what: which answer leads to which call (OpenAPI links).

A terminal and a resident have different ids for one thing, so no link leads from one to the other.
"""

from collections.abc import Mapping
from typing import Any, Final

_SELF: Final = "$response.body#/id"
_VISIT: Final = {"visit_id": _SELF}
_SETTLEMENT: Final = {"settlement_id": _SELF}
_DEVICE: Final = {"device_no": "$response.body#/device_no"}
_BINDING: Final = {"handle": "$response.body#/binding/id"}
_PAGE: Final = {"cursor": "$response.body#/next_cursor"}
_RETURN: Final = {"settlement_id": "$response.body#/settlement/id"}
_PAYOUT: Final = {**_RETURN, "refund_id": "$response.body#/settlement/refunds/0/id"}

_AFTER: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "openVisit": dict.fromkeys(("getVisit", "cancelVisit", "openSettlement"), _VISIT),
    "openSettlement": dict.fromkeys(
        ("getSettlement", "confirmSettlement", "approveOnScreen", "cancelSettlement"), _SETTLEMENT
    ),
    "confirmSettlement": dict.fromkeys(
        ("getSettlement", "tenderSettlement", "cancelSettlement", "returnSettlement"), _SETTLEMENT
    ),
    "tenderSettlement": dict.fromkeys(
        ("getReceipt", "reportInvoice", "returnSettlement"), _SETTLEMENT
    ),
    "returnSettlement": {"getReceipt": _RETURN, "confirmPayout": _PAYOUT},
    "enrolDevice": dict.fromkeys(("topUpDevice", "revokeDevice"), _DEVICE),
    "linkContext": dict.fromkeys(("makeBindingDefault", "unlinkContext"), _BINDING),
    "grantConsent": {"withdrawConsent": {"handle": _SELF}},
    **{name: {name: _PAGE} for name in ("listPresentations", "listSettlements", "listVisits")},
}


def links() -> dict[str, dict[str, Any]]:
    """
    Return the links of each operation that has some, by its id and by where they lead.
    """
    return {
        name: {
            target: {"operationId": target, "parameters": dict(parameters)}
            for target, parameters in targets.items()
        }
        for name, targets in _AFTER.items()
    }
