"""
What an integration hands back is looked at before it is believed.
"""

from typing import Any, TypeVar

import msgspec
import structlog

from integrations.spi import UnavailableError

_LOG = structlog.get_logger("wallet.resolving")

S = TypeVar("S", bound=msgspec.Struct)


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
