"""
A terminal's side of the interface: gets tokens, signs, sends idempotency keys.

For the command line, the demo and tests; also an example for whoever writes one elsewhere.
"""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import msgspec
from msgspec import Struct
from yarl import URL

from wallet.clock import Clock, seconds
from wallet.parties.access import GRANT_TYPE, TOKEN_PATH
from wallet.parties.assertions import ASSERTION_TYPE, Claims, make
from wallet.parties.keys import (
    PrivateKey,
    enrolment_message,
    to_der,
    to_jwk,
)
from wallet.parties.keys import sign as sign_bytes
from wallet.parties.signing import SAFE_METHODS, sign

_ASSERTION_SECONDS: Final = 120
_RENEW_BEFORE: Final = timedelta(seconds=30)
_OK: Final = 200
_CREATED: Final = 201


class Answered(Struct, frozen=True, kw_only=True):
    """
    An answer.

    Attributes:
        status: HTTP status.
        headers: names in lower case.
        body: its bytes.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        """
        The status only; a body may be personal.
        """
        return f"Answered(status={self.status}, …)"

    def json(self) -> Any:  # noqa: ANN401
        """
        Return the body, decoded.
        """
        return msgspec.json.decode(self.body)


class CallRefusedError(Exception):
    """
    Enrolment or a token was refused.

    Args:
        answered: what the server said.
    """

    def __init__(self, answered: Answered) -> None:
        super().__init__(f"status {answered.status}")
        self.answered = answered


class TerminalClient:
    """
    Calls the wallet as one terminal.

    Args:
        http: the connections to use.
        origin: the wallet's public origin; what the server was told is its own.
        terminal_id: from enrolment.
        key: the terminal's own.
        clock: stamps assertions and signatures.
        token: that many random bytes.
        base_url: where to connect to when that is not the origin, such as behind a proxy.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        origin: str,
        terminal_id: str,
        key: PrivateKey,
        clock: Clock,
        token: Callable[[int], bytes],
        base_url: str = "",
    ) -> None:
        self._http = http
        self._origin = origin.rstrip("/")
        self._base = (base_url or origin).rstrip("/")
        self._terminal_id = terminal_id
        self._key = key
        self._clock = clock
        self._random = token
        self._access: tuple[str, datetime] | None = None

    async def call(
        self,
        method: str,
        target: str,
        body: object = None,
        *,
        idempotency_key: str = "",
    ) -> Answered:
        """
        Send one request; an unsafe one is signed and carries an idempotency key.

        Args:
            method: in capitals.
            target: path and query, percent-encoded.
            body: what becomes JSON; None for no body, bytes as they are.
            idempotency_key: to repeat an earlier call; a new one is made when it is empty.

        Raises:
            CallRefusedError: no token was to be had.
            aiohttp.ClientError: the connection failed; repeat with the same idempotency key.
        """
        content = _content(body)
        headers = {"Authorization": f"Bearer {await self.access_token()}"}
        if content:
            headers["Content-Type"] = "application/json"
        if method not in SAFE_METHODS:
            headers["Idempotency-Key"] = idempotency_key or _text(self._random(18))
        signed = sign(
            method,
            self._origin + target,
            headers,
            content,
            key=self._key,
            key_id=self._terminal_id,
            created_and_nonce=(self._clock.now(), _text(self._random(18))),
        )
        return await self._send(method, target, signed, content)

    async def access_token(self) -> str:
        """
        Return a token that is good for a while, a new one where need be.

        Raises:
            CallRefusedError: the server gives none.
        """
        now = self._clock.now()
        if self._access is None or self._access[1] - _RENEW_BEFORE <= now:
            self._access = await self._new_token(now)
        return self._access[0]

    async def _new_token(self, now: datetime) -> tuple[str, datetime]:
        assertion = make(
            self._key,
            Claims(
                iss=self._terminal_id,
                sub=self._terminal_id,
                aud=self._origin + TOKEN_PATH,
                iat=seconds(now),
                exp=seconds(now) + _ASSERTION_SECONDS,
                jti=_text(self._random(18)),
            ),
        )
        form = aiohttp.FormData(
            {
                "grant_type": GRANT_TYPE,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion,
            }
        )
        answered = await self._send("POST", TOKEN_PATH, {}, form)
        if answered.status != _OK:
            raise CallRefusedError(answered)
        issued = answered.json()
        return issued["access_token"], now + timedelta(seconds=issued["expires_in"])

    async def _send(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        content: Any,  # noqa: ANN401
    ) -> Answered:
        return await _sent(self._http, method, self._base + target, headers, content)


async def enrol(
    http: aiohttp.ClientSession, base_url: str, *, token: str, name: str, key: PrivateKey
) -> str:
    """
    Enrol a terminal with an operator's token; returns its id.

    Raises:
        CallRefusedError: the server refused.
    """
    public = key.public_key()
    proof = sign_bytes(key, enrolment_message(token, to_der(public)))
    body = {
        "token": token,
        "public_key": msgspec.to_builtins(to_jwk(public)),
        "name": name,
        "proof": _text(proof),
    }
    answered = await _sent(
        http,
        "POST",
        base_url.rstrip("/") + "/v1/terminals/enrol",
        {"Content-Type": "application/json"},
        msgspec.json.encode(body),
    )
    if answered.status != _CREATED:
        raise CallRefusedError(answered)
    return str(answered.json()["terminal_id"])


async def _sent(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    headers: dict[str, str],
    content: Any,  # noqa: ANN401
) -> Answered:
    # the URL goes out as it was signed, not as the library would spell it
    target = URL(url, encoded=True)
    async with http.request(
        method, target, headers=headers, data=content, allow_redirects=False
    ) as response:
        return Answered(
            status=response.status,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=await response.read(),
        )


def _content(body: object) -> bytes:
    match body:
        case None:
            return b""
        case bytes():
            return body
        case _:
            return msgspec.json.encode(body)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
