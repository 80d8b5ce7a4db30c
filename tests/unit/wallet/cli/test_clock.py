"""What the time is, for an operator, and setting a mark back that a wrong clock left."""

from datetime import timedelta

from wallet.clock import SystemClock
from wallet.instances import clocks


class TestClock:
    def test_accepts(self, deployment):
        """
        A mark in the future is shown, and set back to the present when the operator says so.
        """
        ahead = SystemClock().now() + timedelta(days=1)
        deployment.use(lambda services: clocks.accept(services.basis.database, ahead))
        before = deployment.told("clock").splitlines()[2]
        after = deployment.told("clock", "--accept").splitlines()

        assert before.endswith(ahead.isoformat(timespec="seconds"))
        assert after[0].split()[1][:13] == after[2].split()[1][:13]

    def test_before_anybody_told(self, deployment):
        """
        A deployment in which nothing ran yet has no mark.
        """
        assert deployment.told("clock").splitlines()[2].endswith("never told")
