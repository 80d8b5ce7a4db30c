"""
The outermost layer: asks the policy about every request, before anything costly is done with it.

It stands outside everything else, so that a refusal costs next to nothing: it is the answer that
is given most often when there is too much to do.
"""

import asyncio
import re
import time
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from wallet import deadlines
from wallet.deadlines import Deadline
from wallet.errors import OverloadedError, WalletError
from wallet.http.admission.limit import LOOP
from wallet.http.admission.lines import Ticket
from wallet.http.admission.policy import Policy
from wallet.http.admission.routes import NOWHERE, STREAMS, is_plain, priority_of
from wallet.http.admission.words import REFUSALS, Priority
from wallet.http.edge import completed, safe_headers, well_formed
from wallet.http.errors import RequestTimeoutError
from wallet.http.limits import BODY_BYTES
from wallet.http.metrics import Metrics
from wallet.http.problems import raw_answer

_LOG = structlog.get_logger("wallet.http")
_SWEEP_SECONDS: Final = 0.01
_TELL_SECONDS: Final = 1.0
_KNOWN_MOST: Final = 4096
# who is no party's terminal shares so many groups
_OTHERS: Final = 4
_NOBODY: Final = b""
# RFC 7240 §4.3: how many seconds the caller waits for an answer
_WAIT: Final = re.compile(rb"(?:^|[,;\s])wait=([1-9][0-9]{0,2})(?:$|[,;\s])")
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREVER: Final = float("inf")
_PAGE: Final = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>…</title>'
    "<p>现在访问的人太多，请稍后再试。</p>"
    '<p lang="en">Too busy just now; please try again in a moment.</p></html>'
).encode()


