"""What the platform says became of a call, and its list of a day, over real HTTP."""

from integrations.spi import Happened, Undecided
from tests.contract.nhsa.builders import START, ZHANG, bill_of


class TestQuery:
    async def test_registration(self, hospital):
        """
        A registration is found by our own visit number.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        registered = await hospital.do(hospital.registration())
        answer = await hospital.query()

        assert Happened(result=registered.result, continuation=registered.continuation) == answer

    async def test_registration_that_never_arrived(self, hospital):
        """
        A registration that is not listed may still be under way.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        hospital.prepare(hospital.registration())

        assert Undecided(reason="not_listed") == await hospital.query()

    async def test_settlement(self, hospital):
        """
        A settlement is found by our message id, with the insurer's own split.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        settled = await hospital.do(hospital.settlement(bill, shown))
        answer = await hospital.query()

        assert Happened(result=settled.result, continuation=settled.continuation) == answer

    async def test_settlement_that_never_arrived(self, hospital):
        """
        A settlement that is not listed is undecided.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        hospital.prepare(hospital.settlement(bill, shown))

        assert Undecided(reason="not_listed") == await hospital.query()

    async def test_cancellation_that_never_arrived(self, hospital):
        """
        A settlement that still stands does not say that its cancellation failed.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        await hospital.do(hospital.settlement(bill, shown))
        hospital.prepare(hospital.settlement_undo())

        assert Undecided(reason="still_settled") == await hospital.query()

    async def test_open_visit_is_not_cancelled(self, hospital):
        """
        A visit that is still listed does not say that its cancellation failed.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        await hospital.do(hospital.registration())
        hospital.prepare(hospital.registration_undo())

        assert Undecided(reason="still_registered") == await hospital.query()

    async def test_uploads_are_repeated(self, hospital):
        """
        No query decides an upload.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        await hospital.do(hospital.registration())
        await hospital.do(hospital.upload(bill_of()))

        assert Undecided(reason="repeat") == await hospital.query()


class TestStatement:
    async def test_day_of_a_settlement_and_its_cancellation(self, hospital):
        """
        The day's statement has both, by our message ids, with positive amounts.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        await hospital.do(hospital.settlement(bill, shown))
        settled = hospital.last.reference
        await hospital.do(hospital.settlement_undo())
        cancelled = hospital.last.reference
        rows = await hospital.plugin.statement(START.date(), hospital.party)

        amounts = (bill.total_minor, shown.fund_minor, shown.account_minor)
        assert [("settlement", settled, *amounts), ("settlement_cancel", cancelled, *amounts)] == [
            (row.kind, row.reference, row.total_minor, row.fund_minor, row.account_minor)
            for row in rows
        ]
