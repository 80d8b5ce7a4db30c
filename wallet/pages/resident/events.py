"""
``/code/events`` and ``/code/news``: what comes of a scan, pushed or asked for.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Receive, Send
from msgspec import Struct

from wallet.devices.topping_up import ToppingUpService
from wallet.errors import WalletError
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.journal.feed import Feed
from wallet.journal.service import JournalService, Written
from wallet.pages.rendering import AnyRequest
from wallet.pages.resident.telling import milliseconds, told
from wallet.residents.sessions import SessionsService
from wallet.settling.approvals import ApprovalsService
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

RETRY_MS: Final = 3_000
BEAT_SECONDS: Final = 15.0
LIFE_SECONDS: Final = 600.0  # then the browser comes again, perhaps to another process
_OVER: Final = "event: over\ndata:\n\n"

Seen = Annotated[
    str | None, QueryParameter(pattern=rf"{TEXT_PATTERN}|\A\Z", max_length=TEXT_MAX_LENGTH)
]


class Pushed(Struct, frozen=True, kw_only=True):
    """
    One connection: whose, and what it is told from.
    """

    request: AnyRequest
    visitor: ResidentCaller
    sessions: SessionsService
    journal: JournalService
    approvals: ApprovalsService
    feed: Feed
    topping_up: ToppingUpService

    async def events(self, seen: str | None) -> AsyncGenerator[str, None]:
        """
        Tell what was missed, then what happens, until the session or the connection's life ends.

        Args:
            seen: id of the last entry the page knows; None for only what happens from now on.
        """
        running = asyncio.get_running_loop()
        end = running.time() + LIFE_SECONDS
        async with self.feed.listening(self.visitor.resident_id) as listener:
            yield f"retry: {RETRY_MS}\n{self._beat()}"
            if seen is not None:
                for written in await self.journal.after(self.visitor.resident_id, seen):
                    yield await self._news(written)
            beat = running.time() + BEAT_SECONDS
            while running.time() < end and not listener.over:
                fresh = await listener.fresh(max(0.0, beat - running.time()))
                if fresh:
                    for written in await self.journal.these(self.visitor.resident_id, fresh):
                        yield await self._news(written)
                if running.time() >= beat:
                    if not await self._signed_in():
                        yield _OVER
                        return
                    yield self._beat()
                    beat = running.time() + BEAT_SECONDS

    def _beat(self) -> str:
        time = milliseconds(self.feed.clock.now())
        keys = self.topping_up.opening()
        return f"event: time\ndata: {time}\n\nevent: keys\ndata: {keys}\n\n"

    async def _news(self, written: Written) -> str:
        lines = (await told(self.request, self.approvals, written)).splitlines()
        data = "".join(f"data: {line}\n" for line in lines)
        return f"id: {written.id}\nevent: news\n{data}\n"

    async def _signed_in(self) -> bool:
        try:
            await self.sessions.visitor(self.request)
        except TokenInvalidError:
            return False
        except WalletError:
            return True  # nobody could be asked; the next beat asks again
        return True


class Pushing(ASGIStreamingResponse):
    """
    An answer that goes on, and whose source ends with it.

    The framework leaves the source of a client that has gone to the collector: until that comes
    by, it would still listen, and take a place.
    """

    def __init__(self, source: AsyncGenerator[str, None], headers: dict[str, str]) -> None:
        super().__init__(iterator=source, media_type="text/event-stream", headers=headers)
        self._source = source

    async def send_body(self, send: Send, receive: Receive) -> None:
        """
        Send what comes, until either side ends it.
        """
        async with aclosing(self._source):
            await super().send_body(send, receive)


class EventsController(Controller):
    """
    What happens to a resident's code.
    """

    path = "/code"
    include_in_schema = False

    @get("/events")
    async def events(  # noqa: PLR0913, PLR0917 - what is told is of many parts
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        journal: NamedDependency[JournalService],
        approvals: NamedDependency[ApprovalsService],
        feed: NamedDependency[Feed],
        topping_up: NamedDependency[ToppingUpService],
        seen: Seen = None,
    ) -> Pushing:
        """
        Push what happens (Server-Sent Events); resumed after ``Last-Event-ID``, else `seen`.
        """
        feed.check_room(visitor.resident_id)
        last = request.headers.get("last-event-id", "") or seen
        if last:
            await journal.after(visitor.resident_id, last, limit=1)  # refused before it begins
        pushed = Pushed(
            request=request,
            visitor=visitor,
            sessions=sessions,
            journal=journal,
            approvals=approvals,
            feed=feed,
            topping_up=topping_up,
        )
        return Pushing(pushed.events(last), {"x-accel-buffering": "no"})

    @get("/news")
    async def news(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        journal: NamedDependency[JournalService],
        approvals: NamedDependency[ApprovalsService],
        seen: Seen = "",
    ) -> Response[Any]:
        """
        Tell what happened last, if it is not what the page has seen.
        """
        latest = (await journal.of_resident(visitor.resident_id, cursor=None, limit=1)).entries
        if not latest or latest[0].id == seen:
            return Response(None, status_code=204)
        return Response(await told(request, approvals, latest[0]), media_type="text/html")
