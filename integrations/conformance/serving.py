"""
Starting a sandbox for an exhibit.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web


class ControlError(Exception):
    """
    A sandbox refused what an exhibit wanted of its control surface.
    """


class Sandbox:
    """
    A running sandbox, spoken to over its control surface.

    Attributes:
        address: ``host:port`` on loopback.
    """

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self.address = address
        self._session = session

    async def get(self, path: str) -> Any:  # noqa: ANN401 - the sandbox's own JSON
        """
        Read something of the control surface, such as ``/_sandbox/books``.
        """
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: object) -> Any:  # noqa: ANN401
        """
        Arrange something, such as ``/_sandbox/faults``.
        """
        return await self._ask("POST", path, body)

    async def _ask(self, verb: str, path: str, body: object) -> Any:  # noqa: ANN401
        url = f"http://{self.address}{path}"
        async with self._session.request(verb, url, json=body) as response:
            if response.status >= 400:  # noqa: PLR2004
                raise ControlError(f"{verb} {path}: {response.status} {await response.text()}")
            return await response.json(content_type=None)


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[Sandbox]:
    """
    Serve a sandbox on loopback until the context ends.
    """
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        async with aiohttp.ClientSession() as session:
            yield Sandbox(f"{host}:{port}", session)
    finally:
        await runner.cleanup()
