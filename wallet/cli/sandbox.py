"""
``fusion-wallet sandbox ID``: play one partner over real HTTP.
"""

import asyncio
import importlib
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from aiohttp import web

from integrations.builtin import builtin


def _ids() -> list[str]:
    return [plugin.manifest.id for plugin in builtin()]


@click.command("sandbox")
@click.argument("integration_id", metavar="ID", type=click.Choice(_ids()))
@click.option("--port", default=0, show_default="a free one", help="Port on loopback.")
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON settings; without it fresh keys are made.",
)
@click.option(
    "--write-settings",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the settings (keys included) to this file, readable by you alone.",
)
def command(
    integration_id: str, port: int, settings_file: Path | None, write_settings: Path | None
) -> None:
    """
    Play the partner of one integration, with its rules and a fault menu under /_sandbox/.
    """
    module = importlib.import_module(f"integrations.{integration_id}.sandbox")
    settings = module.default_settings()
    if settings_file:
        settings = msgspec.json.decode(settings_file.read_bytes(), type=type(settings))
    if write_settings:
        write_settings.touch(mode=0o600)
        write_settings.write_bytes(msgspec.json.encode(settings))
    application = module.create_app(settings, lambda: datetime.now(UTC))  # noqa: TID251 - a process of its own, played by another company
    asyncio.run(serve(application, port, integration_id))


async def serve(application: web.Application, port: int, name: str) -> None:
    """
    Serve on loopback until the process is asked to end; print the address when ready.
    """
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    server: Any = site._server  # noqa: SLF001 - the one way to learn a free port's number
    bound = server.sockets[0].getsockname()[1]
    click.echo(f"{name} sandbox ready at http://127.0.0.1:{bound}")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()
