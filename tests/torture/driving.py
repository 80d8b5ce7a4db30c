"""Runs of one kind, some at a time: progress on one line, every failure with what repeats it."""

import asyncio
import sys
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from tests.torture.ground import Ground

Play = Callable[[Ground, list[int]], Awaitable[Counter[str]]]


class Kind(Struct, frozen=True, kw_only=True):
    """
    One kind of torture.

    Attributes:
        what: a sentence for the table.
        play: does the runs of some seeds; raises at the first that fails.
        runs: how many seeds there are unless said otherwise; 1 for what is measured by minutes.
        batches: cuts seeds into what one call does; one by one unless given.
        side_by_side: how many calls go on at a time.
    """

    name: str
    what: str
    play: Play
    runs: int
    batches: Callable[[int, int], list[list[int]]] | None = None
    side_by_side: int = 2


class Result(Struct, kw_only=True):
    """
    What came of one kind.
    """

    kind: Kind
    done: int = 0
    failed: list[str] = []
    told: Any = None
    seconds: float = 0.0


class Driver:
    """
    Does the runs of one kind.

    Args:
        command: how this kind is asked for; a seed is added to it.
        side_by_side: how many calls go on at a time.
    """

    def __init__(self, ground: Ground, kind: Kind, command: str, side_by_side: int) -> None:
        self._ground, self._kind, self._command = ground, kind, command
        self._side_by_side = side_by_side
        self._line = ""
        self.result = Result(kind=kind, told=Counter())

    async def drive(self, count: int, first: int) -> Result:
        """
        Do `count` runs from a seed on.
        """
        began = time.monotonic()
        batches = (self._kind.batches or _one_by_one)(count, first)
        waiting = list(reversed(batches))
        total = sum(map(len, batches))

        async def work() -> None:
            while waiting:
                await self._batch(waiting.pop())
                self._progress(total, began)

        showing = asyncio.create_task(self._show(total, began))
        await asyncio.gather(*(work() for _ in range(self._side_by_side)))
        showing.cancel()
        self.result.seconds = time.monotonic() - began
        self._progress(total, began)
        sys.stdout.write("\n")
        return self.result

    async def _batch(self, seeds: list[int]) -> None:
        try:
            self.result.told += await self._kind.play(self._ground, seeds)
        except BaseException as fault:
            if isinstance(fault, asyncio.CancelledError | KeyboardInterrupt):
                raise
            self._fail(seeds, fault)
        self.result.done += len(seeds)

    def _fail(self, seeds: list[int], fault: BaseException) -> None:
        seed = getattr(fault, "seed", seeds[0])
        again = f"{self._command} SEED={seed} RUNS=1"
        self.result.failed.append(again)
        words = "".join(traceback.format_exception(fault))[-3000:]
        sys.stdout.write(f"\n{words}\nFAILED {self._kind.name} seed {seed}\n  again: {again}\n")

    async def _show(self, total: int, began: float) -> None:
        """
        Rewrite the line every two seconds; where lines cannot be rewritten, add one a minute.
        """
        while True:
            self._progress(total, began)
            if not sys.stdout.isatty():
                sys.stdout.write(f"{self._line}\n")
                sys.stdout.flush()
            await asyncio.sleep(2 if sys.stdout.isatty() else 60)

    def _progress(self, total: int, began: float) -> None:
        seconds = time.monotonic() - began
        result = self.result
        self._line = (
            f"{self._kind.name}: {result.done}/{total} runs, {len(result.failed)} failed, "
            f"{int(seconds)} s, {result.done / max(seconds, 0.1):.2f}/s"
        )
        sys.stdout.write(f"\r\x1b[K{self._line}" if sys.stdout.isatty() else "")
        sys.stdout.flush()


def _one_by_one(count: int, first: int) -> list[list[int]]:
    return [[seed] for seed in range(first, first + count)]


def table(results: list[Result]) -> str:
    """
    Return the summary.
    """
    lines = ["", f"{'kind':<12}{'runs':>7}{'failed':>8}{'seconds':>9}  what"]
    for result in results:
        name, what = result.kind.name, result.kind.what
        figures = f"{result.done:>7}{len(result.failed):>8}{result.seconds:>9.0f}"
        lines.append(f"{name:<12}{figures}  {what}")
        told = ", ".join(f"{count} {what}" for what, count in sorted(result.told.items()))
        lines.append(f"{'':<36}  {told}")
    lines += [f"again: {each}" for result in results for each in result.failed]
    failed = sum(len(result.failed) for result in results)
    lines.append("none lost, none doubled" if not failed else f"{failed} FAILED")
    return "\n".join(lines)
