"""
``fusion-wallet worker``: finish what is due.
"""

import asyncio
import os
import signal
import socket
import sys
from typing import Final

import click
import structlog
import uvloop

from wallet.app import Services, compose
from wallet.app.standing import Standing
from wallet.cli.composition import load_keys, open_registry
from wallet.cli.metering import page
from wallet.cli.running import freeze, seat_of
from wallet.clock import SystemClock
from wallet.figures.reporting import reporting
from wallet.figures.words import ProcessKind
from wallet.instances.service import Identity
from wallet.logs import configure
from wallet.settings import Settings

_AGAIN_SECONDS: Final = 5.0

_log = structlog.get_logger("wallet.work")


@click.command("worker")
def command() -> None:
    """
    Claim and finish what is due: settlements, polls, expiries. Run as many as you like.

    A stop lets steps under way end, for up to 25 seconds.
    """
    settings = Settings()
    configure(sys.stdout.buffer, SystemClock(), level=settings.log_level)
    uvloop.run(_work(settings))


async def _work(settings: Settings) -> None:
    services = compose(
        settings,
        clock=SystemClock(),
        keys=load_keys(settings),
        registry=open_registry(settings),
        identity=Identity(seat=seat_of("worker", settings.instance)),
    )
    freeze()
    loop = services.loop(owner=f"{socket.gethostname()}:{os.getpid()}")
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, loop.stop)
    member = services.basis.membership
    member.when_lost(loop.stop)
    try:
        with page(settings.metrics_port, services.basis.metrics.registry):
            begun = await _begin_duties(services)
            click.echo("worker ready")
            kind = ProcessKind.WORKER
            async with member.present(kind), reporting(services.reporter(kind)):
                beside = [
                    asyncio.create_task(Standing(services).run()),
                    asyncio.create_task(services.basis.key_watch.run()),
                    asyncio.create_task(_begin_late(services, begun=begun)),
                ]
                try:
                    await loop.run()
                finally:
                    for task in beside:
                        task.cancel()
    finally:
        await services.close()


async def _begin_duties(services: Services) -> bool:
    """
    Tell whether the duties are on the list; in a new deployment nobody put them there before.
    """
    try:
        await services.begin_duties()
    except Exception:  # noqa: BLE001 - the database may be back, or have its tables, in a moment
        _log.exception("duties not scheduled")
        return False
    return True


async def _begin_late(services: Services, *, begun: bool) -> None:
    while not begun:
        await asyncio.sleep(_AGAIN_SECONDS)
        begun = await _begin_duties(services)
