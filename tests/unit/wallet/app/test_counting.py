"""What the composed wallet counts, each thing at one place."""

import pytest

from integrations.spi import Refused, UnavailableError
from tests.fixtures.desks import desk as cashier
from tests.fixtures.region import LI, Region, health_card, insurance, payment
from wallet.http.metrics import Metrics
from wallet.resolving.errors import CodeMalformedError, CodeUsedError

__all__ = ("cashier",)


@pytest.fixture
def region(database, clock, ids, vault):
    """
    A wallet with three contexts.
    """
    return Region(database, clock, ids, vault, health_card(), insurance(), payment())


@pytest.fixture
async def desk(region):
    """
    A hospital's terminal.
    """
    return await region.hospital()


@pytest.fixture
async def phone(region):
    """
    The phone of a resident who linked everything.
    """
    resident_id = await region.resident(LI, "health_card", "insurance", "payment")
    return await region.phone(resident_id)


def counted(metrics, name, **labels):
    return metrics.registry.get_sample_value(f"fusion_wallet_{name}_total", labels) or 0


class TestResolves:
    async def test_accepted_repeated_and_refused(self, region, desk, phone):
        """
        A code that is accepted, the same post again, a used code and no code are told apart.
        """
        code = phone.show()
        await region.resolve(desk, code, key="one")
        await region.resolve(desk, code, key="one")
        with pytest.raises(CodeUsedError):
            await region.resolve(desk, code, key="two")
        with pytest.raises(CodeMalformedError):
            await region.resolve(desk, "no code")

        outcomes = ("accepted", "repeated", "CODE_USED", "CODE_MALFORMED")
        metrics = region.basis.metrics
        assert [1, 1, 1, 1] == [counted(metrics, "resolves", outcome=each) for each in outcomes]

    async def test_a_fault_of_ours(self, region, desk, phone):
        """
        What breaks is counted as what the desk is answered.
        """

        async def breaks(_attempt):
            raise RuntimeError

        region.resolving._resolved = breaks
        with pytest.raises(RuntimeError):
            await region.resolve(desk, phone.show())

        assert 1 == counted(region.basis.metrics, "resolves", outcome="INTERNAL")


class TestVerdicts:
    async def test_by_integration(self, region, desk, phone):
        """
        Each integration that is asked is counted by what it said, with the time it took.
        """
        region.fake("insurance").verdict = UnavailableError("no answer")
        region.fake("payment").verdict = Refused("SUSPENDED")
        await region.resolve(desk, phone.show())
        metrics = region.basis.metrics
        said = {
            "fake_health_card": "valid",
            "fake_insurance": "unavailable",
            "fake_payment": "SUSPENDED",
        }

        assert [1, 1, 1] == [
            counted(metrics, "verdicts", integration=integration, outcome=outcome)
            for integration, outcome in said.items()
        ]
        assert 1 == metrics.registry.get_sample_value(
            "fusion_wallet_verdict_seconds_count", {"integration": "fake_insurance"}
        )


class TestSettlements:
    async def test_by_where_they_led(self, cashier):
        """
        Each step of a settlement is counted by the phase and status it led to.
        """
        metrics = Metrics()
        cashier.mover._tally = metrics
        await cashier.settled()

        assert [1, 1] == [
            counted(metrics, "settlement_steps", phase=phase, status=status)
            for phase, status in (("insuring", "sent"), ("completed", "due"))
        ]