class Admission:
    """
    The ASGI application around all others.

    Args:
        app: what it guards.
        policy: decides.
        elapsed: the policy's clock, in seconds.
        party_of: tells the party of a bearer token's text, None for none.
        metrics: counts.
        make_request_id: for refusals of requests without one.
        strict_transport: send HSTS with refusals.
        busy: the processor time that the event loop's thread has taken, in seconds.
        read_seconds: a body that has not begun to arrive by then is given up.
    """

    def __init__(  # noqa: PLR0913 - collaborators, by keyword
        self,
        app: ASGIApp,
        *,
        policy: Policy,
        elapsed: Callable[[], float],
        party_of: Callable[[str], int | None],
        metrics: Metrics,
        make_request_id: Callable[[], str],
        strict_transport: bool,
        busy: Callable[[], float] = time.thread_time,
        read_seconds: float = 10.0,
    ) -> None:
        self._read_seconds = read_seconds
        self._app = app
        self._busy = busy
        self._policy = policy
        self._elapsed = elapsed
        self._party_of = party_of
        self._metrics = metrics
        self._make_request_id = make_request_id
        self._groups: dict[int, int] = {}
        self._sweeping = self._telling = False
        self._headers = safe_headers(strict_transport=strict_transport)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """
        Let a request in, now or after a while, or refuse it.
        """
        method = str(scope.get("method", ""))
        is_http = scope["type"] == ScopeType.HTTP
        if is_http and not is_plain(scope["path"]):
            scope["path"] = NOWHERE
        priority = priority_of(method, scope["path"]) if is_http else None
        if priority is None:
            await self._app(scope, receive, send)
            return
        party, wait = self._asked(scope)
        if not self._policy.hopeless(priority, party) and method not in _WITHOUT_BODY:
            early = await self._arrived(receive)
            if early is None:
                await self._answer(RequestTimeoutError(), scope, send)
                return
            receive = _replaying(early, receive)
        now = self._elapsed()
        until = now + min(wait, self._policy.rules[priority].deadline_seconds)
        ticket = self._policy.ask(priority, party, now, until)
        if not ticket.going and ticket.refused is None:
            await self._turn(ticket)
        self._tell_later()
        if ticket.refused is not None:
            again = self._policy.again(priority)
            await self._answer(OverloadedError(retry_after_seconds=again), scope, send)
            return
        asyncio.get_running_loop().call_soon(self._seen, self._busy())
        try:
            await self._let_in(ticket, scope, receive, send)
        finally:
            self._give_back(ticket)

    async def _arrived(self, receive: Receive) -> list[HTTPReceiveMessage] | None:
        """
        Wait for the body, or its beginning where it is long; None when it does not come.

        Nobody stands in line, and nobody holds a place, with a body that is still to come.
        """
        messages: list[HTTPReceiveMessage] = []
        size, more = 0, True
        try:
            async with asyncio.timeout(self._read_seconds):
                while more and size <= BODY_BYTES:
                    message: Any = await receive()
                    messages.append(message)
                    size += len(message.get("body", b""))
                    more = message.get("more_body", False)
        except TimeoutError:
            return None
        return messages

    async def _let_in(self, ticket: Ticket, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in STREAMS:
            await self._app(scope, receive, self._beginning(ticket, send))
            return
        yields = ticket.priority is not Priority.FINISHING
        with deadlines.within(Deadline(ticket.until, self._elapsed, yields=yields)):
            await self._app(scope, receive, send)

    def _beginning(self, ticket: Ticket, send: Send) -> Send:
        async def begin(message: Message) -> None:
            self._give_back(ticket)
            await send(message)

        return begin

    async def _turn(self, ticket: Ticket) -> None:
        """
        Wait until the ticket goes or is refused.
        """
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not turn.done():
                turn.set_result(None)

        ticket.wake = wake
        self._sweep_later()
        try:
            await turn
        except asyncio.CancelledError:
            self._policy.leave(ticket, self._elapsed())
            self._give_back(ticket)
            raise

    def _give_back(self, ticket: Ticket) -> None:
        self._wake(self._policy.done(ticket, self._elapsed()))

    @staticmethod
    def _wake(tickets: list[Ticket]) -> None:
        for ticket in tickets:
            if ticket.wake is not None:
                ticket.wake()

    def _seen(self, before: float) -> None:
        self._policy.note(LOOP, self._busy() - before)

    def _sweep_later(self) -> None:
        if not self._sweeping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self._sweeping = False
        self._wake(self._policy.sweep(self._elapsed()))
        if self._policy.waiting:
            self._sweep_later()

    def _tell_later(self) -> None:
        if not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_later(_TELL_SECONDS, self._tell)

    def _tell(self) -> None:
        """
        Count for operators what the policy counted; one line of the log for many.
        """
        self._telling = False
        counts, waits = self._policy.counts.copy(), self._policy.waits[:]
        self._policy.counts.clear()
        self._policy.waits.clear()
        for (priority, outcome), count in counts.items():
            self._metrics.admission(priority.word, outcome.value, count)
        for priority, seconds in waits:
            self._metrics.admission_wait(priority.word, seconds)
        refused: Counter[str] = Counter()
        for (priority, outcome), count in counts.items():
            if outcome in REFUSALS:
                refused[priority.word] += count
        for word, count in refused.items():
            _LOG.warning("requests refused", kind=word, count=count)

    def _asked(self, scope: Scope) -> tuple[int, float]:
        """
        Return whose request it is, and how long its caller waits.
        """
        credential, wait = _NOBODY, _FOREVER
        for name, value in scope["headers"]:
            if name == b"authorization" or (name == b"cookie" and not credential):
                credential = value
            elif name == b"prefer" and (found := _WAIT.search(value)):
                wait = float(found[1])
        return self._group(credential), wait

    def _group(self, credential: bytes) -> int:
        # known by a keyed hash: what somebody sends stays nowhere, however long it is
        key = hash(credential)
        known = self._groups.get(key)
        if known is None:
            if len(self._groups) >= _KNOWN_MOST:
                self._groups.clear()
            known = self._groups[key] = self._told(credential)
        return known

    def _told(self, credential: bytes) -> int:
        scheme, _, token = credential.partition(b" ")
        if scheme.lower() == b"bearer":
            party = self._party_of(token.decode("latin-1"))
            if party is not None:
                return party
        return -1 - zlib.crc32(credential) % _OTHERS

    async def _answer(self, error: WalletError, scope: Scope, send: Send) -> None:
        request_id = well_formed(scope) or self._make_request_id()
        page = _PAGE if _wants_page(scope) else b""
        status, given, body = raw_answer(error, request_id, page)
        headers = completed(given, self._headers, request_id)
        start: Any = {"type": "http.response.start", "status": status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _replaying(messages: list[HTTPReceiveMessage], receive: Receive) -> Receive:
    given = iter(messages)

    async def replay() -> Any:  # noqa: ANN401 - what the server gave
        for message in given:
            return message
        return await receive()

    return replay


def _wants_page(scope: Scope) -> bool:
    return not scope["path"].startswith(("/v1/", "/oauth/")) and any(
        name == b"accept" and b"text/html" in value for name, value in scope["headers"]
    )
