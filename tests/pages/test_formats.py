"""How amounts and instants are written."""

from datetime import UTC, datetime, timedelta

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


class TestAge:
    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            (-1, ("minutes", 0)),
            (59 * 60, ("minutes", 59)),
            (3_600, ("hours", 1)),
            (2 * 86_400 - 1, ("hours", 47)),
            (2 * 86_400, ("days", 2)),
        ],
    )
    def test_of(self, seconds, expected):
        """
        How long something lasts is told in one unit.
        """
        since = datetime(2026, 3, 2, tzinfo=UTC)

        assert expected == formats.age(since, since + timedelta(seconds=seconds))
