"""
Whether a series grows: its slope after the warm-up, and how much it may be.

The slope is the median of those between any two samples (Theil and Sen), so that a peak, or an
hour in which the machine did something else, does not decide. Growth is slope times duration; a
series is flat while that stays below the larger of a share of its median and an absolute amount.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import median

from msgspec import Struct

WARM_UP = 0.3  # of the run
_MOST = 240  # samples that are compared with one another

# share of the median, absolute amount: what a series may grow from the warm-up to the end
BOUNDS: Mapping[str, tuple[float, float]] = {
    "rss": (0.06, 8),
    "pss": (0.06, 8),
    "fds": (0.05, 4),
    "threads": (0.05, 3),
    "connections": (0.0, 2),
    "wal": (0.25, 16),
    "items": (0.25, 10),
}


class Judged(Struct, frozen=True, kw_only=True):
    """
    One series.

    Attributes:
        first: median of the first quarter after the warm-up.
        last: median of the last quarter.
        growth: slope times duration.
        allowed: what it may be.
    """

    name: str
    first: float
    last: float
    growth: float
    allowed: float

    @property
    def flat(self) -> bool:
        """
        Tell whether it does not grow.
        """
        return self.growth <= self.allowed


def judge(name: str, values: Sequence[float]) -> Judged:
    """
    Judge a series of equally spaced samples, the warm-up included.
    """
    kept = values[int(len(values) * WARM_UP) :]
    step = max(1, len(kept) // _MOST)
    thinned = kept[::step]
    slopes = [(b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(thinned), 2)]
    share, amount = BOUNDS[name.rsplit(maxsplit=1)[-1]]
    quarter = max(1, len(kept) // 4)
    return Judged(
        name=name,
        first=median(kept[:quarter]),
        last=median(kept[-quarter:]),
        growth=median(slopes) * (len(thinned) - 1) if slopes else 0.0,
        allowed=max(share * median(kept), amount),
    )


def table(judged: Sequence[Judged]) -> str:
    """
    Return the verdict on every series, as Markdown.
    """
    lines = ["| series | first | last | growth | allowed | |", "|---|--:|--:|--:|--:|---|"]
    lines += [
        f"| {each.name} | {each.first:.1f} | {each.last:.1f} | {each.growth:+.2f} "
        f"| {each.allowed:.1f} | {'flat' if each.flat else '**grows**'} |"
        for each in judged
    ]
    return "\n".join(lines)
