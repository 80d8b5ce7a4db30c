"""Numbers for outside calls."""

import asyncio
from datetime import timedelta

import wallet.tables  # noqa: F401 - every table
from wallet.calls import numbers


async def many(database, clock, count, party_id=1, integration_id="nhsa"):
    async with database.transaction() as session:
        return [
            await numbers.allocate(session, party_id, integration_id, clock.now())
            for _ in range(count)
        ]


class TestAllocate:
    async def test_counts_within_a_second(self, database, clock):
        """
        Within a second sequences count from 1 for each party and integration.
        """
        ours = await many(database, clock, 3)
        theirs = await many(database, clock, 1, party_id=2)

        assert [1, 2, 3] == [each.sequence for each in ours]
        assert [1] == [each.sequence for each in theirs]
        assert clock.now() == ours[0].instant

    async def test_an_exhausted_second(self, database, clock, monkeypatch):
        """
        When a second's numbers are used up, the next second's are taken.
        """
        monkeypatch.setattr(numbers, "LARGEST_SEQUENCE", 2)
        given = await many(database, clock, 5)

        assert [1, 2, 1, 2, 1] == [each.sequence for each in given]
        assert clock.now() + timedelta(seconds=2) == given[-1].instant

    async def test_serials_are_unique(self, database, clock):
        """
        No two calls of the deployment have the same serial, also when they come at once.
        """
        batches = await asyncio.gather(
            *(many(database, clock, 5, party_id=party) for party in (1, 1, 2, 3)),
            many(database, clock, 5, integration_id="alipay"),
        )
        serials = [each.serial for batch in batches for each in batch]

        assert len(serials) == len(set(serials))
        assert all(0 < serial < 2**63 for serial in serials)

    async def test_prune(self, database, clock):
        """
        Old seconds are forgotten, and their numbers never come back.
        """
        (first,) = await many(database, clock, 1)
        clock.advance(2 * 86_400)
        async with database.transaction() as session:
            await numbers.prune(session, clock.now())
        (second,) = await many(database, clock, 1)

        assert first.serial != second.serial
