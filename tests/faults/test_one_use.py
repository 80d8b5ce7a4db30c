"""Sixty-four simultaneous posts of one code, from eight processes."""

from collections import Counter

import pytest
from sqlmodel import select

from codes import make_numeric
from integrations.spi import Person, PersonKey
from tests.faults.racing import Race, Racers
from tests.fixtures.region import LI, Region
from wallet.devices.models import UsedCounterRow
from wallet.devices.topping_up import ProfileName
from wallet.idempotency.models import IdempotencyRow
from wallet.presentations.models import PresentationRow

PROCESSES, EACH = 8, 8


@pytest.fixture(scope="module")
def racers():
    """
    Eight processes that have imported everything.
    """
    racers = Racers(PROCESSES)
    yield racers
    racers.stop()


@pytest.fixture
async def region(database, clock, ids, vault):
    return Region(database, clock, ids, vault)


async def counted(region, model):
    async with region.database.reading() as session:
        return len((await session.execute(select(model))).scalars().all())


async def raced(region, racers, url, posts):
    """
    Let each process post its attempts, all at once, and count what comes back.
    """
    races = [
        Race(url=url, keys=region.vault._keys, now=region.clock.now(), attempts=tuple(attempts))
        for attempts in posts
    ]
    return Counter(racers.run(races))


class TestOneUse:
    @pytest.mark.parametrize("kind", ["otp", "signed", "barcode"])
    async def test_exactly_one(self, region, racers, url, kind):
        """
        Whatever kind of code it is, and wherever it is posted, exactly one post is accepted.
        """
        first = await region.hospital()
        desks = [first, *[await first.neighbour() for _ in range(PROCESSES - 1)]]
        code = await code_of(region, kind)
        outcomes = await raced(
            region,
            racers,
            url,
            [[region.attempt(desk, code) for _ in range(EACH)] for desk in desks],
        )

        assert {"accepted": 1, "CODE_USED": 63} == outcomes
        assert 1 == await counted(region, PresentationRow)
        assert 1 == await counted(region, IdempotencyRow)
        assert (kind != "barcode") == await counted(region, UsedCounterRow)

    async def test_one_key(self, region, racers, url):
        """
        Sent by one terminal under one key every post gets the one answer.
        """
        desk, code = await region.hospital(), await code_of(region, "otp")
        attempt = region.attempt(desk, code, key="k")
        outcomes = await raced(region, racers, url, [[attempt] * EACH] * PROCESSES)

        assert {"accepted"} == set(outcomes)
        assert 1 == await counted(region, PresentationRow)

    async def test_eight_codes(self, region, racers, url):
        """
        Eight codes of eight residents, each posted everywhere, are accepted once each.
        """
        desk, codes = await region.hospital(), []
        for number in range(EACH):
            resident_id = await region.resident(person(number))
            codes.append((await region.phone(resident_id)).show())
        outcomes = await raced(
            region,
            racers,
            url,
            [[region.attempt(desk, code) for code in codes] for _ in range(PROCESSES)],
        )

        assert {"accepted": 8, "CODE_USED": 56} == outcomes


class TestLimits:
    async def test_wrong_passwords(self, region, racers, url):
        """
        However many processes a terminal tries at once, its limit lets exactly ten through.
        """
        desk = await region.hospital()
        code = await code_of(region, "otp")
        wrong = code[:80] + ("0" if code[80] != "0" else "1") + code[81:]
        outcomes = await raced(
            region,
            racers,
            url,
            [[region.attempt(desk, wrong) for _ in range(EACH)] for _ in range(PROCESSES)],
        )

        assert {"CODE_NOT_ACCEPTED": 10, "RATE_LIMITED": 54} == outcomes

    async def test_guesses(self, region, racers, url):
        """
        The same goes for numeric codes that are guessed, of which there may be five.
        """
        desk = await region.hospital()
        guesses = iter(range(PROCESSES * EACH))
        outcomes = await raced(
            region,
            racers,
            url,
            [
                [region.attempt(desk, guess(next(guesses))) for _ in range(EACH)]
                for _ in range(PROCESSES)
            ],
        )

        assert {"CODE_NOT_ACCEPTED": 5, "RATE_LIMITED": 59} == outcomes


def guess(number):
    """
    Return a well-formed numeric code that nobody issued.
    """
    return make_numeric(number.to_bytes(16)).digits


async def code_of(region, kind):
    """
    Return a fresh code of Li Ming's.
    """
    resident_id = await region.resident(LI)
    if kind == "barcode":
        return await region.barcode(resident_id)
    return (await region.phone(resident_id, profile=ProfileName(kind))).show()


def person(number):
    """
    Return somebody with a passport.
    """
    return Person(
        name="某人", document_type=PersonKey.PASSPORT, document_number=f"E1234567{number}"
    )
