"""The code is read from a screen that is held badly; docs/readability.md has the whole table."""

from tests.fixtures.screens import take_screen
from tools.readability.decoding import DECODERS
from tools.readability.measuring import measure

_KINDS = ("small phone, 320 × 640", "phone in the dark theme")
_DISTORTIONS = (
    "as it is",
    "50 % of its size",
    "blurred, 2 pixels",
    "dimmed to 15 %",
    "turned by 45°",
    "held badly: 75 %, 1 pixel, 40 %, 12°",
)


class TestScreens:
    async def test_read_by_everybody(self, chromium, site, watch):
        """
        Three decoders read each screen, small, blurred, dimmed, turned, and all of it together.
        """
        screens = [await take_screen(chromium, site, watch, kind) for kind in _KINDS]
        everybody = dict.fromkeys(DECODERS, len(screens))

        assert dict.fromkeys(_DISTORTIONS, everybody) == measure(screens, _DISTORTIONS)
