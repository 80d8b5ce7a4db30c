"""Scans of one person's codes at one desk, of a wallet within the test's process."""

import itertools

from sqlalchemy import text
from sqlmodel import select

from tests.fixtures.region import LI, Region
from wallet.devices.models import UsedCounterRow
from wallet.errors import WalletError
from wallet.presentations.models import PresentationRow

_TRIES = 10


class Scans:
    """
    A region, a desk, a phone.

    Attributes:
        bearer: the header that authenticates the resident.
    """

    def __init__(self, region: Region) -> None:
        self.region = region

    @classmethod
    async def on(cls, database, clock, ids, vault, *, fast=True):
        """
        Found everything in a database.
        """
        scans = cls(Region(database, clock, ids, vault))
        if not fast:
            scans.region.plainly()
        scans.desk = await scans.region.hospital()
        scans._phone = await scans.region.phone(await scans.region.resident(LI))
        scans.bearer = await scans.region.signed_in(LI)
        return scans

    def client(self):
        """
        Return an HTTP client of the wallet.
        """
        return self.region.client()

    async def once(self, attempt=None):
        """
        Post a fresh code once; return ``accepted`` or the problem's code.
        """
        try:
            await self.region.resolving.resolve(attempt or self.attempt())
        except WalletError as error:
            return error.code
        return "accepted"

    async def accepted(self):
        """
        Post a fresh code, which has to be accepted.
        """
        assert "accepted" == await self.once()

    async def repeated(self):
        """
        Post a fresh code until it is accepted; return what came back.
        """
        attempt, outcomes = self.attempt(), []
        for _ in itertools.repeat(None, _TRIES):
            outcomes.append(await self.once(attempt))
            if outcomes[-1] == "accepted":
                break
        return outcomes

    def attempt(self):
        """
        Return a post of a fresh code.
        """
        self.region.next_step()
        return self.region.attempt(self.desk, self._phone.show())

    async def presentations(self):
        return await self._count(PresentationRow)

    async def used(self):
        return await self._count(UsedCounterRow)

    async def execute(self, script):
        """
        Run statements of the database's own.
        """
        async with self.region.database.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            await raw.driver_connection.execute(script)

    async def limited(self, *, to_now):
        """
        Let the SQLite file grow no more, or as much as it likes.
        """
        async with self.region.database.transaction() as session:
            pages = (await session.execute(text("pragma page_count"))).scalar_one()
            most = pages if to_now else 1_000_000
            await session.execute(text(f"pragma max_page_count = {most}"))

    async def _count(self, model):
        async with self.region.database.reading() as session:
            return len((await session.execute(select(model))).scalars().all())
