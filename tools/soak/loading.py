"""
The load: people who are scanned again and again, and people who pay a bill again and again.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import click

from codes import Drawn
from tests.faults.crash.people import insured
from tests.fixtures.living import _billed, _confirmed
from tests.fixtures.regions import Region, Window
from wallet.cli.demo import bills
from wallet.cli.demo.desk import Desk, until
from wallet.cli.demo.phone import Holder, Phone
from wallet.clock import seconds

_SUBS = 8
_STEP_SECONDS = 30
_ATTEMPTS = 8
_AT_ONCE = 2
_BUSY = 503
_REFUSED = 400


class Load:
    """
    Asks until it is cancelled, and counts what it was told.

    Attributes:
        told: answers by kind; ``repeated`` are requests that were sent again, with the same key,
            because a connection ended or the answer was 503.
    """

    def __init__(self, region: Region, window: Window) -> None:
        self._region = region
        self._client = window.client
        self._desk = Desk(client=window.client)
        self._door = asyncio.Semaphore(_AT_ONCE)
        self.told: Counter[str] = Counter()

    async def scanned(self, number: int, every: float) -> None:
        """
        Enrol somebody and have them scanned every so many seconds, at least four.
        """
        person = insured(number, 0)
        holder = Holder(name=person.psn_name, number=person.certno, phone="13800138000", key="")
        region = self._region
        phone = Phone(http=region.http, origin=region.origin, clock=region.clock, holder=holder)
        await self._entered(lambda: _enrolled(phone))
        step, sub = 0, 0
        while True:
            await asyncio.sleep(every)
            now = seconds(region.clock.now())
            step, sub = (
                (step, sub + 1) if now // _STEP_SECONDS == step else (now // _STEP_SECONDS, 0)
            )
            drawn = phone.offline.draw(now, sub) if phone.offline and sub < _SUBS else None
            if isinstance(drawn, Drawn):
                await self._resolve(drawn.text)

    async def paying(self, number: int, every: float) -> None:
        """
        Have somebody pay a bill every so many seconds.
        """
        phone = await self._entered(lambda: self._region.phone(insured(number, 50_000)))
        while True:
            try:
                settlement = await _billed(self._desk, phone, bills.two_lines())
                await _confirmed(self._desk, settlement)
                target = f"/v1/settlements/{settlement['id']}"
                await until(self._desk, target, ("completed",))
            except (click.ClickException, aiohttp.ClientError) as fault:
                self.told[_kind(fault)] += 1
            else:
                self.told["checkout"] += 1
            await asyncio.sleep(every)

    async def _entered(self, enter: Callable[[], Awaitable[Phone]]) -> Phone:
        """
        Let a few people enter at a time; one who is put off comes again.
        """
        async with self._door:
            for left in reversed(range(_ATTEMPTS)):
                try:
                    return await enter()
                except click.ClickException as refusal:
                    if not left or "OVERLOADED" not in str(refusal):
                        raise
                    self.told["repeated entering"] += 1
                    await asyncio.sleep(1)
        raise AssertionError

    async def _resolve(self, code: str) -> None:
        body = {"code": code, "purpose": "identification", "scene": "consultation"}
        key = secrets.token_urlsafe(18)
        for _ in range(_ATTEMPTS):
            status, problem = await self._posted(body, key)
            if status and status != _BUSY:
                self.told[f"resolve {status} {problem}" if status >= _REFUSED else "resolve"] += 1
                return
            self.told[f"repeated {problem}"] += 1
            await asyncio.sleep(0.3)
        self.told["resolve given up"] += 1

    async def _posted(self, body: dict[str, Any], key: str) -> tuple[int, str]:
        try:
            answered = await self._client.call("POST", "/v1/resolve", body, idempotency_key=key)
        except aiohttp.ClientError as fault:
            return 0, type(fault).__name__
        problem = answered.json()["code"] if answered.status >= _REFUSED else ""
        return answered.status, problem

    def failures(self) -> dict[str, int]:
        """
        Return what was neither done nor repeated with success.
        """
        fine = ("resolve", "checkout")
        return {
            what: count
            for what, count in self.told.items()
            if what not in fine and not what.startswith("repeated")
        }


async def _enrolled(phone: Phone) -> Phone:
    await phone.sign_in()
    await phone.enrol()
    await phone.top_up()
    return phone


def _kind(fault: Exception) -> str:
    """
    Return a word for why a bill was not paid; what was put off is begun anew with the next one.
    """
    text = str(fault)
    if f": {_BUSY} " in text or isinstance(fault, aiohttp.ClientError):
        return f"repeated checkout {type(fault).__name__}"
    return f"checkout {text.rsplit('/', 1)[-1][-80:]}"
