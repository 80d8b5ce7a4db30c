"""
Each reason for which a process should get no traffic, brought about for real.

That `/readyz` answers with them is a matter of `tests/unit/wallet/http/test_health.py`, and that a
process which is replaced says `draining`, of `test_replacing.py`.
"""

import secrets
from contextlib import asynccontextmanager

import pytest
import structlog
from sqlalchemy import text

from integrations.registry import Registry
from tests.fakes.clock import StandingClock
from tests.fixtures.wallets import ORIGIN
from wallet.app import compose
from wallet.app.http import readiness
from wallet.clock import seconds
from wallet.db import migrate
from wallet.db.engine import create_engine
from wallet.http.timekeeping import Timekeeping
from wallet.settings import Settings
from wallet.vault import keyfile, rotation
from wallet.vault.keyfile import SuiteName


class Process:
    """
    What a process of a server is made of, with a way to ask it.
    """

    def __init__(self, url, folder, integrations=""):
        self.clock, self.path = StandingClock(), folder / "keys.json"
        now = seconds(self.clock.now())
        self.keys = rotation.generate(SuiteName.INTERNATIONAL, now, secrets.token_bytes)
        keyfile.write_new(self.path, self.keys)
        self.services = compose(
            Settings(
                database_url=url,
                key_file=self.path,
                integrations=integrations,
                public_origin=ORIGIN,
            ),
            clock=self.clock,
            keys=self.keys,
            registry=Registry(()),
            elapsed=lambda: 0.0,
        )
        self.watch = self.services.basis.key_watch
        self.watch.look()
        self.asked = readiness(
            basis := self.services.basis, Timekeeping(self.clock, basis.elapsed)
        )

    async def failing(self):
        return await self.asked.failing()


@asynccontextmanager
async def process(url, folder, **given):
    made = Process(url, folder, **given)
    try:
        yield made
    finally:
        await made.services.close()


@pytest.fixture(autouse=True)
def quiet():
    """
    What a check says of its fault is a matter of the log; drawing it in colours takes seconds.
    """
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
async def url(tmp_path):
    """
    A database at the newest schema.
    """
    url = f"sqlite:///{tmp_path}/wallet.db"
    engine = create_engine(url)
    await migrate.upgrade(engine)
    await engine.dispose()
    return url


class TestReadiness:
    async def test_clock_keys_and_draining(self, url, tmp_path):
        """
        A clock that jumps, a key file that is gone, the word that it is to end: each is named.

        When the file is back the process is ready again; it never comes back from draining.
        """
        async with process(url, tmp_path) as made:
            told = [await made.failing()]
            made.path.rename(tmp_path / "elsewhere.json")
            made.watch.look()
            told.append(await made.failing())
            (tmp_path / "elsewhere.json").rename(made.path)
            made.watch.look()
            told.append(await made.failing())
            made.clock.advance(60)
            told.append(await made.failing())
            made.services.basis.draining.begin()
            told.append(await made.failing())

        assert [[], ["keys"], [], ["clock"], ["clock", "draining"]] == told

    async def test_database(self, tmp_path):
        """
        A database that cannot be reached is named, and with it the schema that nobody can see.
        """
        async with process(f"postgresql://nobody@/none?host={tmp_path}", tmp_path) as made:
            assert ["database", "migrations", "restored"] == await made.failing()

    async def test_migrations(self, url, tmp_path):
        """
        A schema that is behind the program is named.
        """
        async with process(url, tmp_path) as made:
            async with made.services.basis.database.transaction() as session:
                before = migrate.steps()[-2].revision
                statement = text("UPDATE alembic_version SET version_num = :before")
                await session.execute(statement, {"before": before})

            assert ["migrations"] == await made.failing()

    async def test_integrations(self, url, tmp_path):
        """
        An integration that may be loaded and was not opened is named.
        """
        async with process(url, tmp_path, integrations="nhsa") as made:
            assert ["integrations"] == await made.failing()
