"""What an operator may get wrong about a restore."""

import pytest


class TestBegin:
    @pytest.mark.parametrize("instant", ["2999-01-01T00:00:00Z", "0001-01-01T00:00:00+1400"])
    def test_an_instant_that_no_backup_has(self, deployment, instant):
        """
        No backup was made later than now, and none before there were any; nothing is begun.
        """
        told = deployment.run("restored", "begin", "--backup-at", instant)

        assert 2 == told.exit_code
        assert "no restore is open" == deployment.told("restored", "show")
