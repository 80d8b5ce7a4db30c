"""Codes that the server makes."""

import asyncio
from datetime import timedelta

import pytest

from tests.fixtures.devices import RESIDENT
from wallet.devices.errors import DeviceFrozenError
from wallet.devices.service import Consumed
from wallet.errors import RateLimitedError


class TestShow:
    async def test_is_consumed(self, world):
        """
        A server-made code is consumed under device number 0.
        """
        shown = await world.services.showing.show(RESIDENT)

        assert Consumed(resident_id=RESIDENT, device_no=0) == await world.scan(shown.text)

    async def test_eight_in_a_step(self, world):
        """
        A step has eight codes, all different and all usable in turn; the ninth call waits.
        """
        world.move_to_step(second=12)
        shown = [await world.services.showing.show(RESIDENT) for _ in range(8)]
        with pytest.raises(RateLimitedError) as caught:
            await world.services.showing.show(RESIDENT)
        outcomes = [type(await world.scan(code.text)) for code in shown]

        assert 18 == caught.value.retry_after_seconds
        assert [Consumed] * 8 == outcomes

    async def test_at_once(self, world):
        """
        Of ten calls at one moment eight get a code, no two of them the same.
        """
        world.move_to_step()

        async def one():
            try:
                return (await world.services.showing.show(RESIDENT)).text
            except RateLimitedError:
                return None

        texts = [text for text in await asyncio.gather(*(one() for _ in range(10))) if text]

        assert (8, 8) == (len(texts), len(set(texts)))

    async def test_next_step(self, world):
        """
        The next step has eight codes again.
        """
        world.move_to_step()
        for _ in range(8):
            await world.services.showing.show(RESIDENT)
        world.move_to_step()
        shown = await world.services.showing.show(RESIDENT)

        assert 0 == (await world.verified(shown.text)).counter % 8

    async def test_a_clock_set_back_repeats_none(self, world):
        """
        After the clock was set back no counter is drawn a second time.
        """
        world.move_to_step(second=10)
        await world.services.showing.show(RESIDENT)
        world.clock.advance(-60)

        with pytest.raises(RateLimitedError) as caught:
            await world.services.showing.show(RESIDENT)

        assert 80 == caught.value.retry_after_seconds

    async def test_when_to_ask_again(self, world):
        """
        The answer tells when the code is stale and in how many seconds that is.
        """
        world.move_to_step(second=12)
        shown = await world.services.showing.show(RESIDENT)

        assert (18, world.clock.now() + timedelta(seconds=18)) == (
            shown.poll_after_seconds,
            shown.fresh_until,
        )

    async def test_frozen(self, world):
        """
        Nothing is shown while the devices are frozen, and again afterwards.
        """
        await world.services.keeping.freeze(RESIDENT)
        with pytest.raises(DeviceFrozenError):
            await world.services.showing.show(RESIDENT)
        await world.services.keeping.unfreeze(RESIDENT)

        assert (await world.services.showing.show(RESIDENT)).text.startswith("FW")

    async def test_repr_is_redacted(self, world):
        """
        The repr shows nothing of the code.
        """
        assert "Shown(…)" == repr(await world.services.showing.show(RESIDENT))
