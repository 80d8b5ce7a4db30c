"""Keeps of all inputs that were found the few small ones that reach what no other reaches."""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.fuzz.target import Target

FOLDER = Path("tests/fuzz/corpus")
MOST = 60
DEFECT = "defect-"
_ROOT = Path.cwd()
_OURS = tuple(str(_ROOT / name) for name in ("codes", "wallet", "integrations"))

Step = tuple[CodeType, int, int]


class _Steps:
    """
    The steps from line to line in our own code, that one run takes.
    """

    def __init__(self) -> None:
        self.taken: set[Step] = set()

    def call(self, frame: FrameType, _event: str, _given: Any) -> Any:  # noqa: ANN401
        if not frame.f_code.co_filename.startswith(_OURS):
            return None
        code, before = frame.f_code, 0

        def line(frame: FrameType, event: str, _given: Any) -> Any:  # noqa: ANN401
            nonlocal before
            if event == "line":
                self.taken.add((code, before, frame.f_lineno))
                before = frame.f_lineno
            return line

        return line


def steps_of(target: Target, data: bytes) -> set[Step]:
    """
    Run one input and return which steps it takes.
    """
    steps = _Steps()
    target.there(lambda: sys.settrace(steps.call))
    try:
        target.run(data)
    finally:
        target.there(lambda: sys.settrace(None))
    return steps.taken


def keep(target: Target, found: Iterable[bytes]) -> int:
    """
    Write the smallest inputs that together take every step which the seeds do not take.

    What once was a finding stays, whatever steps it takes: those files are called ``defect-…``.

    Returns:
        How many there are now.
    """
    seen: set[Step] = set()
    for seed in target.seeds:
        seen |= steps_of(target, seed)
    folder = FOLDER / target.name
    folder.mkdir(parents=True, exist_ok=True)
    once_kept = [path for path in sorted(folder.iterdir()) if not path.name.startswith(DEFECT)]
    kept = [path.read_bytes() for path in once_kept]
    for path in once_kept:
        path.unlink()
    count = 0
    for data in sorted({*kept, *found}, key=lambda each: (len(each), each)):
        new = steps_of(target, data) - seen
        if new and count < MOST:
            seen |= new
            count += 1
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    return count
