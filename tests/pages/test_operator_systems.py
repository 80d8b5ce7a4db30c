"""Whether anything is wrong, integrations, processes and keys on the operator's pages."""

from wallet.figures.reporting import Reporter
from wallet.figures.words import ProcessKind
from wallet.work.service import WorkService


def reporter(region, kind):
    """
    Return what writes the region's figures down, as a process of that kind would.
    """
    return Reporter(
        database=region.database,
        clock=region.clock,
        ids=region.ids,
        collector=region.basis.collector,
        kind=kind,
        integrations=[region.fake("payment").manifest.id],
    )


class TestOverview:
    async def test_all_is_well(self, region, at_work):
        """
        With a worker and nothing waiting there is nothing to do.
        """
        await reporter(region, ProcessKind.WORKER).report()

        assert "一切正常，无需处理。" in await at_work.get("/operator")

    async def test_no_worker(self, at_work):
        """
        Without a worker it says so, and what to do.
        """
        page = await at_work.get("/operator")

        assert "没有正在运行的工作进程。" in page
        assert "立即启动 worker" in page

    async def test_breaker(self, region, at_work):
        """
        A breaker that opened in another process is seen, and where to look.
        """
        await reporter(region, ProcessKind.WORKER).report()
        name = region.fake("payment").manifest.id
        region.basis.tally.breaker(name, "open")
        await reporter(region, ProcessKind.SERVER).report()
        page = await at_work.get("/operator")
        systems = await at_work.get("/operator/systems")

        assert f'href="/operator/systems#{name}"' in page
        assert "已暂停调用：1 个进程" in systems

    async def test_overdue(self, region, at_work):
        """
        Work that nobody does is said to wait, after two minutes.
        """
        work = WorkService(database=region.database, clock=region.clock)
        async with region.database.transaction() as session:
            await work.schedule(session, "settlement", 1, 1, region.clock.now())
        early = await at_work.get("/operator")
        region.clock.advance(121)

        assert "到期未处理" not in early
        assert "到期未处理" in await at_work.get("/operator")

    async def test_old_key(self, region, at_work):
        """
        A code key that should have been rotated is pointed to.
        """
        region.clock.advance(46 * 86_400)
        await at_work.sign_in()

        assert "1 个密钥早该轮换。" in await at_work.get("/operator")
        assert "keys rotate-code" in await at_work.get("/operator/keys")


class TestSystems:
    async def test_health_and_latency(self, region, at_work):
        """
        Calls of all processes are shown with their outcomes and how long they took.
        """
        name = region.fake("payment").manifest.id
        for seconds in (0.02, 0.4, 0.4, 11.0):
            region.basis.tally.call(name, "answered", seconds)
        region.basis.tally.call(name, "failed", 0.3)
        region.basis.tally.call(name, "held_back", 0.0)
        region.basis.tally.verdict(name, "SUSPENDED", 0.1)
        await reporter(region, ProcessKind.SERVER).report()
        page = await at_work.get("/operator/systems")

        assert "500 毫秒以内" in page
        assert "超过 10 秒" in page
        assert "SUSPENDED" in page
        assert "服务进程" in page
        assert "<rect" in page


class TestKeys:
    async def test_ages(self, region, at_work):
        """
        Uses, suites and ages are shown, nothing of a key.
        """
        page = await at_work.get("/operator/keys")
        secret = region.vault._keys.index_key

        assert "签发中" in page
        assert "种子主密钥" in page
        assert secret.hex() not in page
