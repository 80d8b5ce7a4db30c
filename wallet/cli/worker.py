"""
``fusion-wallet worker``: finish what is due.
"""

import asyncio
import os
import signal
import socket
import sys

import click

from wallet.app import compose
from wallet.cli.composition import load_keys, open_registry
from wallet.clock import SystemClock
from wallet.logs import configure
from wallet.settings import Settings


@click.command("worker")
def command() -> None:
    """
    Claim and finish what is due: settlements, polls, expiries. Run as many as you like.
    """
    settings = Settings()
    configure(sys.stdout.buffer, SystemClock(), level=settings.log_level)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    services = compose(
        settings,
        clock=SystemClock(),
        keys=load_keys(settings),
        registry=open_registry(settings),
    )
    loop = services.loop(owner=f"{socket.gethostname()}:{os.getpid()}")
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, loop.stop)
    click.echo("worker ready")
    try:
        await loop.run()
    finally:
        await services.close()
