"""
What stands during a run: databases with residents in them, servers over them, codes to show.
"""

import asyncio
import secrets
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench import load, serving
from bench.crowd import crowd
from bench.deployment import WITHOUT_DATABASE, services_of, variables
from bench.load import Job, Tally
from bench.processes import TREE, forked, running
from bench.processor import seconds_of
from bench.seeding import NONCE, Desk, seed, token
from codes import FUSION_1, Issue, counter_at, draw_online, instant_of
from codes.keys import Holder
from codes.passes import SALT_LENGTH
from wallet.app import Services
from wallet.cli.demo.ports import free_port
from wallet.clock import SystemClock, seconds
from wallet.db import migrate
from wallet.db.engine import create_engine
from wallet.devices.words import SERVER
from wallet.settings import Settings
from wallet.vault import keyfile, rotation
from wallet.vault.keyfile import SuiteName

_PATIENCE_SECONDS = 60.0


def make_keys(place: Path, suite: SuiteName = SuiteName.INTERNATIONAL) -> None:
    """
    Make the keys of the run's deployment; they have issued for a while.
    """
    since = seconds(SystemClock().now()) - 3600
    keyfile.write_new(place, rotation.generate(suite, since, secrets.token_bytes))


async def sent(job: Job, *, forked: bool = False) -> Tally:
    """
    Let the client send a job's requests from a process of its own.

    Args:
        job: what to send.
        forked: send them from here, where only the look of a run matters.
    """
    if forked:
        return await load.sent(job)
    client = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.load"),
        cwd=TREE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await client.communicate(msgspec.json.encode(job))
    return msgspec.json.decode(printed, type=Tally)


class Wallet:
    """
    One deployment: a seeded database and its server's address.

    Args:
        url: of the database.
        keys: the key file.
        residents: how many to seed.
        settings: whatever else is set.
    """

    def __init__(self, url: str, keys: Path, residents: int, **settings: object) -> None:
        self.port = free_port()
        self.given = {
            "database_url": url,
            "key_file": keys,
            "port": self.port,
            "public_origin": f"http://127.0.0.1:{self.port}",
            **settings,
        }
        self.residents = residents
        self.forked = False  # its server is a copy of this process, for a look at a run
        self.crowded = False  # very many residents, of whom anybody shows a code
        self._used = -1
        self._rounds = 0
        self._pid = 0
        self.desk = Desk(party_id=0, terminal_id=0, client_id="", key=b"")

    def settings(self) -> Settings:
        """
        Return its settings.
        """
        return Settings.model_validate({name: str(value) for name, value in self.given.items()})

    async def prepare(self) -> None:
        """
        Make the tables and fill them.
        """
        settings = self.settings()
        engine = create_engine(settings.database_url.get_secret_value())
        await migrate.upgrade(engine)
        await engine.dispose()
        services = services_of(settings)
        try:
            keys = keyfile.load(settings.key_file)
            if self.crowded:
                self.desk = await crowd(services, keys, self.residents)
            else:
                self.desk = await seed(services, keys, self.residents)
        finally:
            await services.close()

    @contextmanager
    def serving(self, *command: str, without_database: bool = False) -> Iterator[int]:
        """
        Start its server; gives its process id, and ends it with the block.

        Args:
            command: what to run; the server of the measurements unless given.
            without_database: let it keep nothing.
        """
        environment = variables(self.given)
        if without_database:
            environment[WITHOUT_DATABASE] = "1"
        if self.forked:
            started = forked(serving.main, environment)
        else:
            started = running(*(command or ("bench.serving",)), environment=environment)
        with started as self._pid:
            yield self._pid

    def await_ready(self) -> None:
        """
        Wait until its server listens.

        Raises:
            TimeoutError: it does not.
        """
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError

    async def round(self, job_seconds: float, connections: int, most: int) -> tuple[Tally, float]:
        """
        Let the client scan for a while; return its tally, and the server's CPU seconds.

        Args:
            job_seconds: for how long.
            connections: how many at once.
            most: codes to have at hand.
        """
        services = services_of(self.settings())
        try:
            texts = await self._fresh(services, most)
            job = Job(
                port=self.port,
                connections=connections,
                seconds=job_seconds,
                token=await token(services, self.desk),
                codes=texts,
                key_prefix=f"round-{self._rounds}",
            )
        finally:
            await services.close()
        self._rounds += 1
        before = seconds_of(self._pid)
        tally = await sent(job, forked=self.forked)
        return tally, seconds_of(self._pid) - before

    async def codes(self, most: int) -> list[str]:
        """
        Draw codes that were not shown yet; there are eight per resident in a step of 30 s.
        """
        services = services_of(self.settings())
        try:
            return await self._fresh(services, most)
        finally:
            await services.close()

    def cpu_seconds(self) -> float:
        """
        Return the processor time that its server has taken.
        """
        return seconds_of(self._pid)

    async def _fresh(self, services: Services, most: int) -> list[str]:
        """
        Draw codes of this step, or of the next where this one's are used up.
        """
        texts = self._codes(services, most)
        if texts:
            return texts
        await asyncio.sleep(_left_of_step(seconds(services.basis.clock.now())))
        return self._codes(services, most)

    def _codes(self, services: Services, most: int) -> list[str]:
        """
        Draw codes that were not shown yet, as the server does it, in the order of their counters.
        """
        clock, ids, ring = services.basis.clock, services.basis.ids, services.basis.vault.code_ring
        now = seconds(clock.now())
        first = max(counter_at(now, 0), self._used + 1)
        last = counter_at(now, FUSION_1.subs - 1)
        texts: list[str] = []
        for counter in range(first, last + 1):
            if len(texts) >= most:
                break
            self._used = counter
            texts += [
                draw_online(
                    ring,
                    Issue(Holder(resident_id, SERVER, NONCE)),
                    randomness=ids.secret(SALT_LENGTH),
                    at_seconds=instant_of(counter),
                    sub=counter % FUSION_1.subs,
                ).text
                for resident_id in self._people(most - len(texts))
            ]
        return texts

    def _people(self, most: int) -> Sequence[int]:
        count = min(most, self.residents)
        if self.crowded:
            return secrets.SystemRandom().sample(range(1, self.residents + 1), count)
        return range(1, count + 1)


def _left_of_step(now_seconds: int) -> int:
    return FUSION_1.step_seconds - now_seconds % FUSION_1.step_seconds
