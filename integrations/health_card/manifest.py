"""
What this integration declares.
"""

from integrations.health_card.context import HealthCardPartyProfile, HealthCardSettings
from integrations.health_card.rules import FAMILY, REFUSALS
from integrations.spi import SPI_VERSION, Deadlines, Manifest, Purpose, Text

_DAY_SECONDS = 24 * 60 * 60

MANIFEST = Manifest(
    id="health_card",
    spi_version=SPI_VERSION,
    context="health_card",
    title=Text("电子健康卡", "Electronic health card"),
    releases={
        Purpose.IDENTIFICATION: ("card_no",),
        Purpose.REGISTRATION: ("card_no", "erhc_card_no", "empi"),
        Purpose.SETTLEMENT: ("card_no",),
    },
    refusals=REFUSALS,
    deadlines=Deadlines(validate_ms=2_000, perform_ms=5_000),
    snapshot_ages={
        Purpose.IDENTIFICATION: _DAY_SECONDS,
        Purpose.REGISTRATION: _DAY_SECONDS,
    },
    foreign_families=(FAMILY,),
    settings=HealthCardSettings,
    party_profile=HealthCardPartyProfile,
    needs_person=True,
)
