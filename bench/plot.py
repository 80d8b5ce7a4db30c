"""
A run as a picture: a bar for the median, a line from the lowest to the highest round.

SVG in the colours of our pages, so that no library has to be fetched for it.
"""

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct

from bench.findings import Findings, Series, number, units
from wallet.pages.design import themes

WIDTH: Final = 720
_LEFT: Final = 24
_FOR_VALUES: Final = 96
_HEAD: Final = 40
_ROW: Final = 38
_TOKENS: Final = ("surface", "ink", "soft", "line", "accent", "danger")


class Bar(Struct, frozen=True, kw_only=True):
    """
    One series, in units of the picture.
    """

    name: str
    value: str
    y: int
    width: int
    low: int
    high: int


class Panel(Struct, frozen=True, kw_only=True):
    """
    All series of one unit; the longest line goes from edge to edge.
    """

    unit: str
    y: int
    bars: list[Bar]


def panels(series: list[Series]) -> tuple[list[Panel], int]:
    """
    Return where everything stands, and the picture's height.
    """
    made, y = [], 0
    for unit in units(series):
        y += _HEAD
        panel = Panel(unit=unit, y=y, bars=[])
        own = [each for each in series if each.unit == unit]
        most = max(max(each.values) for each in own)
        for each in own:
            y += _ROW
            panel.bars.append(_bar(each, most, y))
        made.append(panel)
    return made, y + _HEAD


def svg(found: Findings) -> str:
    """
    Draw a run.
    """
    placed, height = panels(found.series)
    return (
        _templates()
        .get_template("plot.svg")
        .render(
            title=found.title,
            width=WIDTH,
            height=height,
            left=_LEFT,
            panels=placed,
            themes=themes(),
            used=_TOKENS,
        )
    )


def _bar(series: Series, most: float, y: int) -> Bar:
    room = WIDTH - 2 * _LEFT - _FOR_VALUES

    def long(value: float) -> int:
        return round(room * value / most) if most > 0 else 0

    return Bar(
        name=series.name,
        value=number(series.median),
        y=y,
        width=max(1, long(series.median)),
        low=_LEFT + long(min(series.values)),
        high=_LEFT + long(max(series.values)),
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
