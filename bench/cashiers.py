"""
Cashiers of another party who register, settle and finish payments all the time.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from itertools import count
from typing import Any, Final

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wallet.app import Services
from wallet.cli.demo import bills
from wallet.clock import SystemClock
from wallet.parties.client import CallRefusedError, TerminalClient, enrol
from wallet.parties.words import PartySettings, Scope, TerminalKind

_PLACE: Final = {
    "department_code": "0301",
    "department_name": "呼吸内科",
    "doctor_code": "D0042",
    "doctor_name": "周医生",
    "operator": "R001",
}
PEOPLE: Final = 24  # before each cashier
_POLL_SECONDS: Final = 0.3
_LOOKS: Final = 200


class Cashiers:
    """
    One party's terminal, and what its cashiers saw.

    Args:
        origin: of the wallet.
        draw: gives the next code of the person that a cashier serves.

    Attributes:
        finished: how many payments were completed.
        finishing: seconds of each call that finishes a payment, from first try to answer.
        put_off: such calls that were refused at first.
        failed: what else went wrong, by its code.
    """

    def __init__(self, origin: str, draw: Callable[[int], str]) -> None:
        self._origin = origin
        self._draw = draw
        self.finished = self.put_off = 0
        self.finishing: list[float] = []
        self.failed: list[str] = []

    async def open(self, services: Services, http: aiohttp.ClientSession) -> None:
        """
        Found the party and enrol its terminal; needs a server.
        """
        administration = services.people.administration
        party_id = await administration.create_party(
            PartySettings(
                name="示范大药房",
                kind="pharmacy",
                settled_by="wallet",
                otp_limit_minor=200_000,
                signed_limit_minor=200_000,
                cash_due_seconds=1800,
                sign_resolve=False,
            )
        )
        right = await administration.issue_enrolment_token(
            party_id, kind=TerminalKind.HIS, scopes=frozenset(Scope)
        )
        key = Ed25519PrivateKey.generate()
        self._client = TerminalClient(
            http,
            origin=self._origin,
            terminal_id=await enrol(http, self._origin, token=right.token, name="1", key=key),
            key=key,
            clock=SystemClock(),
            token=secrets.token_bytes,
        )

    async def serve(self, number: int) -> None:
        """
        Be the cashier of that number: serve one person after the other until cancelled.
        """
        for turn in count():
            try:
                await self._served(number * PEOPLE + turn % PEOPLE)
            except (LookupError, CallRefusedError, aiohttp.ClientError) as fault:
                self.failed.append(str(fault) or type(fault).__name__)
                await asyncio.sleep(1)

    async def _served(self, person: int) -> None:
        opened = await self._call(
            "POST",
            "/v1/visits",
            {"presentation": await self._resolved(person, "registration"), **_PLACE},
        )
        await self._until(f"/v1/visits/{opened['id']}", "open")
        bill = {
            "presentation": await self._resolved(person, "settlement"),
            "bill": bills.two_lines(),
        }
        settlement = await self._call("POST", f"/v1/visits/{opened['id']}/settlements", bill)
        here = f"/v1/settlements/{settlement['id']}"
        shown = await self._until(here, "awaiting_approval")
        agreed = {"cash_minor": shown["split"]["cash_minor"], "cash_by": "agreement"}
        await self._finish("POST", f"{here}/confirm", agreed)
        for _ in range(_LOOKS):
            if (await self._finish("GET", here))["phase"] == "completed":
                self.finished += 1
                return
            await asyncio.sleep(_POLL_SECONDS)
        raise LookupError("not completed")

    async def _resolved(self, person: int, purpose: str) -> str:
        body = {
            "code": self._draw(person),
            "purpose": purpose,
            "scene": f"outpatient_{purpose}",
        }
        return str((await self._call("POST", "/v1/resolve", body))["presentation"])

    async def _until(self, target: str, phase: str) -> dict[str, Any]:
        for _ in range(_LOOKS):
            seen = await self._call("GET", target)
            if seen["phase"] == phase:
                return seen
            await asyncio.sleep(_POLL_SECONDS)
        raise LookupError(f"not {phase}")

    async def _finish(self, method: str, target: str, body: object = None) -> dict[str, Any]:
        began = time.perf_counter()
        answer, tries = await self._tried(method, target, body)
        self.finishing.append(time.perf_counter() - began)
        self.put_off += tries > 1
        return answer

    async def _call(self, method: str, target: str, body: object = None) -> dict[str, Any]:
        return (await self._tried(method, target, body))[0]

    async def _tried(self, method: str, target: str, body: object) -> tuple[dict[str, Any], int]:
        """
        Call until it is taken, as often as the answer says to come again.
        """
        key, tries = secrets.token_hex(12), 0
        while True:
            tries += 1
            answered = await self._client.call(method, target, body, idempotency_key=key)
            if answered.status < HTTPStatus.BAD_REQUEST:
                return dict(answered.json()), tries
            again = answered.headers.get("retry-after")
            if again is None:
                raise LookupError(answered.json()["code"])
            await asyncio.sleep(int(again))
