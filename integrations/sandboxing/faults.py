"""The fault menu: what a sandbox can be told to do wrong, how often, and to which operation."""

import enum
from typing import Annotated

import msgspec


class FaultKind(enum.StrEnum):
    """The ways in which a partner can misbehave."""

    SLOW = "slow"
    """Processed at once, answered after `seconds`."""
    HANG = "hang"
    """Not answered; the connection stays open until the client hangs up or `seconds` pass."""
    CUT_AFTER_REQUEST = "cut_after_request"
    """The connection is aborted before anything was processed: nothing happened."""
    CUT_BEFORE_RESPONSE = "cut_before_response"
    """Fully processed, the books have changed, then the connection is aborted."""
    WRONG_SIGNATURE = "wrong_signature"
    """Processed and answered, under a signature that does not verify."""
    DOUBLE_CALLBACK = "double_callback"
    """The callback is delivered twice."""
    OUT_OF_ORDER_CALLBACK = "out_of_order_callback"
    """The callback is held back until the next one has been delivered."""
    LIE = "lie"
    """The answer claims success although nothing was done."""
    ANSWER = "answer"
    """The partner answers with `code`, after processing the request or not (`processed`)."""


CALLBACK_KINDS = frozenset({FaultKind.DOUBLE_CALLBACK, FaultKind.OUT_OF_ORDER_CALLBACK})
ALL_KINDS = frozenset(FaultKind)
REQUEST_KINDS = ALL_KINDS - CALLBACK_KINDS


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    One entry of the menu.

    `operation` is the partner's own name of the operation, such as `2207` or `alipay.trade.pay`,
    or `*` for each one. `times` is how often it strikes, 0 meaning until the menu is cleared.
    `skip` lets that many matching calls pass first. `seconds` belongs to `slow` and `hang` (where
    0 means until the client hangs up), `code` to `answer`; `processed` belongs to `answer` and
    `hang` and says whether the partner did what it was asked.
    """

    kind: FaultKind
    operation: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] = "*"
    times: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 1
    seconds: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    code: Annotated[str, msgspec.Meta(max_length=100)] = ""
    processed: bool = True
    skip: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class FaultMenu:
    """
    The faults that are set, in the order in which they were set.

    Deterministic: the first fault that matches and has strikes left is the one taken. Each fault
    counts its `skip` over the matching calls since it was set, also those that another fault
    struck.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault at the end of the menu."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def listed(self) -> tuple[Fault, ...]:
        """The faults that can still strike, with the counts that are left."""
        return tuple(self._faults)

    def take(self, operation: str, among: frozenset[FaultKind] = ALL_KINDS) -> Fault | None:
        """
        The fault that strikes this call, or nothing; the strike is counted.

        A sandbox with callbacks takes from `REQUEST_KINDS` when a request arrives and from
        `CALLBACK_KINDS` when it delivers, so that neither uses up the other's faults.
        """
        taken: Fault | None = None
        left: list[Fault] = []
        for fault in self._faults:
            if fault.kind not in among or fault.operation not in {"*", operation}:
                left.append(fault)
            elif fault.skip:
                left.append(msgspec.structs.replace(fault, skip=fault.skip - 1))
            elif taken is not None:
                left.append(fault)
            else:
                taken = fault
                left.extend(_after_strike(fault))
        self._faults = left
        return taken


def _after_strike(fault: Fault) -> tuple[Fault, ...]:
    if fault.times == 0:
        return (fault,)
    if fault.times == 1:
        return ()
    return (msgspec.structs.replace(fault, times=fault.times - 1),)
