"""
Who is calling is known before what they sent is read: a stranger learns nothing about a body.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers.base import BaseRouteHandler

from wallet.http.callers import Connection
from wallet.http.timekeeping import Guard

# raises what says that somebody is not known
Authenticate = Callable[[Connection], Awaitable[object]]


def callers_guard(callers: Mapping[str, Authenticate]) -> Guard:
    """
    Return the guard that authenticates whoever a handler wants to be told of.

    The framework decodes a body before it fills a handler's other parameters.

    Args:
        callers: how a handler's parameter of that name is authenticated.
    """

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        for name, authenticate in callers.items():
            if name in handler.parsed_fn_signature.parameters:
                connection.scope["state"][name] = await authenticate(connection)

    return guard


def known(name: str) -> Provide:
    """
    Return what fills a handler's parameter with the caller whom the guard let in.
    """

    def caller(request: Request[Any, Any, State]) -> object:
        return request.scope["state"][name]

    return Provide(caller, sync_to_thread=False)
