"""
One signed request to the platform and its verified answer. Never repeats anything.
"""

import math
import re
from collections.abc import Mapping
from datetime import timedelta

import aiohttp
from msgspec import Struct

from integrations.health_card import mapping
from integrations.health_card.context import Application, HealthCardSettings
from integrations.health_card.scrubbing import scrub
from integrations.spi import Environment, Exchange, UnavailableError

MAX_ANSWER_BYTES = 1 << 20
_NONCE_BYTES = 16
_CODE = re.compile(r"[A-Za-z]{0,3}[0-9]{1,5}")


class Told(Struct, frozen=True):
    """
    A verified answer.

    Attributes:
        code: the platform's return code; empty for success.
        datas: what it tells; personal fields still encrypted.
    """

    code: str
    datas: dict[str, mapping.Value]

    @property
    def shown(self) -> str:
        """
        The code for logs and texts; what does not look like a code is not repeated.
        """
        return self.code if _CODE.fullmatch(self.code) else "?"


class Client:
    """
    Talks to one platform. The session is made with the first call.
    """

    def __init__(self, environment: Environment, settings: HealthCardSettings) -> None:
        self._environment = environment
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self,
        application: Application,
        method: str,
        fields: Mapping[str, str],
        deadline_ms: int,
    ) -> Told:
        """
        Send one request.

        Raises:
            UnavailableError: there is no answer that can be trusted.
        """
        began = self._environment.now()
        nonce = self._environment.token(_NONCE_BYTES).hex()
        request = mapping.request(
            application, method, fields, nonce=nonce, seconds=int(began.timestamp())
        )
        answer = b""
        result = "no answer"
        try:
            answer = await self._post(request, deadline_ms)
            told = self._told(answer, application)
            result = told.shown if told.code else "success"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            result = type(error).__name__
            raise UnavailableError(f"{method}: {result}") from None
        except UnavailableError as error:
            result = str(error)
            raise UnavailableError(f"{method}: {result}") from None
        finally:
            elapsed = self._environment.now() - began
            self._observe(method, nonce, request, answer, result, elapsed)
        return told

    async def close(self) -> None:
        """
        Close the connections; a later call would open new ones.
        """
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _post(self, request: bytes, deadline_ms: int) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"content-type": "application/json; charset=utf-8"},
            )
        async with self._session.post(
            self._settings.url,
            data=request,
            timeout=aiohttp.ClientTimeout(total=deadline_ms / 1000, ceil_threshold=math.inf),
            allow_redirects=False,
        ) as response:
            if response.status != 200:  # noqa: PLR2004
                raise UnavailableError(f"HTTP {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise UnavailableError("the answer is too long")
            return bytes(body)

    def _told(self, answer: bytes, application: Application) -> Told:
        reply = mapping.reply(answer)
        if reply is None:
            raise UnavailableError("the answer is malformed")
        seconds = int(self._environment.now().timestamp())
        skew = self._settings.timestamp_skew_seconds
        if not mapping.is_genuine(reply, application.key, seconds=seconds, skew_seconds=skew):
            raise UnavailableError("the answer's signature or time does not verify")
        code = str(reply.return_code)
        return Told("" if code in self._settings.success_codes else code[:20], reply.datas or {})

    def _observe(
        self,
        method: str,
        nonce: str,
        request: bytes,
        answer: bytes,
        result: str,
        elapsed: timedelta,
    ) -> None:
        self._environment.observe(
            Exchange(
                integration="health_card",
                operation=method,
                reference=nonce,
                request=scrub(request.decode()),
                response=scrub(answer.decode("utf-8", "replace")),
                result=result[:80],
                milliseconds=elapsed // timedelta(milliseconds=1),
            )
        )
