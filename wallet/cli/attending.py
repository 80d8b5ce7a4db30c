"""
What a server's process does beside answering: it looks after its keys and says how it stands.
"""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from types import FrameType

from litestar import Litestar

from wallet.app import Services
from wallet.app.http import readiness
from wallet.cli.replacing import Signs
from wallet.http.draining import closing
from wallet.http.health import Readiness
from wallet.journal.feed import Feed

_LOOK_SECONDS = 0.3


def attend(app: Litestar, services: Services, signs: Signs | None) -> None:
    """
    Have an application look after its process from its start to its end.

    Args:
        app: of this process.
        services: what it stands on.
        signs: how it tells its parent how it stands.
    """
    basis = services.basis
    asks = readiness(basis, basis.timekeeping)
    tasks: set[asyncio.Task[None]] = set()

    async def begin() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, basis.draining.begin)
        tasks.add(loop.create_task(basis.key_watch.run()))
        if signs is not None:
            signs.begun.set()
            tasks.add(loop.create_task(_until_ready(asks, signs.ready.set)))

    async def end() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    app.asgi_handler = closing(app.asgi_handler, basis.draining)
    app.on_startup.extend((begin, partial(_end_streams_first, services.people.feed)))
    app.on_shutdown.append(end)


async def _until_ready(asks: Readiness, told: Callable[[], None]) -> None:
    while await asks.failing():  # noqa: ASYNC110 - nobody tells of it
        await asyncio.sleep(_LOOK_SECONDS)
    told()


def _end_streams_first(feed: Feed) -> None:
    """
    Let listeners go when the process is asked to end.

    The server waits for open requests before it tells the application, and a stream never ends.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def asked(given: int, frame: FrameType | None, before: object = before) -> None:
            feed.end()
            if callable(before):
                before(given, frame)

        signal.signal(number, asked)
