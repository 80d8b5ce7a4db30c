"""What stands for a code that cannot be used up."""

import pytest

from wallet.devices.service import Unusable
from wallet.resolving.refusals import refusal

EXPECTED = {
    Unusable.USED: ("CODE_USED", 409, {}),
    Unusable.REPEATED: ("CODE_USED", 409, {"check_holder": True}),
    Unusable.OLDER: ("CODE_USED", 409, {"check_holder": True}),
    Unusable.EXPIRED: ("CODE_EXPIRED", 410, {}),
    Unusable.FROZEN: ("DEVICE_FROZEN", 423, {}),
    Unusable.REVOKED: ("CODE_REVOKED", 410, {}),
    Unusable.DRIFT: ("CODE_NOT_YET_VALID", 400, {}),
    Unusable.UNKNOWN: ("CODE_NOT_ACCEPTED", 404, {}),
    Unusable.OVER_BUDGET: ("RATE_LIMITED", 429, {}),
}


class TestRefusal:
    @pytest.mark.parametrize("reason", list(Unusable))
    def test_every_reason(self, reason):
        """
        Every reason has its stable code.
        """
        error = refusal(reason)

        assert EXPECTED[reason] == (error.code, error.status, error.members)

    def test_over_budget_says_when_to_try_again(self):
        """
        RATE_LIMITED names the seconds to wait.
        """
        assert 60 == refusal(Unusable.OVER_BUDGET).retry_after_seconds
