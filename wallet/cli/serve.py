"""
``fusion-wallet serve``: answer HTTP.
"""

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops

from wallet.cli.composition import load_keys
from wallet.settings import Settings

TARGET = "wallet.cli.serving:application"


@click.command("serve")
def command() -> None:
    """
    Answer HTTP until the process is asked to end; put nginx in front of it (docs/runbook.md).
    """
    settings = Settings()
    load_keys(settings)
    Granian(
        TARGET,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=30,
    ).serve()
