"""
Small bar charts: where each bar stands, for a template to draw without a script or a style.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

WIDTH: Final = 480
HEIGHT: Final = 96
_GAP: Final = 4
_LEAST: Final = 2  # what happened once is seen beside what happened a thousand times


class Column(Struct, frozen=True, kw_only=True):
    """
    What happened at one place of the axis: first below, second on top of it.
    """

    label: str
    first: int
    second: int = 0


class Bar(Struct, frozen=True, kw_only=True):
    """
    A rectangle of a chart.
    """

    x: int
    y: int
    width: int
    height: int
    second: bool


class Chart(Struct, frozen=True, kw_only=True):
    """
    A chart, and the same as numbers.

    Attributes:
        columns: the numbers.
        bars: the rectangles.
        total: of everything.
        most: of one column.
    """

    columns: tuple[Column, ...]
    bars: tuple[Bar, ...]
    total: int
    most: int
    width: int = WIDTH
    height: int = HEIGHT


def chart(columns: Sequence[Column]) -> Chart:
    """
    Return the chart of some columns, from left to right.
    """
    sums = [column.first + column.second for column in columns]
    most = max(sums, default=0)
    bars: list[Bar] = []
    step = WIDTH // max(1, len(columns))
    for place, column in enumerate(columns):
        base = HEIGHT
        for count, second in ((column.first, False), (column.second, True)):
            if count:
                height = max(_LEAST, count * HEIGHT // most)
                base = max(0, base - height)
                bars.append(
                    Bar(x=place * step, y=base, width=step - _GAP, height=height, second=second)
                )
    return Chart(columns=tuple(columns), bars=tuple(bars), total=sum(sums), most=most)
