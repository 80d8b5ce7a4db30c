"""The page of readability has the table that `make readability` writes."""

import re

from tools.javascript.places import ROOT
from tools.readability.decoding import DECODERS
from tools.readability.distorting import DISTORTIONS

_ROW = re.compile(r"^\| ([^|]+) \| (?:\d+ of \d+ \| ?){3}$", re.MULTILINE)


class TestPage:
    def test_rows(self):
        """
        Each distortion has its row, each decoder its column.
        """
        page = (ROOT / "docs" / "readability.md").read_text()

        assert f"| what happens to the screen | {' | '.join(DECODERS)} |" in page
        assert list(DISTORTIONS) == _ROW.findall(page)
