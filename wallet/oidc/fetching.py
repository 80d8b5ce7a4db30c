"""
Requests to a provider: a few seconds, a bounded answer, no redirect, one error for any trouble.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import msgspec
import structlog
from msgspec import Struct

from wallet.errors import ValidationFailedError
from wallet.http import json_text
from wallet.oidc.errors import SignInUnavailableError

BODY_BYTES: Final = 256 * 1024
SECONDS: Final = 5.0
_AT_ONCE: Final = 16
_CHUNK_BYTES: Final = 16 * 1024
_OK: Final = 200
_log = structlog.get_logger("wallet.oidc")


class Answer(Struct, frozen=True, kw_only=True):
    """
    A status and a JSON object.
    """

    status: int
    body: dict[str, Any]

    def __repr__(self) -> str:
        """
        Show the status only.
        """
        return f"Answer(status={self.status}, …)"


class Fetcher:
    """
    Talks to providers.

    Args:
        seconds: for each request, connecting included.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def get(self, address: str, *, bearer: str = "") -> dict[str, Any]:
        """
        Get a JSON object.

        Raises:
            SignInUnavailableError: anything else came, or nothing.
        """
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        answer = await self._request("GET", address, headers=headers)
        if answer.status != _OK:
            _log.warning("sign-in provider refused", status=answer.status)
            raise SignInUnavailableError
        return answer.body

    async def post(
        self, address: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """
        Send a form, and return the JSON object that came, whatever its status.

        Raises:
            SignInUnavailableError: something else came, or nothing.
        """
        return await self._request("POST", address, data=dict(form), headers=dict(headers))

    async def close(self) -> None:
        """
        Let go of the connections.
        """
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _request(self, method: str, address: str, **given: Any) -> Answer:  # noqa: ANN401
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._opened().request(
                    method, address, allow_redirects=False, **given
                ) as response,
            ):
                body = await _bounded(response)
                status = response.status
            json_text.check(body)
            return Answer(status=status, body=msgspec.json.decode(body, type=dict[str, Any]))
        except (aiohttp.ClientError, OSError, ValueError, ValidationFailedError) as fault:
            _log.warning("sign-in provider failed", kind=type(fault).__name__)
            raise SignInUnavailableError from None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # what is compressed could grow without end, so we ask for nothing of the kind
                headers={"accept": "application/json", "accept-encoding": "identity"},
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=_AT_ONCE),
                timeout=aiohttp.ClientTimeout(total=self._seconds),
            )
        return self._session


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > BODY_BYTES:
            raise ValueError
    return bytes(body)
