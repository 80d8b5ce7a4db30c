"""
One signed request to Alipay's gateway and its verified answer. Never repeats anything.
"""

import math
from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlencode

import aiohttp
from msgspec import Struct

from integrations.alipay import amounts, mapping, requests, scrubbing, signing
from integrations.alipay.context import Application
from integrations.spi import Environment, Exchange, UnavailableError

MAX_ANSWER_BYTES = 1 << 20
MAX_FILE_BYTES = 64 << 20


class Unsent(Struct, frozen=True):
    """
    Nothing can have reached Alipay.
    """

    reason: str


class Lost(Struct, frozen=True):
    """
    Alipay may have received it; there is no answer that can be trusted.
    """

    reason: str


class Verified(Struct, frozen=True):
    """
    An answer under Alipay's signature.
    """

    reply: mapping.Reply


class _Raw(Struct, frozen=True):
    body: bytes


class _Line:
    """
    Whether a request got as far as a connection, from where on anything may have been sent.
    """

    def __init__(self) -> None:
        self.connected = False


class Client:
    """
    Talks to one gateway. The connection pool is made with the first call.
    """

    def __init__(self, environment: Environment, gateway_url: str) -> None:
        self._environment = environment
        self._gateway_url = gateway_url
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self,
        application: Application,
        method: str,
        biz_content: str,
        *,
        reference: str,
        deadline_ms: int,
        notify_url: str = "",
    ) -> Verified | Unsent | Lost:
        """
        Send one request; `reference` names the exchange to the observer.

        The application's keys were tried before: see `AlipayPlugin.open` and `profile_of`.
        """
        began = self._environment.now()
        form = requests.parameters(
            application, method, biz_content, amounts.china_text(began), notify_url=notify_url
        )
        raw = await self._post(form, deadline_ms)
        verdict = _verified(raw, method, application) if isinstance(raw, _Raw) else raw
        exchange = Exchange(
            integration="alipay",
            operation=method,
            reference=reference,
            request=scrubbing.scrub(urlencode(form)),
            response=_shown(raw),
            result=_result(verdict),
            milliseconds=(self._environment.now() - began) // timedelta(milliseconds=1),
        )
        self._environment.observe(exchange)
        return verdict

    async def safe(
        self,
        application: Application,
        method: str,
        terms: Mapping[str, object],
        *,
        deadline_ms: int,
        reference: str = "",
    ) -> mapping.Reply:
        """
        Ask what changes nothing, or may be repeated.

        Raises:
            UnavailableError: there is no answer that can be trusted.
        """
        said = await self.ask(
            application,
            method,
            requests.encode(terms),
            reference=reference,
            deadline_ms=deadline_ms,
        )
        if isinstance(said, Verified):
            return said.reply
        raise UnavailableError(f"{method}: {said.reason}")

    async def fetch(self, url: str, deadline_ms: int) -> bytes | Lost:
        """
        Fetch a file that an answer named.
        """
        raw = await self._exchange("GET", url, None, deadline_ms, MAX_FILE_BYTES)
        return raw.body if isinstance(raw, _Raw) else Lost(raw.reason)

    def alarm(self, method: str, reference: str, result: str) -> None:
        """
        Tell the observer of something that somebody has to look at.
        """
        self._environment.observe(
            Exchange(
                integration="alipay",
                operation=method,
                reference=reference,
                request="",
                response="",
                result=result,
                milliseconds=0,
            )
        )

    async def close(self) -> None:
        """
        Close the connections; a later call would open new ones.
        """
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _post(self, form: Mapping[str, str], deadline_ms: int) -> _Raw | Unsent | Lost:
        return await self._exchange("POST", self._gateway_url, form, deadline_ms, MAX_ANSWER_BYTES)

    async def _exchange(
        self,
        verb: str,
        url: str,
        form: Mapping[str, str] | None,
        deadline_ms: int,
        max_bytes: int,
    ) -> _Raw | Unsent | Lost:
        line = _Line()
        try:
            async with self._opened().request(
                verb,
                url,
                data=form,
                timeout=aiohttp.ClientTimeout(total=deadline_ms / 1000, ceil_threshold=math.inf),
                allow_redirects=False,
                trace_request_ctx=line,
            ) as response:
                if response.status != 200:  # noqa: PLR2004
                    return Lost(f"HTTP {response.status}")
                body = bytearray()
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > max_bytes:
                        return Lost("the answer is too long")
                return _Raw(bytes(body))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            kind = type(error).__name__
            return Lost(kind) if line.connected else Unsent(kind)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A kept connection that Alipay dropped meanwhile would make a charge unknown.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_line_trace()],
            )
        return self._session


def _line_trace() -> aiohttp.TraceConfig:
    async def connected(_session: object, context: SimpleNamespace, _parameters: object) -> None:
        line: _Line = context.trace_request_ctx
        line.connected = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    return trace


def _verified(raw: _Raw, method: str, application: Application) -> Verified | Lost:
    cut = signing.signed_member(raw.body, method)
    if cut is None:
        return Lost("the answer is malformed")
    member, signature = cut
    if not signing.verifies(member, signature, application.alipay_public_key_pem):
        return Lost("the answer's signature does not verify")
    reply = mapping.read(member)
    return Lost("the answer is malformed") if reply is None else Verified(reply)


def _shown(raw: _Raw | Unsent | Lost) -> str:
    if isinstance(raw, _Raw):
        return scrubbing.scrub(raw.body.decode("utf-8", "replace"))
    return ""


def _result(verdict: Verified | Unsent | Lost) -> str:
    match verdict:
        case Verified(reply):
            return mapping.said(reply)
        case Unsent(reason) | Lost(reason):
            return reason
