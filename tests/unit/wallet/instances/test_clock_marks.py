"""What the database knows of time, told to a process that starts or goes on."""

from datetime import timedelta

from tests.fakes.clock import StandingClock
from wallet.clock import SystemClock


class TestMark:
    async def test_set_back_over_a_restart(self, deployment):
        """
        A process that starts with an earlier time than others told does not trust its clock.
        """
        await deployment.joined()
        deployment.clock.advance(-60)
        keeping = deployment.keeping()
        await deployment.joined(keeping=keeping)

        assert ("behind", 55) == (keeping.doubt(), keeping.untrusted_seconds())

    async def test_heals(self, deployment):
        """
        It does as soon as time has caught up.
        """
        await deployment.joined()
        deployment.clock.advance(-60)
        keeping = deployment.keeping()
        member = await deployment.joined(keeping=keeping)
        deployment.clock.advance(55)
        deployment.steady += 55
        await member.beat()

        assert "" == keeping.doubt()

    async def test_a_little_is_no_matter(self, deployment):
        """
        Machines whose clocks differ by some seconds trust theirs.
        """
        await deployment.joined()
        deployment.clock.advance(-4)
        keeping = deployment.keeping()
        await deployment.joined(keeping=keeping)

        assert "" == keeping.doubt()

    async def test_a_wrong_time_is_not_marked(self, deployment):
        """
        A clock that jumps ahead and back leaves no mark in the future.
        """
        keeping = deployment.keeping()
        member = await deployment.joined(keeping=keeping)
        for jump in (3600, -3600):
            deployment.clock.advance(jump)
            await member.beat()
        deployment.clock.advance(60)
        deployment.steady += 60
        await member.beat()

        assert "" == keeping.doubt()

    async def test_set_back_while_it_runs(self, deployment):
        """
        A clock that was set back stays untrusted though it keeps its step again.
        """
        keeping = deployment.keeping()
        member = await deployment.joined(keeping=keeping)
        deployment.clock.advance(-600)
        await member.beat()
        deployment.clock.advance(61)
        deployment.steady += 61
        await member.beat()

        assert ("behind", 60) == (keeping.doubt(), keeping.untrusted_seconds())


class TestDatabasesClock:
    async def test_apart(self, deployment):
        """
        A clock that tells another time than PostgreSQL's is not trusted until they agree.
        """
        if deployment.database.engine.dialect.name != "postgresql":
            return
        deployment.clock.set(SystemClock().now() + timedelta(seconds=30))
        keeping = deployment.keeping()
        member = await deployment.joined(keeping=keeping, same_time=True)
        apart = keeping.doubt(), keeping.untrusted_seconds()
        keeping._wall = SystemClock().now()  # somebody set it right a minute ago
        deployment.clock.set(keeping._wall)
        await member.beat()

        assert (("apart", 5), "") == (apart, keeping.doubt())

    async def test_the_same_machine(self, deployment):
        """
        SQLite has no clock of its own to compare with.
        """
        if deployment.database.engine.dialect.name != "sqlite":
            return
        keeping = deployment.keeping()
        await deployment.joined(keeping=keeping, same_time=True)

        assert ("", StandingClock().now()) == (keeping.doubt(), deployment.clock.now())
