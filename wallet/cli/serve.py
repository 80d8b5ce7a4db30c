"""
``fusion-wallet serve``: answer HTTP.
"""

import multiprocessing
import sys

import click
from granian.constants import HTTPModes, Interfaces, Loops

from wallet.cli.files import check_files, integration_parts, load_keys, load_providers
from wallet.cli.metering import common_page
from wallet.cli.replacing import Server
from wallet.clock import SystemClock
from wallet.logs import configure
from wallet.settings import Settings

TARGET = "wallet.cli.serving:application"
_DRAIN_SECONDS = 30  # a supervisor waits longer (docs/runbook.md)


@click.command("serve")
def command() -> None:
    """
    Answer HTTP until the process is asked to end; put nginx in front of it (docs/runbook.md).

    A stop lets requests under way end, for up to 30 seconds. SIGHUP replaces the processes one by
    one by new ones, which read program, keys and files anew; no request is lost.
    """
    settings = Settings()
    configure(sys.stdout.buffer, SystemClock(), level=settings.log_level)
    check_files()
    load_keys(settings)
    integration_parts(settings.integration_settings)
    load_providers(settings)
    # a copy of a process that runs the thread of the page could inherit a lock that is held
    multiprocessing.set_start_method("spawn", force=True)
    with common_page(settings.metrics_port):
        server = Server(
            target=TARGET,
            drain_seconds=settings.drain_seconds,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
            workers_kill_timeout=_DRAIN_SECONDS,
        )
        server.answer()
