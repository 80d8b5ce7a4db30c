"""
What was drawn on a screen: strokes of points, in thousandths of the pad's width. Pure.
"""

from collections.abc import Sequence
from itertools import pairwise

Stroke = Sequence[tuple[int, int]]

LARGEST_COORDINATE = 1000
MOST_STROKES = 64
MOST_POINTS = 256  # of one stroke
MOST_IN_ALL = 1024
# a dot, a tick or a slip of the finger is less than this
LEAST_LENGTH = 300
LEAST_SPAN = 100


def enough(strokes: Sequence[Stroke]) -> bool:
    """
    Tell whether there is so much ink that somebody meant to sign.

    Whose signature it is, no program tells.
    """
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return False
    length = sum(
        max(abs(x - before_x), abs(y - before_y))
        for stroke in strokes
        for (before_x, before_y), (x, y) in pairwise(stroke)
    )
    across, down = zip(*points, strict=True)
    span = max(max(across) - min(across), max(down) - min(down))
    return length >= LEAST_LENGTH and span >= LEAST_SPAN
