"""
What an integration does and hands back is looked at before it is believed.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import structlog

from integrations.spi import UnavailableError

_LOG = structlog.get_logger("wallet.resolving")

R = TypeVar("R")
S = TypeVar("S", bound=msgspec.Struct)


async def contained(call: Callable[[], Awaitable[R]]) -> R:
    """
    Run a call of an integration that may want to end the process.

    An event loop lets `SystemExit` and `KeyboardInterrupt` of a task through to whoever runs it,
    and so would end everybody's requests.

    Raises:
        UnavailableError: it wanted to.
    """
    try:
        return await call()
    except (SystemExit, KeyboardInterrupt) as fault:
        _LOG.error("integration wanted to end the process", kind=type(fault).__name__)
        raise UnavailableError("wanted to end the process") from None


def sound(value: S, *kinds: type[msgspec.Struct]) -> S:
    """
    Return a value of one of the kinds, if every member of it is of its declared type.

    Structs check their members only when they are decoded, so it goes to MessagePack and back:
    unlike JSON that tells text from bytes and knows no integers beyond 64 bits.

    Raises:
        UnavailableError: it is of another kind, or a member of it is.
    """
    if type(value) not in kinds:
        raise UnavailableError("wrong type")
    kind: Any = type(value)
    try:
        decoded: S = msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=kind)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        _LOG.error("integration answered with malformed members", kind=kind.__name__)
        raise UnavailableError("malformed members") from None
    return decoded
