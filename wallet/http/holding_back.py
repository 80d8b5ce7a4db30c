"""
What is refused while a restore from a backup waits for an operator.
"""

from typing import Any, Final, Protocol

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from wallet.errors import OverloadedError
from wallet.http.timekeeping import Guard

_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_RETRY_AFTER_SECONDS: Final = 60
_WHY: Final = "Restored from a backup; nothing is changed until the books are compared."


class Restores(Protocol):
    """
    Knows of restores.
    """

    async def pending(self) -> bool:
        """
        Tell whether one waits for an operator.
        """
        ...


def restored_guard(restores: Restores, *allowed: str) -> Guard:
    """
    Return the guard that lets nothing be changed while a restore waits for an operator.

    Its refusal is `OverloadedError`, which every route may answer.

    Args:
        restores: tells whether one does.
        allowed: beginnings of paths that stay open all the same.
    """

    async def guard(
        connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
    ) -> None:
        scope = connection.scope
        if scope.get("method") in _SAFE or str(scope["path"]).startswith(allowed):
            return
        if await restores.pending():
            raise OverloadedError(_WHY, retry_after_seconds=_RETRY_AFTER_SECONDS)

    return guard
