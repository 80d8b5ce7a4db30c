"""A desk and a phone that repeat what was not answered, as real ones do."""

import asyncio
import secrets
import time
from collections import Counter
from typing import Any

import aiohttp
import click

from tests.fixtures.regions import Region, Window
from wallet.cli.demo.phone import Phone
from wallet.parties.client import CallRefusedError

LIMIT_SECONDS = 180.0
PAUSE_SECONDS = 0.1
_LONGEST_SECONDS = 0.6
_LONGER = 1.3
_REFUSED = 400
_FAILED = 500
_AGAIN = frozenset({"IDEMPOTENCY_IN_PROGRESS", "TOKEN_INVALID", "SIGNATURE_INVALID"})
_BROKEN = (aiohttp.ClientError, CallRefusedError, TimeoutError)
PLACE = {"department_code": "0301", "department_name": "呼吸内科"}
DOCTOR = {"doctor_code": "D0042", "doctor_name": "周医生", "operator": "R001"}


class RefusedError(Exception):
    """
    The wallet said no; the problem's code is in it.
    """

    def __init__(self, target: str, code: str) -> None:
        super().__init__(f"{target}: {code}")
        self.code = code


class Cashier:
    """
    One desk with one patient in front of it.

    Args:
        longest: seconds between two looks at something that does not change; whoever has to see
            what lasts but a moment looks more often.

    Attributes:
        conflicts: how often a request was refused because the state did not allow it.
        failures: how often it said that it could not, by status and code.
        seen: what the wallet said last.
    """

    def __init__(
        self,
        region: Region,
        window: Window,
        phone: Phone,
        *,
        longest: float = _LONGEST_SECONDS,
    ) -> None:
        self.region = region
        self.window = window
        self.phone = phone
        self._until = time.monotonic() + LIMIT_SECONDS
        self._longest = longest
        self._pause = PAUSE_SECONDS
        self.conflicts = 0
        self.failures: Counter[str] = Counter()
        self.seen: dict[str, Any] = {}

    async def post(self, target: str, body: object = None) -> dict[str, Any]:
        """
        Send a request until it is answered, with the same idempotency key each time.

        Raises:
            RefusedError: it was refused.
        """
        key = secrets.token_hex(12)
        return await self._answered("POST", target, body, key)

    async def get(self, target: str) -> dict[str, Any]:
        """
        Look something up until there is an answer.
        """
        return await self._answered("GET", target, None, "")

    async def post_scanned(
        self, target: str, purpose: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        """
        Scan the patient's code and send a request about it; scan again when that took too long.
        """
        while True:
            presentation = await self.scan(purpose)
            try:
                return await self.post(target, {"presentation": presentation, **body})
            except RefusedError as refused:
                if refused.code != "HANDLE_EXPIRED":
                    raise
                await self.pause()

    async def scan(self, purpose: str) -> str:
        """
        Scan the patient's code; a phone draws a new one when the old one is too old.
        """
        while True:
            body = {
                "code": self.phone.draw(),
                "purpose": purpose,
                "scene": f"outpatient_{purpose}",
            }
            try:
                resolved = await self.post("/v1/resolve", body)
            except RefusedError as refused:
                if refused.code not in {"CODE_EXPIRED", "CODE_USED"}:
                    raise
                await self.pause()
            else:
                return str(resolved["presentation"])

    async def approve(self) -> None:
        """
        Let the patient approve what the phone shows; what it shows may have changed by now.
        """
        try:
            await self.phone.approve_latest()
        except (click.ClickException, aiohttp.ClientError, TypeError):
            self.conflicts += 1
            await self.pause()

    async def pause(self) -> None:
        """
        Wait a moment, each time a longer one while nothing changes.

        Raises:
            TimeoutError: the run takes too long.
        """
        if time.monotonic() > self._until:
            raise TimeoutError(f"the run came to no end; last seen: {self.seen}")
        await asyncio.sleep(self._pause)
        self._pause = min(self._longest, self._pause * _LONGER)

    async def _answered(self, method: str, target: str, body: object, key: str) -> dict[str, Any]:
        while True:
            try:
                answered = await self.window.client.call(method, target, body, idempotency_key=key)
            except _BROKEN:
                await self.pause()
                continue
            if answered.status < _REFUSED:
                return self._saw(answered.json())
            code = str(answered.json()["code"])
            if answered.status < _FAILED and code not in _AGAIN:
                raise RefusedError(f"{method} {target}", code)
            if answered.status >= _FAILED:
                self.failures[f"{answered.status} {code}"] += 1
            await self.pause()

    def _saw(self, seen: dict[str, Any]) -> dict[str, Any]:
        if seen != self.seen:
            self._pause = PAUSE_SECONDS
        self.seen = seen
        return seen
