"""Processes of one deployment, all within this one."""

import pytest

from wallet.http.timekeeping import Timekeeping
from wallet.instances.service import Identity, Membership


class Deployment:
    """
    Makes members of it; all tell the time by one clock.
    """

    def __init__(self, database, clock, ids):
        self.database, self.clock, self.ids = database, clock, ids
        self.steady = 0.0

    def member(self, kind="server", keeping=None, **identity):
        """
        Return a process that has begun and not joined.
        """
        member = Membership(
            database=self.database,
            clock=self.clock,
            ids=self.ids,
            timekeeping=keeping or self.keeping(),
            identity=Identity(**({"same_time": False} | identity)),
        )
        member._kind = kind
        return member

    async def joined(self, **given):
        """
        Return a process that has joined.
        """
        member = self.member(**given)
        await member.beat()
        return member

    def keeping(self):
        """
        Return what watches the clock of a process that starts now.
        """
        return Timekeeping(self.clock, lambda: self.steady)

    async def may_write(self, member):
        """
        Tell whether a process gets through a transaction about money.
        """
        async with self.database.transaction() as session:
            await member.insist(session)


@pytest.fixture
def deployment(database, clock, ids):
    """
    A deployment without processes, once on each kind of database.
    """
    return Deployment(database, clock, ids)
