"""
What this integration declares.
"""

from integrations.alipay.context import AlipayPartyProfile, AlipaySettings
from integrations.alipay.rules import REFUSALS
from integrations.spi import SPI_VERSION, Deadlines, Manifest, PollPolicy, Purpose, Text

_DAY_SECONDS = 24 * 60 * 60

MANIFEST = Manifest(
    id="alipay",
    spi_version=SPI_VERSION,
    context="payment",
    title=Text("支付宝", "Alipay"),
    releases={
        Purpose.IDENTIFICATION: ("provider",),
        Purpose.REGISTRATION: ("provider",),
        Purpose.SETTLEMENT: ("provider", "label", "limit_minor"),
        Purpose.PAYMENT: ("provider", "label", "limit_minor"),
    },
    refusals=REFUSALS,
    deadlines=Deadlines(validate_ms=2_000, perform_ms=10_000),
    snapshot_ages={
        Purpose.IDENTIFICATION: _DAY_SECONDS,
        Purpose.REGISTRATION: _DAY_SECONDS,
        Purpose.PAYMENT: 10 * 60,
    },
    poll=PollPolicy(interval_seconds=3, budget_seconds=60),
    settings=AlipaySettings,
    party_profile=AlipayPartyProfile,
)
