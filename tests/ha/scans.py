"""Many people whose codes are scanned, one after the other, and what was answered about each."""

import asyncio
import secrets
import time
from collections import Counter
from typing import Any

import aiohttp
from msgspec import Struct

from codes import FUSION_1, Issue, counter_at, draw_online
from codes.keys import Holder
from codes.passes import SALT_LENGTH
from integrations.spi import Person, PersonKey
from tests.ha.answers import BUSY, Noted
from wallet.app import Services
from wallet.clock import seconds
from wallet.devices import repository as devices
from wallet.devices.words import SERVER
from wallet.parties.client import CallRefusedError

_OK = 200
_PAUSE_SECONDS = 0.3
_AGAIN = frozenset({"IDEMPOTENCY_IN_PROGRESS", "TOKEN_INVALID", "SIGNATURE_INVALID"})
_TOO_LATE = frozenset({"CODE_EXPIRED", "HANDLE_EXPIRED"})
BODY = {"purpose": "registration", "scene": "outpatient_registration"}


class Scan(Struct, frozen=True, kw_only=True):
    """
    A scan that was answered with a yes.

    Attributes:
        at: when, by a clock that only moves forward.
        took: seconds from the first attempt.
        tries: how often it was sent.
    """

    resident_id: int
    counter: int
    text: str
    presentation: str
    at: float
    took: float
    tries: int


class Shower(Struct, kw_only=True):
    """
    Somebody who shows codes that the server draws.
    """

    resident_id: int
    nonce: bytes
    used: int = -1


class Scans:
    """
    Keeps people coming to a terminal, each with one code after the other.

    Args:
        services: to draw codes with; the wallet under test is another process.
        client: the terminal.
    """

    def __init__(self, services: Services, client: Noted) -> None:
        self._services = services
        self._client = client
        self._tasks: set[asyncio.Task[None]] = set()
        self.accepted: list[Scan] = []
        self.refused: list[str] = []
        self.late = 0

    async def people(self, count: int) -> list[Shower]:
        """
        Make new people with a device of the server's.
        """
        basis, people = self._services.basis, self._services.people
        made = []
        async with basis.database.transaction() as session:
            for _ in range(count):
                number = f"E{secrets.randbelow(10**8):08d}"
                person = Person(
                    name="某人", document_type=PersonKey.PASSPORT, document_number=number
                )
                resident_id = await people.residents.match_or_create(session, person, 1)
                await people.devices.showing._servers.made(session, resident_id)
                device = await devices.locked(session, (resident_id, SERVER))
                made.append(Shower(resident_id=resident_id, nonce=device.enrolment_nonce))
        return made

    def begin(self, people: list[Shower], pause_seconds: float) -> None:
        """
        Let people come, again and again, each with a pause in between.
        """
        for number, shower in enumerate(people):
            first = pause_seconds * number / len(people)
            task = asyncio.create_task(self._comes(shower, first, pause_seconds))
            self._tasks.add(task)

    async def end(self) -> None:
        """
        Let nobody come any more.
        """
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        for each in results:
            if isinstance(each, Exception):
                raise each

    async def again(self, scans: list[Scan]) -> dict[str, int]:
        """
        Show codes that were accepted once more, as a thief would; return what was answered.
        """
        outcomes = await asyncio.gather(
            *(self._posted(scan.text, secrets.token_hex(12)) for scan in scans)
        )
        return dict(Counter("accepted" if answer else code for code, answer, _ in outcomes))

    async def _comes(self, shower: Shower, first: float, pause: float) -> None:
        await asyncio.sleep(first)
        while True:
            counter, text = self._drawn(shower)
            if text:
                await self._scanned(shower, counter, text)
            await asyncio.sleep(pause)

    async def _scanned(self, shower: Shower, counter: int, text: str) -> None:
        began = time.monotonic()
        code, answer, tries = await self._posted(text, secrets.token_hex(12))
        now = time.monotonic()
        if answer:
            self.accepted.append(
                Scan(
                    resident_id=shower.resident_id,
                    counter=counter,
                    text=text,
                    presentation=answer["presentation"],
                    at=now,
                    took=now - began,
                    tries=tries,
                )
            )
        elif code in _TOO_LATE:
            self.late += 1
        else:
            self.refused.append(code)

    async def _posted(self, text: str, key: str) -> tuple[str, dict[str, Any], int]:
        """
        Post a code under one key until there is a word about it; say how often that took.
        """
        body, tries = {"code": text, **BODY}, 0
        while True:
            tries += 1
            try:
                answered = await self._client.call(
                    "POST", "/v1/resolve", body, idempotency_key=key
                )
            except (aiohttp.ClientError, CallRefusedError, TimeoutError):
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            if answered.status == _OK:
                return "", answered.json(), tries
            code = str(answered.json()["code"])
            if answered.status != BUSY and code not in _AGAIN:
                return code, {}, tries
            await asyncio.sleep(_PAUSE_SECONDS)

    def _drawn(self, shower: Shower) -> tuple[int, str]:
        """
        Draw the next code; none when those of this half minute are used up.
        """
        now = seconds(self._services.basis.clock.now())
        counter = max(counter_at(now, 0), shower.used + 1)
        if counter > counter_at(now, FUSION_1.subs - 1):
            return counter, ""
        shower.used = counter
        drawn = draw_online(
            self._services.basis.vault.code_ring,
            Issue(Holder(shower.resident_id, SERVER, shower.nonce)),
            randomness=self._services.basis.ids.secret(SALT_LENGTH),
            at_seconds=now,
            sub=counter % FUSION_1.subs,
        )
        return counter, drawn.text
