"""The demonstration tells the whole story, over real HTTP between real processes."""

import pytest
from click.testing import CliRunner

from wallet.cli.demo.command import command

_TOLD = (
    "P-256 key proved by a signature",
    "zxing-cpp read",
    "409 CODE_USED",
    "approved on the phone",
    "signed by the device's key",
    "cash_due BALANCE_INSUFFICIENT",
    "paid by cash",
    "refund by agreement",
    "trial balance                     ¥0.00",
    "person.masked_name",
)


class TestDemo:
    @pytest.mark.timeout(300)
    def test_once(self):
        """
        Told once, it ends with everything done and exits 0.
        """
        told = CliRunner().invoke(command, ["--once"])

        assert [] == [line for line in _TOLD if line not in told.output], told.output[-2000:]
        assert 0 == told.exit_code
