"""
What processes hold of the memory; told only where ``/proc`` tells it.
"""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

_KIB_PER_MB = 1_000_000 / 1024


class Held(Struct, frozen=True, kw_only=True):
    """
    Megabytes (10⁶) that a process holds.

    Attributes:
        rss_mb: resident, shared pages counted in full.
        pss_mb: resident, each shared page divided by those who share it.
    """

    rss_mb: float
    pss_mb: float


def held(pid: int) -> Held:
    """
    Return what one process holds.
    """
    told: dict[str, float] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        told[name] = int(rest.split()[0]) / _KIB_PER_MB
    return Held(rss_mb=told["Rss"], pss_mb=told["Pss"])


def workers_of(pid: int) -> list[int]:
    """
    Return the workers of a server, by their process ids.
    """
    return [child for child in _children(pid) if b"resource_tracker" not in _command(child)]


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from (int(child) for child in (task / "children").read_text().split())


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
