"""
A process that is about to end: it says so to balancers and lets kept-alive connections go.
"""

from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from wallet.http.health import Check

_CONNECTION: Final = b"connection"
_CLOSE: Final = (_CONNECTION, b"close")


class Draining:
    """
    Whether this process is about to end; it never comes back from that.
    """

    def __init__(self) -> None:
        self.begun = False

    def begin(self) -> None:
        """
        Begin; what is under way ends, and no client is to come again on its connection.
        """
        self.begun = True


def not_draining(draining: Draining) -> Check:
    """
    Return the check that this process is not about to end.
    """

    async def holds() -> bool:
        return not draining.begun

    return Check("draining", holds)


def closing(app: ASGIApp, draining: Draining) -> ASGIApp:
    """
    Return an application that ends each connection with its next answer, once draining has begun.

    A client that keeps its connection would send its next request into the end of it, and could
    not tell whether that was carried out.
    """

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and draining.begun:
                given = message["headers"]
                kept = [pair for pair in given if pair[0].lower() != _CONNECTION]
                message["headers"] = [*kept, _CLOSE]
            await send(message)

        await app(scope, receive, answer)

    return served
