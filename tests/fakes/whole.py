"""An insurer and a payer that do everything: link, answer scans, settle, charge."""

from integrations.spi import Deadlines, PollPolicy, Purpose
from tests.fakes.integrations import FakeInsurer, FakeIntegration, manifest
from tests.fakes.outside import Insurer, Payer

_UNHURRIED = Deadlines(validate_ms=5_000, perform_ms=5_000)
_POLL = PollPolicy(interval_seconds=3, budget_seconds=60)


class WholeInsurer(FakeInsurer, Insurer):
    """
    Links, obtains credentials, decodes, answers and settles.
    """

    def __init__(self) -> None:
        given = manifest(
            "insurance",
            deadlines=_UNHURRIED,
            poll=_POLL,
            local=False,
            needs_person=True,
            credential_purposes=(Purpose.SETTLEMENT, Purpose.REGISTRATION),
            foreign_families=("nhsa_ec",),
        )
        Insurer.__init__(self, given.id)
        FakeInsurer.__init__(self, given)


class WholePayer(FakeIntegration, Payer):
    """
    Links, answers and charges.
    """

    def __init__(self) -> None:
        given = manifest(
            "payment",
            deadlines=_UNHURRIED,
            poll=_POLL,
        )
        Payer.__init__(self, given.id)
        FakeIntegration.__init__(self, given)


def whole() -> tuple[FakeIntegration, ...]:
    """
    Return one integration for each context.
    """
    return (
        FakeIntegration(manifest("health_card", deadlines=_UNHURRIED)),
        WholeInsurer(),
        WholePayer(),
    )
