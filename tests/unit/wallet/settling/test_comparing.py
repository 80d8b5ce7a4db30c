"""What partners have, beside what these books have."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from integrations.spi import StatementRow
from tests.fakes.outside import Payer
from tests.fixtures.desks import PARTY, Desk
from wallet.settling.comparing import Comparing
from wallet.settling.returns import Return


class Stating(Payer):
    """
    Tells of every charge that it took; its cancel bears the charge's id, as Alipay's does.
    """

    def prepare(self, request, continuation, numbers, party):
        prepared = super().prepare(request, continuation, numbers, party)
        original = getattr(request, "original", "")
        cancels = prepared.operation == "cancel_charge"
        return replace(prepared, reference=original) if cancels else prepared

    async def statement(self, day, party):
        del day, party
        charges = [("charge", each, amount) for each, amount in self.taken.items()]
        refunds = [("refund", each, amount) for each, amount in self.given_back.items()]
        return tuple(
            StatementRow(
                kind=kind,
                reference=reference,
                partner_reference=f"T{reference}",
                total_minor=amount,
                at=self.at,
            )
            for kind, reference, amount in (*charges, *refunds)
        )


@pytest.fixture
def desk(database, clock, ids, vault):
    """
    A desk whose payer gives statements.
    """
    desk = Desk(database, clock, ids, vault, payer=Stating())
    desk.payer.at = clock.now()
    return desk


async def compared(desk):
    """
    Return verdict and kind of everything in the payer's statement.
    """
    comparing = Comparing(till=desk.counter.till, visits=desk.visits.records, clock=desk.clock)
    payer = desk.payer.manifest.id
    async with desk.database.reading() as session:
        view = await desk.parties.view(session, PARTY, payer)
        since = desk.payer.at - timedelta(hours=1)
        found = comparing.statements(session, view, payer, since)
        return [(each.verdict, each.what) async for each in found]


class TestStatements:
    async def test_charged_and_refunded(self, desk):
        """
        What was charged, and what went back, stands here as it stands there.
        """
        folder = await desk.settled()
        await desk.returns.give_back(desk.intent(), desk.name_of(folder.settlement), Return())

        assert [("agrees", "charge"), ("agrees", "refund")] == await compared(desk)

    async def test_charged_there_and_cancelled_here(self, desk):
        """
        That a charge was cancelled here says nothing of one that the payer did take.
        """
        desk.payer.fail("charge", "pay_later")
        await desk.work_off(await desk.settled(), until="cash_due")
        (cancelled,) = {each for done, each in desk.payer.performed if done == "cancel_charge"}
        desk.payer.taken[cancelled] = 4_500

        assert [("open", "charge")] == await compared(desk)
