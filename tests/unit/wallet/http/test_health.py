"""Life and readiness."""

import asyncio

from sqlalchemy import text

from tests.fakes.clock import StandingClock
from wallet.db.engine import create_engine
from wallet.db.session import Database
from wallet.http.health import (
    Check,
    Readiness,
    clock_sane,
    database_reachable,
    keys_loaded,
    migrations_at_head,
)
from wallet.http.timekeeping import Timekeeping


class TestLivez:
    async def test_answers(self, client):
        """
        A process that lives says so.
        """
        response = await client.get("/livez")

        assert (200, {"status": "ok"}) == (response.status_code, response.json())


class TestReadyz:
    async def test_ready(self, client):
        """
        Where nothing is wrong the process is ready.
        """
        assert 200 == (await client.get("/readyz")).status_code

    async def test_says_why_not(self, shop, client):
        """
        Where something is wrong the answer names it, and nothing else.
        """
        shop.readiness = Readiness(keys_loaded(lambda: False), keys_loaded(lambda: True))
        response = await client.get("/readyz")

        assert (503, "NOT_READY", ["keys"]) == (
            response.status_code,
            response.json()["code"],
            response.json()["failing"],
        )


class TestReadiness:
    async def test_slow_and_failing_checks(self):
        """
        A check that hangs or fails counts as no, and keeps no other from its answer.
        """

        async def hangs():
            await asyncio.sleep(60)

        async def fails():
            raise OSError

        async def holds():
            return True

        readiness = Readiness(
            Check("slow", hangs), Check("broken", fails), Check("fine", holds), seconds=0.05
        )

        assert ["slow", "broken"] == await readiness.failing()


class TestDatabaseReachable:
    async def test_reachable(self, database):
        """
        A database that answers is reachable.
        """
        assert [] == await Readiness(database_reachable(database)).failing()

    async def test_gone(self, tmp_path):
        """
        A database that is not there is not reachable.
        """
        gone = Database(create_engine(f"sqlite:///{tmp_path}/no/such/folder/wallet.db"))

        assert ["database"] == await Readiness(database_reachable(gone)).failing()
        await gone.close()


class TestMigrationsAtHead:
    async def test_at_head_behind_and_never(self, database):
        """
        The schema is judged by where it stands and by what its programs have to know.
        """

        def fits(current, floor):
            return (current, floor) in judged

        judged = {("0007", "0005")}
        never = await Readiness(migrations_at_head(database, fits)).failing()
        async with database.transaction() as session:
            await session.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
            await session.execute(text("INSERT INTO alembic_version VALUES ('0007')"))
            await session.execute(text("INSERT INTO schema_floor VALUES ('0005')"))
        good = await Readiness(migrations_at_head(database, fits)).failing()
        judged.clear()
        other = await Readiness(migrations_at_head(database, fits)).failing()
        async with database.transaction() as session:
            await session.execute(text("DROP TABLE alembic_version"))

        assert (["migrations"], [], ["migrations"]) == (never, good, other)


class TestClockSane:
    async def test_follows_the_clock(self):
        """
        The check holds as long as the clock is trusted.
        """
        clock = StandingClock()
        check = clock_sane(Timekeeping(clock, lambda: 0.0))
        before = await check.holds()
        clock.advance(60)

        assert (True, False) == (before, await check.holds())
