"""Every kind of code of ours, right and wrong."""

import pytest

from codes import make_numeric
from tests.fakes.national_phone import NationalPhone
from tests.fixtures.region import LI, Region, payment
from tests.fixtures.traffic import Traffic
from tests.fixtures.vaults import make_vault
from wallet.devices import repository
from wallet.devices.errors import DeviceFrozenError
from wallet.devices.topping_up import ProfileName
from wallet.errors import RateLimitedError
from wallet.resolving.errors import (
    CodeExpiredError,
    CodeMalformedError,
    CodeNotAcceptedError,
    CodeNotYetValidError,
    CodeRevokedError,
    CodeUsedError,
)
from wallet.vault.keyfile import SuiteName

_OTHER = {"0": "1"}


def changed(text, place):
    """
    Return a code with another character at a place.
    """
    other = _OTHER.get(text[place], "0")
    return text[:place] + other + text[place + 1 :]


@pytest.fixture
async def national(database, clock, ids):
    """
    A region of the national suite.
    """
    vault = make_vault(clock, ids, SuiteName.NATIONAL)
    return Region(database, clock, ids, vault, payment())


class TestOneTimePassword:
    async def test_of_the_server(self, region, desk, resident_id):
        """
        A code that the server showed is accepted under its own device.
        """
        shown = await region.people.devices.showing.show(resident_id)

        assert await region.resolve(desk, shown.text)

    async def test_expired(self, region, desk, phone):
        """
        A right code of a past step says so, and costs one transaction to look for its answer.
        """
        code = phone.show()
        region.next_step(3)
        traffic = Traffic(region.database.engine)
        with pytest.raises(CodeExpiredError):
            await region.resolve(desk, code)

        assert 1 == traffic.transactions.count("BEGIN")

    async def test_not_yet_valid(self, region, desk, phone):
        """
        A code of a clock that is far ahead says so.
        """
        phone.ahead_seconds = 90
        with pytest.raises(CodeNotYetValidError):
            await region.resolve(desk, phone.show())

    async def test_a_step_ahead_without_known_drift(self, region, desk, phone):
        """
        A code one step ahead is not valid yet for a device whose clock is not known to be.
        """
        phone.ahead_seconds = 30
        with pytest.raises(CodeNotYetValidError):
            await region.resolve(desk, phone.show())

    async def test_a_step_ahead_with_known_drift(self, region, desk, resident_id):
        """
        It is accepted from a device that topped up with a clock ahead.
        """
        phone = await region.phone(resident_id, ahead_seconds=30)

        assert await region.resolve(desk, phone.show())

    async def test_wrong(self, region, desk, phone):
        """
        A wrong one-time password is not accepted, and counted in one transaction.
        """
        traffic = Traffic(region.database.engine)
        with pytest.raises(CodeNotAcceptedError):
            await region.resolve(desk, changed(phone.show(), 80))

        assert ["BEGIN", "COMMIT"] == traffic.transactions

    async def test_wrong_too_often(self, region, desk, phone):
        """
        Over the terminal's budget wrong ones are RATE_LIMITED, and right ones still accepted.
        """
        code = phone.show()
        for _ in range(10):
            with pytest.raises(CodeNotAcceptedError):
                await region.resolve(desk, changed(code, 80))
        with pytest.raises(RateLimitedError) as caught:
            await region.resolve(desk, changed(code, 80))

        assert 60 == caught.value.retry_after_seconds
        assert await region.resolve(desk, code)

    async def test_a_pass_that_does_not_open(self, region, desk, phone):
        """
        A tampered pass costs no statement.
        """
        traffic = Traffic(region.database.engine)
        with pytest.raises(CodeNotAcceptedError):
            await region.resolve(desk, changed(phone.show(), 40))

        assert ([], []) == (traffic.transactions, traffic.statements)

    async def test_of_another_region(self, region, desk, clock, ids, phone):
        """
        A code under another region's keys is not accepted.
        """
        region.vault.code_ring = make_vault(clock, ids).code_ring
        with pytest.raises(CodeNotAcceptedError):
            await region.resolve(desk, phone.show())


