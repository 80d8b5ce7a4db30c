"""What an operator may get wrong about a restore."""

import asyncio

import asyncpg
import pytest

from tests.fixtures.logs import log_put_back
from wallet.clock import SystemClock


class TestBegin:
    @pytest.mark.parametrize("instant", ["2999-01-01T00:00:00Z", "0001-01-01T00:00:00+1400"])
    def test_an_instant_that_no_backup_has(self, deployment, instant):
        """
        No backup was made later than now, and none before there were any; nothing is begun.
        """
        told = deployment.run("restored", "begin", "--backup-at", instant)

        assert 2 == told.exit_code
        assert "no restore is open" == deployment.told("restored", "show")


class TestCompare:
    @pytest.fixture
    def url(self, postgres_url):
        """
        A database in which somebody can be made to wait.
        """
        return postgres_url

    @pytest.fixture(autouse=True)
    def log(self):
        """
        Put the log back to where it was: the command writes it elsewhere.
        """
        with log_put_back():
            yield

    async def test_is_told_of_an_end_meanwhile(self, anyio_backend, deployment, url):
        """
        Whoever compares while somebody ends the restore is told in a line that none is open.
        """
        del anyio_backend
        now = SystemClock().now()
        await asyncio.to_thread(deployment.use, lambda s: s.basis.restoring.begin(now))
        other = await asyncpg.connect(url)
        async with other.transaction():
            await other.execute("LOCK TABLE parties")
            comparing = asyncio.create_task(
                asyncio.to_thread(deployment.run, "restored", "compare")
            )
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while not await other.fetchval(waiting):  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.05)
            await other.execute(
                "UPDATE restorations SET compared_at = now(), differences = 0,"
                " ended_at = now(), why = 'a broken disk (OPS-1)'"
            )
        await other.close()
        told = await comparing

        assert (1, "Error: no restore is open") == (told.exit_code, told.output.strip())
