"""What holds for every page; the table of pages is `tests/fixtures/every_page.py`."""

import pytest

from tests.fixtures.checkups import findings
from tests.fixtures.every_page import EVERY


class TestPage:
    @pytest.mark.parametrize("shown", EVERY, ids=lambda shown: shown.name)
    async def test_findings(self, stage, shown):
        """
        A page is accessible in both themes, light, still, usable by keyboard and at 200 %.
        """
        page = await stage.show(shown)
        found = await findings(page, in_place=shown.in_place)
        said = [
            each for each in stage.watch.taken() if not (shown.refused and "status of 4" in each)
        ]

        assert ({}, []) == (found, said)
