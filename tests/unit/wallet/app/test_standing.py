"""What a worker shows of the whole deployment."""

from datetime import timedelta

import pytest

from wallet.app.standing import Standing


@pytest.fixture
def standing(wallet):
    """
    What looks at the wallet.
    """
    return Standing(wallet.services)


def shown(wallet, name, **labels):
    return wallet.services.basis.metrics.registry.get_sample_value(f"fusion_wallet_{name}", labels)


class TestLook:
    async def test_nothing_waits(self, wallet, standing):
        """
        A deployment in which nothing waits shows zeros.
        """
        await standing.look()

        assert (0, 0, 0) == tuple(
            shown(wallet, name) for name in ("overdue_seconds", "review", "restored")
        )

    async def test_overdue(self, wallet, standing):
        """
        What has been due for a while and is held by nobody is shown with its age.
        """
        services = wallet.services
        async with services.basis.database.transaction() as session:
            at = services.basis.clock.now() - timedelta(seconds=90)
            await services.money.work.schedule(session, "settlement", 1, 1, at)
        await standing.look()

        assert 90 == shown(wallet, "overdue_seconds")

    async def test_restored(self, wallet, standing):
        """
        A restore that was not ended is shown.
        """
        await wallet.services.basis.restoring.begin(wallet.services.basis.clock.now())
        await standing.look()

        assert 1 == shown(wallet, "restored")
