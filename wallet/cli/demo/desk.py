"""
A desk: an enrolled terminal that scans, registers and settles.
"""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

import aiohttp
import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wallet.clock import Clock
from wallet.parties.client import Answered, TerminalClient, enrol

_REFUSED = 400
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.2


@dataclass(kw_only=True)
class Desk:
    """
    One terminal of a relying party.
    """

    client: TerminalClient

    async def post(self, target: str, body: object) -> dict[str, Any]:
        """
        Send a POST that must be accepted.

        Raises:
            click.ClickException: it was refused; the problem's code is in it.
        """
        return _accepted(target, await self.client.call("POST", target, body))

    async def get(self, target: str) -> dict[str, Any]:
        """
        Fetch something that must be there.
        """
        return _accepted(target, await self.client.call("GET", target))

    async def resolve(self, code: str, purpose: str, scene: str) -> dict[str, Any]:
        """
        Scan a code.
        """
        body = {"code": code, "purpose": purpose, "scene": scene}
        return await self.post("/v1/resolve", body)

    async def refused(self, target: str, body: object) -> str:
        """
        Send a POST that must be refused; return the problem's code.
        """
        answered = await self.client.call("POST", target, body)
        if answered.status < _REFUSED:
            raise click.ClickException(f"POST {target} should have been refused")
        return f"{answered.status} {answered.json()['code']}"


async def open_desk(
    http: aiohttp.ClientSession, origin: str, clock: Clock, *, token: str, name: str
) -> Desk:
    """
    Enrol a terminal with its one-time token.
    """
    key = Ed25519PrivateKey.generate()
    terminal_id = await enrol(http, origin, token=token, name=name, key=key)
    return Desk(
        client=TerminalClient(
            http,
            origin=origin,
            terminal_id=terminal_id,
            key=key,
            clock=clock,
            token=secrets.token_bytes,
        )
    )


async def until(desk: Desk, target: str, phases: tuple[str, ...]) -> dict[str, Any]:
    """
    Look at a visit or settlement until it is in one of the phases.

    Raises:
        click.ClickException: it does not get there within a minute.
    """
    waited = 0.0
    while True:
        seen = await desk.get(target)
        if seen["phase"] in phases:
            return seen
        if waited > _PATIENCE_SECONDS:
            raise click.ClickException(
                f"{target} stays {seen['phase']}/{seen['status']} {seen.get('reason', '')}"
            )
        await asyncio.sleep(_PAUSE_SECONDS)
        waited += _PAUSE_SECONDS


def _accepted(target: str, answered: Answered) -> dict[str, Any]:
    if answered.status >= _REFUSED:
        code = answered.json().get("code")
        raise click.ClickException(f"{target}: {answered.status} {code} {answered.json()}")
    return dict(answered.json())
