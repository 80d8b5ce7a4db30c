"""What every sandbox shares: the fault menu, the control surface, callbacks."""

from integrations.sandboxing.callbacks import Callback, CallbackSender
from integrations.sandboxing.control import add_control_routes, json_answer
from integrations.sandboxing.faults import (
    ALL_KINDS,
    CALLBACK_KINDS,
    REQUEST_KINDS,
    Fault,
    FaultKind,
    FaultMenu,
)
from integrations.sandboxing.transport import answer_under_fault, cut, wait_for_hang_up

__all__ = (
    "ALL_KINDS",
    "CALLBACK_KINDS",
    "REQUEST_KINDS",
    "Callback",
    "CallbackSender",
    "Fault",
    "FaultKind",
    "FaultMenu",
    "add_control_routes",
    "answer_under_fault",
    "cut",
    "json_answer",
    "wait_for_hang_up",
)
