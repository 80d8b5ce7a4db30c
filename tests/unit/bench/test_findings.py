"""What a run found, as a page and as a picture."""

from xml.etree import ElementTree as ET

import click
import pytest

from bench.findings import (
    Findings,
    Series,
    at_least,
    at_most,
    number,
    page,
    ratio,
)
from bench.plot import WIDTH, panels, svg
from bench.telling import tell
from wallet.cli.bench import command

FAST = Series(name="fast", unit="per second", values=[100.0, 300.0, 200.0])
SLOW = Series(name="slow", unit="per second", values=[50.0, 75.0, 40.0], more={"p50 ms": "3"})
SIZE = Series(name="size", unit="MB", values=[12.0])


def found(**changes):
    given = {
        "bench": "example",
        "title": "An <example>",
        "about": "Nothing was run.",
        "machine": {"processor": "one"},
        "settings": {"rounds": "3"},
        "series": [FAST, SLOW, SIZE],
        "ratios": [ratio(SLOW, FAST)],
        "targets": [at_most("size", 12.0, 10, "MB"), at_least("fast", 200.0, 100)],
    }
    return Findings(**(given | changes))


class TestSeries:
    def test_tells_the_value_in_the_middle_and_the_spread(self):
        """
        One odd round moves the spread and not the median.
        """
        assert (200.0, 3.0) == (FAST.median, FAST.spread)


class TestRatio:
    def test_divides_round_by_round(self):
        """
        Values of one round are divided, not medians of different ones.
        """
        made = ratio(SLOW, FAST)

        assert [0.5, 0.25, 0.2] == made.values
        assert (0.25, 2.5) == (made.median, made.spread)

    def test_refuses_rounds_that_do_not_belong_together(self):
        """
        Two things that were not measured in the same rounds have no ratio.
        """
        with pytest.raises(ValueError, match="longer"):
            ratio(SIZE, FAST)


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "text"),
        [(1234.5, "1234"), (45.67, "45.7"), (1.234, "1.23"), (0.1234, "0.123")],
    )
    def test_has_as_many_digits_as_mean_something(self, value, text):
        """
        About three digits, whatever the size.
        """
        assert text == number(value)


class TestPage:
    def test_has_a_table_for_each_unit(self):
        """
        What cannot be compared is not in one table; a further column is empty where unknown.
        """
        text = page(found())

        assert "| fast | 200 | ×3.00 | – |" in text
        assert "| slow | 50.0 | ×1.88 | 3 |" in text
        assert "| MB | median | spread |\n|---|--:|--:|\n| size | 12.0 | ×1.00 |" in text

    def test_tells_targets_as_met_or_missed(self):
        """
        A target is judged by its own sign.
        """
        text = page(found())

        assert "| size | ≤ 10 MB | 12.0 MB | missed |" in text
        assert "| fast | ≥ 100 | 200 | met |" in text

    def test_says_what_it_ran_on(self):
        """
        A figure without its machine is worth nothing.
        """
        assert page(found()).endswith("On: processor one.\n\nWith: rounds 3.\n")


class TestPlot:
    def test_gives_each_series_a_bar_in_proportion(self):
        """
        The longest line of a unit fills the room, and the others are in proportion to it.
        """
        (first, second), height = panels([FAST, SLOW, SIZE])
        fast, slow = first.bars

        assert height > slow.y
        assert pytest.approx(4, rel=0.02) == fast.width / slow.width
        assert fast.high == max(bar.high for bar in first.bars)
        assert second.bars[0].width == fast.high - fast.low + round(fast.width / 2)

    def test_is_well_formed_and_escapes_names(self):
        """
        The picture is XML whatever the names are.
        """
        drawn = ET.fromstring(svg(found()))  # noqa: S314 - our own

        assert "An <example>" == drawn.get("aria-label")
        assert f"0 0 {WIDTH}" == drawn.get("viewBox").rsplit(" ", 1)[0]


class TestTell:
    def test_writes_a_page_with_its_picture_beside_it(self, tmp_path):
        """
        The page names the picture by its relative address.
        """
        tell(found(), tmp_path / "example.md")

        assert "](example.svg)" in (tmp_path / "example.md").read_text()
        assert (tmp_path / "example.svg").read_text().startswith("<svg")

    def test_writes_json_where_the_name_ends_so(self, tmp_path):
        """
        Another program can read what was found.
        """
        tell(found(), tmp_path / "example.json")

        assert [tmp_path / "example.json"] == list(tmp_path.iterdir())


class TestCommand:
    def test_finds_every_measurement_by_itself(self):
        """
        A file with a command is one; the others of the folder are not.
        """
        context = click.Context(command)
        names = command.list_commands(context)

        assert {"mint", "resolve", "scale", "start"} <= set(names)
        assert {"stage", "load", "seeding"}.isdisjoint(names)

    def test_does_not_take_a_path_for_a_name(self):
        """
        Only a plain name is looked for.
        """
        context = click.Context(command)

        assert command.get_command(context, "../tests/conftest") is None
        assert command.get_command(context, "nothing") is None
