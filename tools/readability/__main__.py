"""
``make readability``: take screens, distort them, let every decoder try; print the table, keep it.
"""

import asyncio
from typing import Final

from tests.fixtures.screens import KINDS, take_screen
from tests.fixtures.staging import staged
from tests.fixtures.watching import Watch
from tools.javascript.places import ROOT
from tools.readability.measuring import Screen, measure, written

PAGE: Final = ROOT / "docs" / "readability.md"
_OF_EACH: Final = 3
_BEGINS: Final = "<!-- table -->\n"


async def _screens() -> list[Screen]:
    async with staged() as (browser, site):
        watch = Watch(origins={site.origin})
        return [
            await take_screen(browser, site, watch, kind)
            for kind in KINDS
            for _ in range(_OF_EACH)
        ]


def main() -> None:
    """
    Measure, print and write the page's table anew.
    """
    screens = asyncio.run(_screens())
    table = written(measure(screens), len(screens))
    print(table)
    words = PAGE.read_text().split(_BEGINS)[0]
    PAGE.write_text(f"{words}{_BEGINS}{table}\n")


if __name__ == "__main__":
    main()
