"""From a history that broke to the few decisions without which it would not have."""

from collections.abc import Callable, Sequence

Breaks = Callable[[frozenset[str]], bool]


def shrunk(made: frozenset[str], breaks: Breaks) -> frozenset[str]:
    """
    Return a set of decisions that still breaks it, and of which none can be taken away.

    Chunks are tried first, large ones before small ones, as delta debugging does.

    Args:
        made: decisions that came out other than ordinary; with all of them it breaks.
        breaks: whether it still breaks with only these.
    """
    kept = sorted(made)
    size = max(1, len(kept) // 2)
    while True:
        fewer = _without_chunks(kept, size, breaks)
        if size == 1 and fewer == kept:
            return frozenset(kept)
        kept, size = fewer, max(1, size // 2)


def _without_chunks(kept: Sequence[str], size: int, breaks: Breaks) -> list[str]:
    left = list(kept)
    start = 0
    while start < len(left):
        fewer = left[:start] + left[start + size :]
        if breaks(frozenset(fewer)):
            left = fewer
        else:
            start += size
    return left
