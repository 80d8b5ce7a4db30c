"""
A deployment whose residents are signed in and have phones: codes shown to them, passes given.
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle, islice
from typing import Final

from msgspec import Struct

from bench.deployment import services_of
from bench.load import Job, Tally
from bench.phones import NUMBER, Phone
from bench.seeding import sessions
from bench.stage import Wallet, sent
from wallet.vault.keyfile import SuiteName

_CODES_GUESS: Final = 600  # per second in the first round; later ones know better
_TOP_UPS_GUESS: Final = 120
_ROOM: Final = 1.5

Measure = Callable[[], Awaitable["Taken"]]


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Attributes:
        seconds: of each variant over HTTP in each round.
        rounds: how many.
        connections: of the client.
        residents: of each deployment; each gets eight codes in a step of 30 s.
        forked: look at a run only; see `processes.forked`.
    """

    seconds: int
    rounds: int
    connections: int
    residents: int
    forked: bool = False


class Taken(Struct, frozen=True, kw_only=True):
    """
    What one variant gave in one round; `tally` is None where there is no HTTP.
    """

    rate: float
    tally: Tally | None = None
    server_us: float = 0.0


class Deployment:
    """
    A wallet of one suite with signed-in residents, each with a phone.
    """

    def __init__(self, wallet: Wallet, suite: SuiteName, plan: Plan) -> None:
        self.wallet = wallet
        self._plan = plan
        self._phone = Phone(suite)
        self._tokens: list[str] = []
        self._turn = 0

    async def prepare(self) -> None:
        """
        Fill its database.
        """
        await self.wallet.prepare()
        services = services_of(self.wallet.settings())
        try:
            await self._phone.enrol(services, self._plan.residents)
            self._tokens = await sessions(services, self._plan.residents)
        finally:
            await services.close()

    def showing(self, path: str) -> Measure:
        """
        Return the measuring of a code shown.
        """

        async def requests(most: int) -> list[bytes]:
            return [_request("GET", path, self._tokens[place]) for place in self._places(most)]

        return self._measure(requests, _CODES_GUESS)

    def topping_up(self, profile: str) -> Measure:
        """
        Return the measuring of top-ups of a profile.
        """

        async def requests(most: int) -> list[bytes]:
            services = services_of(self.wallet.settings())
            try:
                return [
                    _request(
                        "POST",
                        f"/v1/devices/{NUMBER}/passes",
                        self._tokens[place],
                        self._phone.topping_up(services, place + 1, profile),
                    )
                    for place in self._places(most)
                ]
            finally:
                await services.close()

        return self._measure(requests, _TOP_UPS_GUESS)

    def _measure(self, requests: Callable[[int], Awaitable[list[bytes]]], guess: int) -> Measure:
        rates = [guess]

        async def measure() -> Taken:
            most = int(max(rates[-2:]) * _ROOM * self._plan.seconds)
            job = Job(
                port=self.wallet.port,
                connections=self._plan.connections,
                seconds=self._plan.seconds,
                ready=await requests(max(most, self._plan.connections)),
            )
            before = self.wallet.cpu_seconds()
            tally = await sent(job, forked=self._plan.forked)
            spent = self.wallet.cpu_seconds() - before
            rates.append(int(tally.rate))
            answers = max(sum(tally.statuses.values()), 1)
            return Taken(rate=tally.rate, tally=tally, server_us=spent / answers * 1_000_000)

        return measure

    def _places(self, most: int) -> Sequence[int]:
        """
        Take turns, so that everybody's codes last.
        """
        places = list(islice(cycle(range(len(self._tokens))), self._turn, self._turn + most))
        self._turn = (self._turn + most) % len(self._tokens)
        return places


def _request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
