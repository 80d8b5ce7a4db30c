"""
A worker in a process of its own, its partners answering at once inside it.

``python -m bench.working`` takes its settings from the environment and its name as an argument.
It works from a line of its standard input to the next, and then prints how often it committed;
it ends with its input.
"""

import asyncio
import sys
from typing import Final

import uvloop
from sqlalchemy import event

from bench import instant
from bench.deployment import services_of
from wallet.app import Services
from wallet.cli.running import freeze
from wallet.settings import Settings

READY: Final = "ready"


async def _input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def _worked(services: Services, owner: str, lines: asyncio.StreamReader) -> None:
    loop = services.loop(owner=owner)
    running = asyncio.create_task(loop.run())
    try:
        await lines.readline()
    finally:
        loop.stop()
        await running


async def _main(owner: str) -> None:
    services = services_of(Settings(), instant.plugins())
    commits = 0

    def committed(_connection: object) -> None:
        nonlocal commits
        commits += 1

    event.listen(services.basis.database.engine.sync_engine, "commit", committed)
    freeze()
    lines = await _input()
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    try:
        while await lines.readline():
            before = commits
            await _worked(services, owner, lines)
            sys.stdout.write(f"{commits - before}\n")
            sys.stdout.flush()
    finally:
        await services.close()


if __name__ == "__main__":
    uvloop.run(_main(sys.argv[1]))
