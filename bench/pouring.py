"""
A served wallet, codes of its residents, and floods of them from a client of its own.
"""

import asyncio
import secrets
import sys
from pathlib import Path
from typing import Final

import msgspec

from bench.flood import Feed, Flood, Poured
from bench.overloaded import Plan
from bench.seeding import NONCE, token
from bench.stage import Wallet
from codes import FUSION_1, Issue, counter_at, draw_online, instant_of
from codes.keys import Holder
from codes.passes import SALT_LENGTH
from wallet.app import Services
from wallet.clock import seconds
from wallet.devices.words import SERVER

_TREE: Final = Path(__file__).parents[1]
_FEED_SECONDS: Final = 2.0
_ROOM: Final = 2.0


class Stage:
    """
    A served wallet, codes of its residents, and floods of them.
    """

    def __init__(self, wallet: Wallet, services: Services, plan: Plan) -> None:
        self._wallet, self._services, self._plan = wallet, services, plan
        self._counter, self._resident = -1, 1
        self._shown: dict[int, int] = {}

    async def pour(
        self,
        *,
        rate: float,
        connections: int,
        for_seconds: float,
        accepted: float,
        port: int = 0,
    ) -> Poured:
        """
        Let the client show codes for a while; codes and tokens are handed on as they are made.

        Args:
            rate: per second; 0: as soon as an answer came.
            connections: of the client.
            for_seconds: for how long.
            accepted: how many codes a second may be used up.
            port: where to; the wallet's own server's unless given.
        """
        await self._stocked(accepted * min(for_seconds, FUSION_1.step_seconds / 2))
        client = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.flood"),
            cwd=_TREE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        if client.stdin is None or client.stdout is None:
            raise LookupError("the client has no pipes")
        flood = Flood(
            port=port or self._wallet.port, connections=connections, rate=rate, seconds=for_seconds
        )
        client.stdin.write(msgspec.json.encode(flood) + b"\n")
        feeding = asyncio.create_task(self._feed(client.stdin, accepted))
        printed = await client.stdout.read()
        feeding.cancel()
        client.stdin.close()
        await client.wait()
        return msgspec.json.decode(printed, type=Poured)

    def draw(self, person: int) -> str:
        """
        Draw the next code of somebody whom only cashiers serve.
        """
        now = counter_at(seconds(self._services.basis.clock.now()), 0)
        counter = max(now, self._shown.get(person, -1) + 1)
        self._shown[person] = counter
        return self._drawn(self._plan.residents + 1 + person, counter)

    async def _feed(self, pipe: asyncio.StreamWriter, rate: float) -> None:
        most = int(rate * _FEED_SECONDS * _ROOM)
        while True:
            feed = Feed(
                token=await token(self._services, self._wallet.desk), codes=self._next(most)
            )
            pipe.write(msgspec.json.encode(feed) + b"\n")
            await pipe.drain()
            await asyncio.sleep(_FEED_SECONDS)

    def _next(self, most: int) -> list[str]:
        """
        Draw so many codes, one of every resident after the other; fewer when none are left.
        """
        now = seconds(self._services.basis.clock.now())
        first, last = counter_at(now, 0), counter_at(now, FUSION_1.subs - 1)
        texts: list[str] = []
        while len(texts) < most:
            if self._counter < first or self._resident > self._plan.residents:
                self._counter, self._resident = max(first, self._counter + 1), 1
            if self._counter > last:
                break
            texts.append(self._drawn(self._resident, self._counter))
            self._resident += 1
        return texts

    async def _stocked(self, wanted: float) -> None:
        """
        Wait for the next step where too few codes are left in this one.
        """
        now = seconds(self._services.basis.clock.now())
        left = min(FUSION_1.subs, counter_at(now, FUSION_1.subs - 1) - self._counter)
        if left * self._plan.residents < wanted:
            await asyncio.sleep(FUSION_1.step_seconds - now % FUSION_1.step_seconds)

    def _drawn(self, resident_id: int, counter: int) -> str:
        return draw_online(
            self._services.basis.vault.code_ring,
            Issue(Holder(resident_id, SERVER, NONCE)),
            randomness=secrets.token_bytes(SALT_LENGTH),
            at_seconds=instant_of(counter),
            sub=counter % FUSION_1.subs,
        ).text
