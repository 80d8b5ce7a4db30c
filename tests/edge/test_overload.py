"""Too much at once, on the wallet's own server: what goes on, and what is told to come again."""

import asyncio
import secrets
import sqlite3
from collections import Counter
from contextlib import contextmanager

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import make_url

from codes import make_numeric
from wallet.clock import SystemClock
from wallet.parties.client import TerminalClient, enrol
from wallet.parties.words import PartySettings, Scope, TerminalKind

FLOOD = 120


async def terminal(site, http):
    """
    Return a terminal of a hospital, which asks the server itself.
    """
    administration = site.services.people.administration
    party_id = await administration.create_party(
        PartySettings(
            name="第一人民医院",
            kind="hospital",
            settled_by="wallet",
            otp_limit_minor=0,
            signed_limit_minor=0,
            cash_due_seconds=1800,
            sign_resolve=False,
        )
    )
    right = await administration.issue_enrolment_token(
        party_id, kind=TerminalKind.HIS, scopes=frozenset(Scope)
    )
    base, key = f"http://127.0.0.1:{site.server_port}", Ed25519PrivateKey.generate()
    return TerminalClient(
        http,
        origin=site.services.basis.settings.public_origin,
        base_url=base,
        terminal_id=await enrol(http, base, token=right.token, name="1", key=key),
        key=key,
        clock=SystemClock(),
        token=secrets.token_bytes,
    )


@contextmanager
def nobody_writes(site):
    """
    Hold the database's only right to write, so that whatever needs it waits.
    """
    url = make_url(site.services.basis.settings.database_url.get_secret_value())
    connection = sqlite3.connect(url.database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


class Flood:
    """
    Guesses of one terminal, all at once; each needs to write.
    """

    def __init__(self, site, http, token):
        self._url = f"http://127.0.0.1:{site.server_port}"
        self._http, self._token = http, token
        self.answers, self.half_told = [], asyncio.Event()

    async def ask(self, number):
        body = {
            "code": make_numeric(number.to_bytes(16)).digits,
            "purpose": "identification",
            "scene": "consultation",
        }
        headers = {"authorization": f"Bearer {self._token}", "idempotency-key": f"k{number}"}
        async with self._http.post(f"{self._url}/v1/resolve", json=body, headers=headers) as said:
            self.answers.append((said.status, said.headers.get("retry-after"), await said.json()))
            if len(self.answers) == FLOOD / 2:
                self.half_told.set()

    async def look(self, path):
        headers = {"authorization": f"Bearer {self._token}"}
        async with self._http.get(f"{self._url}{path}", headers=headers) as answer:
            return answer.status


class TestOverload:
    async def test_what_goes_on(self, site):
        """
        Scans beyond what can be done are told when to come again, and decoration with them.

        Meanwhile the process is known to live, and whoever finishes a payment is answered.
        """
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:
            desk = await terminal(site, http)
            flood = Flood(site, http, await desk.access_token())
            with nobody_writes(site):
                tasks = [asyncio.create_task(flood.ask(number)) for number in range(FLOOD)]
                await asyncio.wait_for(flood.half_told.wait(), 20)
                lives = await flood.look("/livez")
                finishing = await flood.look(f"/v1/settlements/stl_{'a' * 52}")
                page = await flood.look("/design")
                early = list(flood.answers)
            await asyncio.gather(*tasks)

        assert {503} == {status for status, _, _ in early}
        assert {"1", "2", "3"} >= {again for _, again, _ in early}
        assert {"OVERLOADED"} == {problem["code"] for _, _, problem in early}
        assert (200, 404, 503) == (lives, finishing, page)
        worked_on = Counter(status for status, _, _ in flood.answers)
        assert {404, 429, 503} >= set(worked_on)
        assert worked_on[404] in range(5, 11)  # five a minute, and one may end meanwhile
