"""How amounts and instants are written."""

from datetime import UTC, datetime

import pytest

from wallet.pages import formats
from wallet.pages.language import Language


class TestYuan:
    @pytest.mark.parametrize(
        ("fen", "expected"),
        [(0, "¥0.00"), (5, "¥0.05"), (123_405, "¥1,234.05"), (-150, "-¥1.50")],
    )
    def test_of(self, fen, expected):
        """
        Fen are written as yuan, without going through a fraction.
        """
        assert expected == formats.yuan(fen)


class TestInstant:
    @pytest.mark.parametrize(
        ("language", "expected"),
        [(Language.ZH, "2026年3月2日 09:30"), (Language.EN, "2 Mar 2026, 09:30")],
    )
    def test_of(self, language, expected):
        """
        An instant is written in China's time.
        """
        assert expected == formats.instant(language, datetime(2026, 3, 2, 1, 30, tzinfo=UTC))

    def test_machine(self):
        """
        For machines it stays in UTC.
        """
        at = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

        assert "2026-03-02T01:30:00+00:00" == formats.machine(at)