class TestSigned:
    async def test_p256(self, region, desk, resident_id):
        """
        A code signed on P-256 is accepted, once.
        """
        phone = await region.phone(resident_id, profile=ProfileName.SIGNED)
        code = phone.show()
        await region.resolve(desk, code)
        with pytest.raises(CodeUsedError):
            await region.resolve(desk, code)

    async def test_sm2(self, national):
        """
        A code signed with SM2 is accepted, once.
        """
        desk = await national.hospital()
        resident_id = await national.resident(LI, "payment")
        phone = await national.phone(resident_id, NationalPhone, ProfileName.SIGNED)
        code = phone.show()
        resolved = await national.resolve(desk, code)

        assert ["valid"] == [each.status for each in resolved.verdicts]
        with pytest.raises(CodeUsedError):
            await national.resolve(desk, code)

    async def test_wrong_p256(self, region, desk, resident_id):
        """
        A wrong signature is not accepted, and counted.
        """
        phone = await region.phone(resident_id, profile=ProfileName.SIGNED)
        traffic = Traffic(region.database.engine)
        with pytest.raises(CodeNotAcceptedError):
            await region.resolve(desk, changed(phone.show(), 150))

        assert 1 == traffic.transactions.count("COMMIT")

    async def test_wrong_sm2(self, national):
        """
        So is a wrong SM2 signature.
        """
        desk, resident_id = await national.hospital(), await national.resident()
        phone = await national.phone(resident_id, NationalPhone, ProfileName.SIGNED)
        with pytest.raises(CodeNotAcceptedError):
            await national.resolve(desk, changed(phone.show(), 150))

    async def test_wrong_too_often(self, region, desk, resident_id):
        """
        Over budget wrong signatures are RATE_LIMITED.
        """
        phone = await region.phone(resident_id, profile=ProfileName.SIGNED)
        wrong = changed(phone.show(), 150)
        for _ in range(10):
            with pytest.raises(CodeNotAcceptedError):
                await region.resolve(desk, wrong)
        with pytest.raises(RateLimitedError):
            await region.resolve(desk, wrong)

    async def test_expired(self, region, desk, resident_id):
        """
        A right signature of a past step is CODE_EXPIRED, and counted against nobody.
        """
        phone = await region.phone(resident_id, profile=ProfileName.SIGNED)
        code = phone.show()
        region.next_step(3)
        with pytest.raises(CodeExpiredError):
            await region.resolve(desk, code)

    async def test_of_a_revoked_device(self, region, desk, resident_id):
        """
        A right signature of a revoked device is CODE_REVOKED.
        """
        phone = await region.phone(resident_id, profile=ProfileName.SIGNED)
        await region.people.devices.keeping.revoke(resident_id, phone.device_no)
        with pytest.raises(CodeRevokedError):
            await region.resolve(desk, phone.show())

    async def test_of_an_earlier_enrolment(self, region, desk, resident_id):
        """
        A code from before its device was enrolled anew is CODE_REVOKED and counted as no guess.
        """
        phone = await region.phone(resident_id, profile=ProfileName.SIGNED)
        async with region.database.transaction() as session:
            place = resident_id, phone.device_no
            await repository.change(session, place, {"enrolment_nonce": b"anew"})
        traffic = Traffic(region.database.engine)
        with pytest.raises(CodeRevokedError):
            await region.resolve(desk, phone.show())

        assert "COMMIT" not in traffic.transactions

    async def test_of_a_device_without_a_key(self, region, desk, resident_id):
        """
        A signed code under the number of a device that has no key is not accepted.
        """
        phone = await region.phone(resident_id, profile=ProfileName.SIGNED)
        async with region.database.transaction() as session:
            place = resident_id, phone.device_no
            await repository.change(session, place, {"public_key": None, "suite": None})
        with pytest.raises(CodeNotAcceptedError):
            await region.resolve(desk, phone.show())


class TestBarcode:
    async def test_is_accepted_once(self, region, desk, resident_id):
        """
        A numeric code is accepted once.
        """
        digits = await region.barcode(resident_id)
        await region.resolve(desk, digits)
        with pytest.raises(CodeUsedError):
            await region.resolve(desk, digits)

    async def test_expires(self, region, desk, resident_id):
        """
        It is too old after sixty seconds.
        """
        digits = await region.barcode(resident_id)
        region.clock.advance(60)
        with pytest.raises(CodeExpiredError):
            await region.resolve(desk, digits)

    async def test_mistyped(self, region, desk, resident_id):
        """
        A wrong check digit is CODE_MALFORMED and costs no statement.
        """
        digits = await region.barcode(resident_id)
        traffic = Traffic(region.database.engine)
        with pytest.raises(CodeMalformedError):
            await region.resolve(desk, changed(digits, 10))

        assert [] == traffic.statements

    async def test_guessed(self, region, desk):
        """
        Unknown ones are not accepted, and RATE_LIMITED after five in a minute.
        """
        for number in range(5):
            with pytest.raises(CodeNotAcceptedError):
                await region.resolve(desk, guess(number))
        with pytest.raises(RateLimitedError):
            await region.resolve(desk, guess(5))

    async def test_frozen(self, region, desk, resident_id):
        """
        A frozen resident's numeric code is refused.
        """
        digits = await region.barcode(resident_id)
        await region.people.devices.keeping.freeze(resident_id)
        with pytest.raises(DeviceFrozenError):
            await region.resolve(desk, digits)

    async def test_elsewhere(self, region, desk, resident_id):
        """
        Repeated elsewhere it raises the alarm of the server's device.
        """
        digits, elsewhere = await region.barcode(resident_id), await region.hospital()
        await region.resolve(desk, digits)
        with pytest.raises(CodeUsedError) as caught:
            await region.resolve(elsewhere, digits)
        again = await region.resolve(desk, await region.barcode(resident_id))

        assert ({"check_holder": True}, True) == (caught.value.members, again.check_holder)


def guess(number):
    """
    Return a well-formed numeric code that nobody issued.
    """
    return make_numeric(number.to_bytes(16)).digits
