"""The page of errors and the errors are one."""

import re
from pathlib import Path

import wallet.app  # noqa: F401 - so that every error is known
from wallet.errors import WalletError

_PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
_ROW = re.compile(r"^\| `([A-Z_]+)` \| ([0-9]{3}) \|", re.MULTILINE)


def _known(base: type[WalletError] = WalletError) -> dict[str, int]:
    found = {}
    for error in base.__subclasses__():
        if hasattr(error, "code"):
            found[error.code] = error.status
        found |= _known(error)
    return found


class TestPage:
    def test_rows(self):
        """
        The page lists every error with its status, and nothing else.
        """
        rows = {code: int(status) for code, status in _ROW.findall(_PAGE.read_text())}

        assert _known() == rows
