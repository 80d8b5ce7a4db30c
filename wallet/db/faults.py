"""
What a fault of a database or of the way to it means to whoever asked.

A commit that was cut off may have happened. That is answered like any other absence: the caller
sends the same request again under the same key, and the key tells.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from wallet.errors import OverloadedError, StorageFullError

FAULTS: Final = (
    DBAPIError,
    PoolTimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,  # of a connection that ends while it is set up
    ConnectionError,
)
_ATTEMPTS: Final = 3
_AFTER_SECONDS: Final = 1
_ROLLED_BACK: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_FULL: Final = frozenset({"53100"})
# broken connections, too many of them, a server that stops or starts or ended an idle session, one
# that only reads because another one has become the primary
_GONE: Final = ("08", "53300", "57P01", "57P02", "57P03", "57P05", "25006")
# insufficient resources, operator intervention (also a statement's time), system errors, locks not
# had in time, a transaction that stood idle for too long
_ABSENT: Final = (*_GONE, "53", "57", "58", "55P03", "25P03", "XX001")
_SQLITE_ABSENT: Final = ("locked", "disk i/o error", "unable to open database file")
_UNKNOWN: Final = frozenset({"42P01", "42703"})
_SQLITE_UNKNOWN: Final = ("no such table", "no such column", "has no column named")
_SQLITE_FULL: Final = ("database or disk is full", "no space left")

P = ParamSpec("P")
R = TypeVar("R")


class RolledBackError(OverloadedError):
    """
    The database gave the whole transaction up in favour of another one; it may be done again.
    """


def is_outage(fault: BaseException) -> bool:
    """
    Tell whether trying again in a moment, with another connection, is what helps (PostgreSQL).
    """
    return str(getattr(fault, "sqlstate", None) or "").startswith(_GONE)


def is_unknown_to_schema(fault: Exception) -> bool:
    """
    Tell whether a statement spoke of a table or column that the database does not have.
    """
    if not isinstance(fault, DBAPIError):
        return False
    state = str(getattr(fault.orig, "sqlstate", None) or "")
    return state in _UNKNOWN or any(words in str(fault.orig) for words in _SQLITE_UNKNOWN)


def translated(fault: Exception) -> Exception:
    """
    Return what a client may be told of a driver's fault, or the fault itself.
    """
    state = str(getattr(getattr(fault, "orig", fault), "sqlstate", None) or "")
    text = str(fault).lower()
    if state in _FULL or any(words in text for words in _SQLITE_FULL):
        return StorageFullError(retry_after_seconds=_AFTER_SECONDS)
    if state in _ROLLED_BACK:
        return RolledBackError(retry_after_seconds=_AFTER_SECONDS)
    if _absent(fault, state, text):
        return OverloadedError(retry_after_seconds=_AFTER_SECONDS)
    return fault


def _absent(fault: Exception, state: str, text: str) -> bool:
    if not isinstance(fault, DBAPIError):
        return not isinstance(fault, asyncpg.PostgresError) or state.startswith(_ABSENT)
    if fault.connection_invalidated or state.startswith(_ABSENT):
        return True
    return not state and any(words in text for words in _SQLITE_ABSENT)


def repeated(do: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """
    Do a thing anew, all of it, when the database gave its transaction up; three times at most.

    For what begins with one transaction and has no effect but through it.
    """

    @wraps(do)
    async def doing(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(_ATTEMPTS - 1):
            try:
                return await do(*args, **kwargs)
            except RolledBackError:
                pass
        return await do(*args, **kwargs)

    return doing
