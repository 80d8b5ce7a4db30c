"""
What a measurement found: a value per round of everything, ratios round by round, and targets.
"""

import statistics
from collections.abc import Sequence

from msgspec import Struct

_WHOLE, _TENTHS, _HUNDREDTHS = 100, 10, 1


class Rounds(Struct, frozen=True, kw_only=True):
    """
    A value for each round.
    """

    values: list[float]

    @property
    def median(self) -> float:
        """
        The value in the middle.
        """
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """
        The highest value divided by the lowest.
        """
        return spread(self.values)


class Series(Rounds, frozen=True, kw_only=True):
    """
    One thing that was measured.

    Attributes:
        name: what.
        unit: of the values, such as ``per second`` or ``ms``.
        more: further columns of its row, by their heads.
    """

    name: str
    unit: str
    more: dict[str, str] = {}


class Ratio(Rounds, frozen=True, kw_only=True):
    """
    Two things of the same rounds, divided round by round.
    """

    of: str
    to: str


class Target(Struct, frozen=True, kw_only=True):
    """
    What was to be reached, and what was.
    """

    what: str
    wanted: str
    reached: str
    met: bool


class Findings(Struct, frozen=True, kw_only=True):
    """
    One run.

    Attributes:
        bench: the command's name.
        title: of its page.
        about: what was done, as sentences.
        machine: on what it ran.
        settings: with what it ran.
    """

    bench: str
    title: str
    about: str
    machine: dict[str, str]
    settings: dict[str, str]
    series: list[Series]
    ratios: list[Ratio]
    targets: list[Target]


def spread(values: Sequence[float]) -> float:
    """
    Return the highest of some values divided by the lowest.
    """
    return max(values) / max(min(values), 1e-9)


def ratio(of: Series, to: Series) -> Ratio:
    """
    Divide two series round by round.
    """
    pairs = zip(of.values, to.values, strict=True)
    return Ratio(of=of.name, to=to.name, values=[a / max(b, 1e-9) for a, b in pairs])


def at_most(what: str, value: float, limit: float, unit: str = "") -> Target:
    """
    Return a target that is met by small values.
    """
    return _target(what, ("≤", value, limit), unit, met=value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "") -> Target:
    """
    Return a target that is met by large values.
    """
    return _target(what, ("≥", value, limit), unit, met=value >= limit)


def number(value: float) -> str:
    """
    Write a number with as many digits as mean something.
    """
    size = abs(value)
    if size >= _WHOLE:
        return f"{value:.0f}"
    if size >= _TENTHS:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= _HUNDREDTHS else f"{value:.3f}"


def units(series: Sequence[Series]) -> list[str]:
    """
    Return the units of some series, each once, in their order.
    """
    return list(dict.fromkeys(each.unit for each in series))


def page(found: Findings, picture: str = "") -> str:
    """
    Return a run as Markdown; it reads well on a terminal too.

    Args:
        found: what was found.
        picture: the address of its plot, if there is one.
    """
    lines = [f"# {found.title}", "", found.about, ""]
    if picture:
        lines += [f"![{found.title}]({picture})", ""]
    for unit in units(found.series):
        lines += [*_table([each for each in found.series if each.unit == unit]), ""]
    if found.ratios:
        lines += ["| ratio, round by round | median | spread |", "|---|--:|--:|"]
        lines += [
            f"| {each.of} ÷ {each.to} | {number(each.median)} | ×{each.spread:.2f} |"
            for each in found.ratios
        ]
        lines.append("")
    if found.targets:
        lines += ["| target | wanted | reached | |", "|---|--:|--:|---|"]
        lines += [
            f"| {each.what} | {each.wanted} | {each.reached} | {'met' if each.met else 'missed'} |"
            for each in found.targets
        ]
        lines.append("")
    return "\n".join([*lines, f"On: {_listed(found.machine)}.", ""]) + (
        f"\nWith: {_listed(found.settings)}.\n"
    )


def _table(series: Sequence[Series]) -> list[str]:
    heads = list(dict.fromkeys(head for each in series for head in each.more))
    first = f"| {series[0].unit} | median | spread |"
    lines = [first + "".join(f" {head} |" for head in heads)]
    lines.append("|---|--:|--:|" + "--:|" * len(heads))
    for each in series:
        cells = "".join(f" {each.more.get(head, '–')} |" for head in heads)
        lines.append(f"| {each.name} | {number(each.median)} | ×{each.spread:.2f} |{cells}")
    return lines


def _listed(told: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in told.items())


def _target(what: str, judged: tuple[str, float, float], unit: str, *, met: bool) -> Target:
    sign, value, limit = judged
    behind = f" {unit}" if unit else ""
    return Target(
        what=what,
        wanted=f"{sign} {limit:g}{behind}",
        reached=f"{number(value)}{behind}",
        met=met,
    )
