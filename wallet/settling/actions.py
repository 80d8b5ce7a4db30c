"""
What is to be done next about a settlement, a tender or a refund.
"""

from msgspec import Struct


class Begin(Struct, frozen=True):
    """
    Commit a new call and perform it.
    """

    operation: str


class Resume(Struct, frozen=True):
    """
    Go on with the committed call.
    """

    operation: str


class Ask(Struct, frozen=True):
    """
    Ask what became of the call; `undone` when an undo of it was acknowledged.
    """

    operation: str
    undone: bool = False


class Repeat(Struct, frozen=True):
    """
    Perform the same call again.
    """

    operation: str


class SecureCash(Struct, frozen=True):
    """
    Check that the agreement covers the cash part.
    """


class StartTender(Struct, frozen=True):
    """
    Open the tender by agreement.
    """


class DriveTender(Struct, frozen=True):
    """
    Go on with the open tender.
    """


class OpenRefunds(Struct, frozen=True):
    """
    Open the refunds of everything tendered.
    """


class DriveRefunds(Struct, frozen=True):
    """
    Go on with the open refunds.
    """


class Wait(Struct, frozen=True):
    """
    Somebody has to do something, or the phase's time limit passes.
    """


class Rest(Struct, frozen=True):
    """
    Nothing is left to do.
    """


CallAction = Begin | Resume | Ask | Repeat
TaskAction = SecureCash | StartTender | DriveTender | OpenRefunds | DriveRefunds
Action = CallAction | TaskAction | Wait | Rest
