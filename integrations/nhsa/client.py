"""
The HTTP client. It never repeats a request, and it knows what can have been sent.

Each request has a connection of its own: a connection that the gateway dropped while idle would
otherwise turn an unsafe call into an unknown one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TypeVar

import aiohttp
from msgspec import Struct

from integrations.nhsa.context import INTEGRATION_ID, InstitutionProfile
from integrations.nhsa.envelope import Answered, parse_answer
from integrations.nhsa.gateways import NONCE_BYTES, address, headers
from integrations.nhsa.memory import Message
from integrations.nhsa.scrubbing import scrub
from integrations.spi import Environment, Exchange
from integrations.spi.request import Sensitive

_BODY_BYTES = 8 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_OK = 200
_Read = TypeVar("_Read")


class NotReached(Struct, frozen=True, tag=True):
    """
    Nothing of the request can have reached the partner.
    """

    reason: str


class Broken(Struct, frozen=True, tag=True):
    """
    The request may have reached the partner, and there is no answer that could be trusted.
    """

    reason: str


class Reply(Sensitive, frozen=True, kw_only=True):
    """
    The body of an HTTP 200.
    """

    body: bytes


class Post(Sensitive, frozen=True, kw_only=True):
    """
    One request to make.

    Attributes:
        operation, reference: for the observer.
        url: where to.
        headers: besides the content type.
        body: JSON.
        seconds: for everything, connecting included.
    """

    operation: str
    reference: str
    url: str
    headers: dict[str, str]
    body: bytes
    seconds: float


@dataclass
class _Progress:
    """
    Whether anything may have left for the partner.
    """

    sent: bool = False


class Client:
    """
    Sends messages to the platform and tells the observer, scrubbed.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, profile: InstitutionProfile, message: Message, seconds: float
    ) -> Answered | NotReached | Broken:
        """
        Send one message of the interface and read the answer's envelope.
        """
        post = Post(
            operation=message.infno,
            reference=message.msgid,
            url=address(profile.gateway, message.infno),
            headers=self.signed(profile),
            body=bytes(message.body),
            seconds=seconds,
        )

        def read(body: bytes) -> tuple[Answered | Broken, str]:
            answered = parse_answer(body)
            if answered is None:
                return Broken("malformed"), "malformed"
            if answered.signed and profile.answer_signature == "refused":
                return Broken("unverifiable_signature"), "unverifiable_signature"
            return answered, answered.infcode

        return await self.post(post, read)

    def signed(self, profile: InstitutionProfile) -> dict[str, str]:
        """
        Make the headers of one request.
        """
        random = self._environment.token(NONCE_BYTES)
        return headers(profile.gateway, self._environment.now(), random)

    async def post(
        self, post: Post, read: Callable[[bytes], tuple[_Read, str]]
    ) -> _Read | NotReached | Broken:
        """
        Make a request once.

        Args:
            post: what to send.
            read: turns the body of an HTTP 200 into a value and a result code.

        Returns:
            What `read` made of it, or how it failed.
        """
        begun = self._environment.now()
        reply = await self._exchange(post)
        if isinstance(reply, Reply):
            value, result = read(reply.body)
            self._observe(post, reply.body, result, begun)
            return value
        self._observe(post, b"", reply.reason, begun)
        return reply

    def note(self, operation: str, reference: str, result: str, detail: str) -> None:
        """
        Tell the observer something that is not an exchange; `detail` is a word of ours.
        """
        exchange = Exchange(
            integration=INTEGRATION_ID,
            operation=operation,
            reference=reference,
            request="",
            response=scrub(f'{{"code": "{detail}"}}'),
            result=result,
            milliseconds=0,
        )
        self._environment.observe(exchange)

    async def close(self) -> None:
        """
        Give up connections; calling it twice is harmless.
        """
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _exchange(self, post: Post) -> Reply | NotReached | Broken:
        progress = _Progress()
        try:
            async with self._opened().post(
                post.url,
                data=post.body,
                headers={"content-type": "application/json; charset=utf-8", **post.headers},
                timeout=aiohttp.ClientTimeout(total=post.seconds, ceil_threshold=math.inf),
                allow_redirects=False,
                trace_request_ctx=progress,
            ) as response:
                if response.status != _OK:
                    return Broken(f"http_{response.status}")
                return await _read_body(response)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            reason = "timeout" if isinstance(error, TimeoutError) else "connection"
            return Broken(reason) if progress.sent else NotReached(reason)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_note_sent)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"accept-encoding": "identity"},
                auto_decompress=False,
                trace_configs=[trace],
            )
        return self._session

    def _observe(self, post: Post, response: bytes, result: str, begun: datetime) -> None:
        exchange = Exchange(
            integration=INTEGRATION_ID,
            operation=post.operation,
            reference=post.reference,
            request=scrub(post.body.decode(errors="replace")),
            response=scrub(response.decode(errors="replace")),
            result=result,
            milliseconds=(self._environment.now() - begun) // timedelta(milliseconds=1),
        )
        self._environment.observe(exchange)


async def _note_sent(
    _session: aiohttp.ClientSession,
    context: SimpleNamespace,
    _params: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    """
    Note, before the first byte is written, that from here on anything may have arrived.
    """
    context.trace_request_ctx.sent = True


async def _read_body(response: aiohttp.ClientResponse) -> Reply | Broken:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(_CHUNK_BYTES):
        size += len(part)
        if size > _BODY_BYTES:
            return Broken("too_long")
        parts.append(part)
    return Reply(body=b"".join(parts))
