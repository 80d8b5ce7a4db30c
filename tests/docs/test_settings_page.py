"""The page of settings and the settings are one."""

import re
from pathlib import Path

from wallet.settings import PREFIX, Settings

_PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
_ROW = re.compile(r"^\| `FUSION_WALLET_([A-Z_]+)` \| (?:`([^`]*)`)? ?\|", re.MULTILINE)


class TestPage:
    def test_names(self):
        """
        The page names every setting, and no other but the failpoint.
        """
        named = {name.lower() for name, _default in _ROW.findall(_PAGE.read_text())}

        assert set(Settings.model_fields) | {"failpoint"} == named

    def test_defaults(self, monkeypatch):
        """
        The page states every default as it is.
        """
        for name in Settings.model_fields:
            monkeypatch.delenv(PREFIX + name.upper(), raising=False)
        settings = Settings()
        stated = dict(_ROW.findall(_PAGE.read_text()))
        actual = {}
        for name in Settings.model_fields:
            value = getattr(settings, name)
            shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
            actual[name.upper()] = str(shown).lower() if isinstance(shown, bool) else str(shown)

        assert actual == {name: text for name, text in stated.items() if name != "FAILPOINT"}
