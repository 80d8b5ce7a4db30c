"""
Workers in processes of their own that work when they are told to; see `bench.working`.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from bench.processes import TREE
from bench.working import READY

_LINE = b"\n"
_GRACE_SECONDS = 15.0


class Crew:
    """
    All of them.
    """

    def __init__(self, processes: list[Process]) -> None:
        self._processes = processes

    async def begin(self) -> None:
        """
        Let them work.
        """
        for each in self._processes:
            await _tell(each)

    async def end(self) -> int:
        """
        Let them finish what they are in; return how often all of them committed.
        """
        for each in self._processes:
            await _tell(each)
        return sum([int(await _told(each)) for each in self._processes])


@asynccontextmanager
async def crew(environment: Mapping[str, str], workers: int) -> AsyncIterator[Crew]:
    """
    Start them; they end with the block.

    Args:
        environment: all that each process gets.
        workers: how many.
    """
    async with AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(_worker(f"bench-{number}", environment))
            for number in range(workers)
        ]
        for each in processes:
            if await _told(each) != READY:
                raise ChildProcessError
        yield Crew(processes)


@asynccontextmanager
async def _worker(name: str, environment: Mapping[str, str]) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.working", name),
        env={"PATH": "", **environment},
        cwd=TREE,
        stdin=PIPE,
        stdout=PIPE,
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _tell(process: Process) -> None:
    if process.stdin is None:
        raise ChildProcessError
    process.stdin.write(_LINE)
    await process.stdin.drain()


async def _told(process: Process) -> str:
    if process.stdout is None:
        raise ChildProcessError
    return (await process.stdout.readline()).decode().strip()
