"""A server that is killed with a lot of scans half-way into the database."""

import asyncio
import signal

import aiohttp
import pytest
from sqlmodel import select

from tests.faults.standing_still import until
from wallet.devices.models import UsedCounterRow
from wallet.presentations.models import PresentationRow
from wallet.resolving.failpoints import AFTER_COMMIT, BEFORE_COMMIT

ACCEPTED, TOO_OLD = 200, 410
PATIENTS = 6
ENDING_SECONDS = 30
PAUSE_SECONDS = 0.2


class Scans:
    """
    A code of each of some patients at one window, posted at once and, as they may be, unsigned.
    """

    def __init__(self, region, window, phones):
        self._region, self._window, self._phones = region, window, phones
        self._codes, self._round = [], 0

    async def drawn(self):
        """
        Draw codes that were not posted before.
        """
        before = set(self._codes)
        codes = [phone.draw() for phone in self._phones]
        while before & set(codes):
            await asyncio.sleep(PAUSE_SECONDS)
            codes = [phone.draw() for phone in self._phones]
        self._codes, self._round = codes, self._round + 1

    async def posted(self):
        """
        Post all with the keys of the time before; return what each was answered, or None.
        """
        return await asyncio.gather(*map(self._post, range(PATIENTS)))

    async def answered(self):
        """
        Post all with those keys until each is decided; return what each was answered.
        """
        answers = await self.posted()
        while not {ACCEPTED, TOO_OLD} >= {answer and answer[0] for answer in answers}:
            await asyncio.sleep(PAUSE_SECONDS)
            answers = await self.posted()
        return answers

    async def known(self):
        """
        Draw codes and post them until all are accepted, which machines at work may take.
        """
        answers = []
        while {ACCEPTED} != {status for status, _ in answers}:
            await self.drawn()
            answers = await self.answered()

    async def _post(self, number):
        region, token = self._region, await self._window.client.access_token()
        headers = {"authorization": f"Bearer {token}", "idempotency-key": self._key(number)}
        target = f"{region.origin}/v1/resolve"
        body = {
            "code": self._codes[number],
            "purpose": "identification",
            "scene": "consultation",
        }
        try:
            async with region.http.post(target, json=body, headers=headers) as answered:
                return answered.status, (await answered.json()).get("presentation")
        except aiohttp.ClientError:
            return None

    def _key(self, number):
        return f"round-{self._round}-{number}"

    async def kept(self):
        """
        Return how many codes were used up, and how many scans were opened.
        """
        async with self._region.services.basis.database.reading() as session:
            return [
                len((await session.execute(select(model))).scalars().all())
                for model in (UsedCounterRow, PresentationRow)
            ]


@pytest.fixture
async def scans(region_of, kind):
    """
    Codes that nobody has shown, of patients whom their partners know, and the server.
    """
    region = await region_of(kind, PATIENTS)
    server = region.serve()
    await region.answering()
    window = await region.window()
    phones = [await region.phone(person) for person in region.people]
    scans = Scans(region, window, phones)
    for _ in range(2):  # what partners answer the first time is at hand the second
        await scans.known()
    await scans.drawn()
    return region, server, scans


class TestLots:
    @pytest.mark.timeout(300)
    @pytest.mark.parametrize("kind", ["sqlite", "postgres"])
    @pytest.mark.parametrize("failpoint", [BEFORE_COMMIT, AFTER_COMMIT])
    async def test_killed(self, scans, failpoint):
        """
        Whoever was not answered asks again and is, once; whoever was is answered the same.

        A code that nobody used up may be too old by then, and nothing is kept of it.
        """
        region, server, codes = scans
        before = await codes.kept()
        region.arming("server").write_text(failpoint)
        await until(lambda: not region.arming("server").exists())
        first = await codes.posted()
        ended = await asyncio.wait_for(server.gone(), ENDING_SECONDS)
        region.serve()
        await region.answering()
        second, third = await codes.answered(), await codes.answered()

        assert signal.SIGKILL == ended.signal
        assert None in first
        assert second == third
        assert {each for each in first if each and each[0] == ACCEPTED} <= set(second)
        accepted = len([status for status, _ in second if status == ACCEPTED])
        assert [number + accepted for number in before] == await codes.kept()
