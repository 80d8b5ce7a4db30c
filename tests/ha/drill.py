"""The drill: what happens to the nodes, one thing after the other, while the wallet is used."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise

from msgspec import Struct

from tests.faults.crash.lanes import until
from tests.ha.cluster import Cluster
from tests.ha.scans import Scan, Scans, Shower
from tests.ha.settlements import Settlements

LIMIT_SECONDS = 30.0
_QUIET_SECONDS = 15.0
_AFTERWARDS_SECONDS = 8.0
_STOPPED_SECONDS = 10.0
_GRACE_SECONDS = 0.5
_SETTLING_SECONDS = 90.0
_SHOWN_AGAIN = 60
_YOUNG_SECONDS = 25.0


class Figure(Struct, frozen=True, kw_only=True):
    """
    What one happening did.

    Attributes:
        what: in words.
        pause: the longest time without any accepted scan, in seconds.
        settled_again: seconds from it until the next settlement was over.
        scans: accepted from it until the next happening.
        waited: the longest that one scan took.
        shown_again: what was answered to codes that had been accepted before it.
    """

    what: str
    pause: float
    settled_again: float
    scans: int
    waited: float
    shown_again: dict[str, int] = {}


class Drill:
    """
    Plays the drill over a cluster whose wallet is in use.
    """

    def __init__(
        self,
        cluster: Cluster,
        scans: Scans,
        settlements: Settlements,
        say: Callable[[str], None],
    ) -> None:
        self._cluster = cluster
        self._scans = scans
        self._settlements = settlements
        self._say = say
        self.figures: list[Figure] = []
        self.faults: list[str] = []

    async def play(self, groups: list[list[Shower]], pause_seconds: float) -> None:
        """
        Do everything, with other people each time.
        """
        steps = (
            self._quiet,
            self._primary_killed,
            self._switched_over,
            self._replica_killed,
            self._every_replica_killed,
        )
        for step, people in zip(steps, groups, strict=True):
            self._scans.begin(people, pause_seconds)
            await step()
            await self._scans.end()

    async def _quiet(self) -> None:
        await self._seen("nothing happens", self._nothing)

    async def _nothing(self) -> None:
        await asyncio.sleep(_QUIET_SECONDS)

    async def _primary_killed(self) -> None:
        await asyncio.sleep(_AFTERWARDS_SECONDS)
        leader = await self._cluster.leader()

        async def kill() -> None:
            leader.kill()
            await self._back(leader.name)

        await self._seen("the primary's machine is gone", kill, shown_again=True)
        leader.start(self._cluster.nodes)
        await self._cluster.healthy()

    async def _switched_over(self) -> None:
        await asyncio.sleep(_AFTERWARDS_SECONDS)
        leader = await self._cluster.leader()
        candidate = self._cluster.followers(leader)[0]

        async def switch() -> None:
            await self._cluster.switch_over(candidate)
            await self._back(leader.name)

        await self._seen("planned switchover", switch, shown_again=True)
        await self._cluster.healthy()

    async def _replica_killed(self) -> None:
        leader = await self._cluster.leader()
        victim = self._cluster.followers(leader)[0]

        async def kill() -> None:
            victim.kill()

        await self._seen("one replica's machine is gone", kill)
        victim.start(self._cluster.nodes)
        await self._cluster.healthy()

    async def _every_replica_killed(self) -> None:
        leader = await self._cluster.leader()
        victims = self._cluster.followers(leader)

        async def kill() -> None:
            for victim in victims:
                victim.kill()
            at = time.monotonic() + _GRACE_SECONDS
            await asyncio.sleep(_STOPPED_SECONDS)
            alone = len(self._since(at))
            self._say(f"  accepted while no replica could keep a copy: {alone}")
            if alone:
                self.faults.append(f"{alone} scans were accepted by a primary that stood alone")
            for victim in victims:
                victim.start(self._cluster.nodes)
            await self._back("")

        await self._seen(f"no replica for {_STOPPED_SECONDS:.0f} s", kill)
        await self._cluster.healthy()

    async def _back(self, former: str) -> None:
        """
        Wait until somebody else leads and a scan that began afterwards was accepted.
        """

        def other(told: dict[str, dict[str, str]]) -> bool:
            return all(
                not (name == former and each["role"] == "leader") for name, each in told.items()
            )

        await self._cluster.until(other)
        at = time.monotonic()
        await until(lambda: any(scan.at - scan.took > at for scan in self._scans.accepted[-50:]))

    async def _seen(
        self, what: str, happening: Callable[[], Awaitable[None]], *, shown_again: bool = False
    ) -> None:
        """
        Let it happen, wait, and write down what it did.
        """
        self._say(what)
        at = time.monotonic()
        young = [s for s in self._scans.accepted if s.at > at - _YOUNG_SECONDS][-_SHOWN_AGAIN:]
        await happening()
        told = await self._scans.again(young) if shown_again else {}
        await asyncio.sleep(_AFTERWARDS_SECONDS)
        while not any(each > at for each in self._settlements.done):
            if time.monotonic() - at > _SETTLING_SECONDS:
                self.faults.append(f"{what}: no settlement came to an end")
                break
            await asyncio.sleep(0.1)
        since = self._since(at)
        later = [each for each in self._settlements.done if each > at]
        figure = Figure(
            what=what,
            pause=_longest_pause(at, since),
            settled_again=min(later, default=float("inf")) - at,
            scans=len(since),
            waited=max((scan.took for scan in since), default=0.0),
            shown_again=told,
        )
        self.figures.append(figure)
        self._say(f"  {figure}")
        if told.get("accepted"):
            self.faults.append(f"{what}: {told['accepted']} codes were accepted twice")
        if figure.pause > LIMIT_SECONDS and "no replica" not in what:
            self.faults.append(f"{what}: {figure.pause:.1f} s without service")

    def _since(self, at: float) -> list[Scan]:
        return [scan for scan in self._scans.accepted if scan.at > at]


def _longest_pause(at: float, scans: list[Scan]) -> float:
    times = [at, *sorted(scan.at for scan in scans)]
    return max((later - earlier for earlier, later in pairwise(times)), default=float("inf"))
