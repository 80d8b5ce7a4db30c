"""
The partners' sandboxes as processes of their own, for one variant of a run.

Each variant has its own, so that no two of them can give a partner the same number twice.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec
from yarl import URL

from bench.processes import forked, running
from wallet.cli import sandbox
from wallet.cli.demo import region
from wallet.cli.demo.ports import free_port
from wallet.cli.demo.region import Partners

PAYER: Final = "li"
_BALANCE_FEN: Final = 100_000_000
_PATIENCE_SECONDS: Final = 60.0


@contextmanager
def partners(folder: Path, *, copied: bool) -> Iterator[Partners]:
    """
    Start the three sandboxes; the end of the block ends them.

    Args:
        folder: for their settings; the integrations file of a wallet lies there too.
        copied: see `processes.forked`.
    """
    told = region.partner_settings()
    ports = {name: free_port() for name in told}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    with ExitStack() as stack:
        for name, settings in told.items():
            file = region.write_private(folder / f"{name}.json", msgspec.json.encode(settings))
            if copied:
                play = partial(_play, name, ports[name], file)
                stack.enter_context(forked(play, {"PATH": ""}))
            else:
                asked = ("--port", str(ports[name]), "--settings", str(file))
                stack.enter_context(running("wallet", "sandbox", name, *asked, environment={}))
        for port in ports.values():
            await_port(port)
        made = Partners(urls=urls, **told)
        region.write_private(folder / "integrations.json", region.integration_settings(made))
        yield made


def await_port(port: int) -> None:
    """
    Wait until somebody listens on a port of loopback.

    Raises:
        TimeoutError: nobody does.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


async def agree(http: aiohttp.ClientSession, made: Partners, page: str) -> None:
    """
    Do what the payer does on the provider's own page, who has money enough besides.

    Args:
        http: connections.
        made: the sandboxes.
        page: where the payer was sent.
    """
    content = msgspec.json.decode(URL(page).query["biz_content"])
    control = f"{made.urls['alipay']}/_sandbox"
    signed: dict[str, Any] = {
        "person": PAYER,
        "external_agreement_no": content["external_agreement_no"],
    }
    async with http.post(f"{control}/agreements", json=signed) as answer:
        answer.raise_for_status()
    money = {"balance_fen": _BALANCE_FEN}
    async with http.patch(f"{control}/people/{PAYER}", json=money) as answer:
        answer.raise_for_status()


def _play(name: str, port: int, file: Path) -> None:
    if sandbox.command.callback is not None:
        sandbox.command.callback(
            integration_id=name, port=port, settings_file=file, write_settings=None
        )
