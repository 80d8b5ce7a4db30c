"""Who may write money, and who was taken over."""

import asyncio

import pytest

from wallet.instances.errors import NotOfDeploymentError
from wallet.instances.service import SILENT_BEATS

SEAT = "server one:8000"


async def refused(deployment, member):
    with pytest.raises(NotOfDeploymentError) as refusal:
        await deployment.may_write(member)
    return refusal.value.code, refusal.value.retry_after_seconds


class TestInsist:
    async def test_before_and_after_joining(self, deployment):
        """
        A process that has begun may write once it has joined, not before.
        """
        member = deployment.member()
        before = await refused(deployment, member)
        await member.beat()
        await deployment.may_write(member)

        assert ("OVERLOADED", 1) == before

    async def test_commands_are_not_asked(self, deployment):
        """
        A process that never began, such as a command, may write.
        """
        member = deployment.member(kind="")

        assert await deployment.may_write(member) is None

    async def test_asks_once_in_a_transaction(self, deployment):
        """
        What was true in a transaction stays so until it ends; it is asked once.
        """
        member = await deployment.joined()
        async with deployment.database.transaction() as session:
            await member.insist(session)
            member._lose()
            await member.insist(session)

        assert ("OVERLOADED", 1) == await refused(deployment, member)


class TestSeats:
    async def test_takes_over(self, deployment):
        """
        A new generation on a seat ends the right of the older one, which learns it at its beat.
        """
        ended = []
        old = await deployment.joined(seat=SEAT)
        old.when_lost(lambda: ended.append("old"))
        new = await deployment.joined(seat=SEAT)
        await deployment.may_write(new)
        refusal = await refused(deployment, old)
        await old.beat()

        assert (("OVERLOADED", 1), ["old"]) == (refusal, ended)

    async def test_cannot_come_back(self, deployment):
        """
        One that was taken over takes nothing back.
        """
        old = await deployment.joined(seat=SEAT)
        new = await deployment.joined(seat=SEAT)
        await old.beat()
        await old.beat()
        await deployment.may_write(new)

        assert ("OVERLOADED", 1) == await refused(deployment, old)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"seat": SEAT, "generation": 7}, {"seat": SEAT, "generation": 7}),
            ({"seat": SEAT}, {"seat": "server one:8001"}),
            ({}, {}),
        ],
        ids=["one generation", "two seats", "no seat"],
    )
    async def test_side_by_side(self, deployment, one, other):
        """
        Processes of one generation, on other seats or without one leave each other alone.
        """
        members = [await deployment.joined(**one), await deployment.joined(**other)]
        for member in members:
            await deployment.may_write(member)

        assert [False, False] == [member._lost for member in members]

    async def test_waits_for_what_is_being_written(self, deployment):
        """
        Nobody is taken over in the middle of a transaction that asked.
        """
        old = await deployment.joined(seat=SEAT)
        new = deployment.member(seat=SEAT)
        async with deployment.database.transaction() as session:
            await old.insist(session)
            taking = asyncio.create_task(new.beat())
            done, _ = await asyncio.wait({taking}, timeout=0.2)
        await taking

        assert set() == done
        assert ("OVERLOADED", 1) == await refused(deployment, old)


class TestSilence:
    async def test_given_up(self, deployment):
        """
        One that does not beat while another one beats ten times is given up.
        """
        silent, living = await deployment.joined(), await deployment.joined()
        for _ in range(SILENT_BEATS - 1):
            await living.beat()
        await deployment.may_write(silent)
        await living.beat()

        assert ("OVERLOADED", 1) == await refused(deployment, silent)

    async def test_who_beats_stays(self, deployment):
        """
        One that beats now and then is not.
        """
        slow, living = await deployment.joined(), await deployment.joined()
        for count in range(3 * SILENT_BEATS):
            if count % (SILENT_BEATS - 2) == 0:
                await slow.beat()
            await living.beat()

        assert await deployment.may_write(slow) is None

    async def test_an_outage_counts_for_nobody(self, deployment):
        """
        Whoever could not beat itself begins to count anew: the database was away for all.
        """
        silent, living = await deployment.joined(), await deployment.joined()
        for _ in range(SILENT_BEATS - 1):
            await living.beat()
        living._others.clear()  # what a failed beat does
        await living.beat()

        assert await deployment.may_write(silent) is None

    async def test_leaves_in_order(self, deployment):
        """
        A process that ends takes its row away, and what it was may not write.
        """
        member = deployment.member()
        async with member.present("worker"):
            await deployment.may_write(member)

        assert ("OVERLOADED", 1) == await refused(deployment, member)
