"""A hundred thousand codes that went wrong, half on each database: none is accepted."""

import secrets
from collections import Counter
from itertools import islice

import pytest

import codes
from tests.fixtures.region import LI, ZHANG, Region, health_card, payment
from tests.fixtures.traffic import Traffic
from tests.properties.resolving.mutating import mutated
from wallet.clock import seconds
from wallet.devices.topping_up import ProfileName
from wallet.errors import WalletError
from wallet.resolving import reading

SERVICE, HTTP = 49_000, 1_000
COUNTED = 500  # wrong proofs under a right pass: each is counted in a transaction of its own
SERVER_ERRORS = 500
BODY = {"purpose": "settlement", "scene": "outpatient_settlement"}


@pytest.fixture
def seed():
    """
    Another one each run; a failure names it.
    """
    return secrets.randbits(32)


@pytest.fixture
async def region(database, clock, ids, vault):
    return Region(database, clock, ids, vault, health_card(), payment())


@pytest.fixture
async def shown(region):
    """
    Codes of two residents, of every profile, fresh and of other steps; none was ever posted.
    """
    texts = []
    for person in (LI, ZHANG):
        resident_id = await region.resident(person, "payment")
        texts.append((await region.people.devices.showing.show(resident_id)).text)
        for profile in ProfileName:
            phone = await region.phone(resident_id, profile=profile)
            texts += [phone.show(sub) for sub in range(4)]
            phone.ahead_seconds = 90
            texts.append(phone.show())
    return texts


def opens(region, text):
    """
    Tell whether a text's pass opens, so that a wrong proof has to be counted.
    """
    parsed = codes.parse(text.strip(" \t\r\n"))
    if not isinstance(parsed, codes.ParsedCode):
        return False
    now = seconds(region.clock.now())
    return isinstance(codes.open_code(parsed, region.vault.code_ring, now), codes.Opened)


def asks_the_database(region, text):
    """
    Tell whether a text may cost a statement: its pass opens, or it may be a numeric code.
    """
    try:
        scanned = reading.parse(text)
    except WalletError:
        return False
    return isinstance(scanned, reading.Barcode) or opens(region, text)


class TestMutatedCodes:
    @pytest.mark.timeout(180)
    async def test_service(self, region, shown, seed):
        """
        None is accepted, each is refused below 500, and a pass that does not open costs nothing.
        """
        desk = await region.hospital()
        traffic, told, counted = Traffic(region.database.engine), Counter(), 0
        for text in mutated(seed, shown):
            may_cost = asks_the_database(region, text)
            counted += may_cost
            if may_cost and counted > COUNTED:
                continue
            traffic.forget()
            outcome = await refused(region, desk, text)
            told[outcome] += 1
            costs = bool(traffic.transactions or traffic.statements)

            assert outcome not in ("accepted", "server"), f"seed {seed}: {text!r}"
            assert may_cost or not costs, f"seed {seed}: {text!r}"
            if told.total() == SERVICE:
                break

        expected = {"CODE_MALFORMED", "CODE_NOT_ACCEPTED", "CODE_UNSUPPORTED"}
        assert expected <= set(told), f"seed {seed}: {told}"

    @pytest.mark.timeout(180)
    async def test_http(self, region, shown, seed):
        """
        Over HTTP each is a problem with a status of the caller's fault, and echoes nothing.
        """
        desk = await region.hospital()
        headers, told = await desk.bearer(), Counter()
        async with region.client() as client:
            for number, text in enumerate(islice(mutated(seed, shown), HTTP)):
                answer = await client.post(
                    "/v1/resolve",
                    json={"code": text, **BODY},
                    headers=headers | {"idempotency-key": f"k{number}"},
                )
                told[answer.status_code] += 1

                assert 400 <= answer.status_code < SERVER_ERRORS, f"seed {seed}: {text!r}"
                assert answer.json()["code"] in ALLOWED, f"seed {seed}: {text!r}"
                assert len(text) < 12 or text not in answer.text, f"seed {seed}: {text!r}"

        assert {400, 404} <= set(told), f"seed {seed}: {told}"

    async def test_what_they_were_made_of_is_accepted(self, region, shown):
        """
        The fresh codes that were not mutated are good.
        """
        desk = await region.hospital()

        assert await region.resolve(desk, shown[0])
        assert await region.resolve(desk, shown[1])


ALLOWED = {
    "CODE_AMBIGUOUS",
    "CODE_EXPIRED",
    "CODE_MALFORMED",
    "CODE_NOT_ACCEPTED",
    "CODE_NOT_YET_VALID",
    "CODE_UNSUPPORTED",
    "RATE_LIMITED",
    "VALIDATION_FAILED",
}


async def refused(region, desk, text):
    """
    Return the code of the refusal, or what else came of it.
    """
    try:
        await region.resolving.resolve(region.attempt(desk, text))
    except WalletError as error:
        return error.code if error.status < SERVER_ERRORS else "server"
    return "accepted"
