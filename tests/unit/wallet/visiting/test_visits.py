"""Visits: registered, asked about, cancelled, closed."""

import pytest

from tests.fixtures.desks import DETAILS, answered
from tests.unit.wallet.settling.test_settling_api import application
from wallet.errors import NotFoundError, StateConflictError
from wallet.parties.errors import ScopeDeniedError
from wallet.presentations.errors import HandleMismatchError


class Registrations:
    """
    Opens visits and looks at them again.
    """

    def __init__(self, desk):
        self.desk = desk

    async def open(self, **changes):
        return await self.desk.visits.open(self.desk.intent(), self.desk.scan(**changes), DETAILS)

    async def look(self, visit):
        async with self.desk.database.reading() as session:
            return await self.desk.visits.records.get(session, visit.resident_id, visit.visit_id)

    async def until(self, visit, phase):
        for _ in range(80):
            if await self.desk.loop.run_due() == 0:
                self.desk.clock.advance(5)
            seen = await self.look(visit)
            if seen.state.phase == phase:
                return seen
        return seen

    async def cancel(self, visit):
        name = self.desk.visits.name(visit.party_id, visit)
        return await self.desk.visits.cancel(self.desk.intent(), name)


@pytest.fixture
def registrations(desk):
    return Registrations(desk)


class TestOpen:
    async def test_registers(self, desk, registrations):
        """
        An insured visit is registered with the insurer, once.
        """
        visit = await registrations.open()

        assert ("open", True) == (visit.state.phase, visit.state.registered)
        assert f"MV{visit.visit_id}" == visit.visit_reference
        assert b"visit" == visit.continuation
        assert b"" == visit.insurance.credential
        assert 1 == desk.insurer.times("register")

    @pytest.mark.parametrize("refusal", ["CREDENTIAL_REQUIRED", ""])
    async def test_without_insurance(self, desk, registrations, refusal):
        """
        A visit opens also without the insurer, and says why.
        """
        refused = answered("insurance", "insurer", valid=False, refusal=refusal)
        visit = await registrations.open(insurance=refused if refusal else None)

        assert ("open", False, refusal) == (
            visit.state.phase,
            visit.state.registered,
            visit.state.reason,
        )
        assert [] == desk.insurer.performed

    @pytest.mark.parametrize("fault", ["cut_after", "hang", "cut_before", "crash", "not_sent"])
    async def test_an_unknown_registration(self, desk, registrations, fault):
        """
        A registration nobody knows of is asked about, then the same call is repeated.
        """
        desk.insurer.fail("register", fault)
        visit = await registrations.open()
        assert "registering" == visit.state.phase
        opened = await registrations.until(visit, "open")
        references = {reference for _, reference in desk.insurer.performed}

        assert opened.state.registered
        assert 1 == len(references)

    async def test_refused(self, desk, registrations):
        """
        A refused registration opens the visit without the insurer.
        """
        desk.insurer.fail("register", "decline:NOT_INSURED")
        visit = await registrations.open()

        assert ("open", False, "NOT_INSURED") == (
            visit.state.phase,
            visit.state.registered,
            visit.state.reason,
        )

    async def test_never_known(self, desk, registrations):
        """
        What is never known is left to a person, who may ask again.
        """
        desk.insurer.fail("register", *["cut_before"] * 33)
        visit = await registrations.open()
        desk.clock.advance(60)
        for _ in range(130):
            desk.clock.advance(300)
            await desk.loop.run_due()
        left = await registrations.look(visit)
        assert "review" == left.state.phase
        (waiting,) = await desk.review.listed()
        await desk.reexamine()
        with pytest.raises(StateConflictError):
            await desk.review.reexamine("visit", waiting.id, "again (T-2)")
        for _ in range(20):
            desk.clock.advance(300)
            await desk.loop.run_due()

        assert (await registrations.look(visit)).state.registered

    async def test_a_replayed_key(self, desk):
        """
        The same key again opens nothing new.
        """
        intent, scan = desk.intent(), desk.scan()
        first = await desk.visits.open(intent, scan, DETAILS)
        again = await desk.visits.open(intent, scan, DETAILS)

        assert first.visit_id == again.visit_id
        assert 1 == desk.insurer.times("register")

    async def test_a_wrong_handle(self, desk):
        """
        What is not a handle of this party opens nothing.
        """
        with pytest.raises(HandleMismatchError):
            await desk.visits.open(desk.intent(), desk.scan(party_id=8), DETAILS)

    async def test_another_partys(self, desk, registrations):
        """
        Another party's visit is nobody's.
        """
        visit = await registrations.open()
        name = desk.visits.name(visit.party_id, visit)
        with pytest.raises(NotFoundError):
            await desk.visits.get(desk.caller(party_id=8), name)
        with pytest.raises(NotFoundError):
            await desk.visits.get(desk.caller(party_id=8), desk.visits.name(8, visit))
        with pytest.raises(ScopeDeniedError):
            await desk.visits.get(desk.caller(scopes=frozenset()), name)


class TestCancel:
    async def test_undoes_the_registration(self, desk, registrations):
        """
        退号 undoes the registration at the insurer.
        """
        gone = await registrations.cancel(await registrations.open())

        assert "cancelled" == gone.state.phase
        assert {} == desk.insurer.visits

    async def test_without_insurance(self, desk, registrations):
        """
        Without the insurer there is nothing to undo.
        """
        gone = await registrations.cancel(await registrations.open(insured=False))

        assert "cancelled" == gone.state.phase
        assert [] == desk.insurer.performed

    async def test_refused(self, desk, registrations):
        """
        A refused cancel leaves the visit open.
        """
        visit = await registrations.open()
        desk.insurer.fail("cancel_registration", "decline:SETTLED")
        left = await registrations.cancel(visit)

        assert ("open", "SETTLED") == (left.state.phase, left.state.reason)

    @pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
    async def test_unknown(self, desk, registrations, fault):
        """
        A cancel nobody knows of is asked about and repeated.
        """
        visit = await registrations.open()
        desk.insurer.fail("cancel_registration", fault)
        await registrations.cancel(visit)
        gone = await registrations.until(visit, "cancelled")

        assert "cancelled" == gone.state.phase
        assert {} == desk.insurer.visits

    async def test_with_a_settlement(self, desk):
        """
        Nothing is cancelled while something is settled or being settled in the visit.
        """
        name = await desk.visit()
        folder = await desk.open(name)
        with pytest.raises(StateConflictError):
            await desk.visits.cancel(desk.intent(), name)
        await desk.confirm(folder)
        with pytest.raises(StateConflictError):
            await desk.visits.cancel(desk.intent(), name)

    async def test_twice(self, registrations):
        """
        A cancelled visit is not open.
        """
        visit = await registrations.open()
        await registrations.cancel(visit)
        with pytest.raises(StateConflictError):
            await registrations.cancel(visit)

    async def test_a_replayed_key(self, desk, registrations):
        """
        The same key again answers the present state.
        """
        visit = await registrations.open()
        intent, name = desk.intent(), desk.visits.name(visit.party_id, visit)
        await desk.visits.cancel(intent, name)
        again = await desk.visits.cancel(intent, name)

        assert "cancelled" == again.state.phase


class TestClose:
    async def test_after_a_week(self, desk, registrations):
        """
        A visit closes by itself after a week.
        """
        visit = await registrations.open()
        desk.clock.advance(7 * 86_400)
        closed = await registrations.until(visit, "closed")

        assert "closed" == closed.state.phase

    async def test_not_while_cash_is_due(self, desk):
        """
        A visit stays open while a settlement is going on in it.
        """
        desk.parties.given = {"cash_due_seconds": 30 * 86_400}
        folder = await desk.settled("desk")
        desk.clock.advance(7 * 86_400)
        await desk.loop.run_due()
        async with desk.database.reading() as session:
            visit = await desk.visits.records.get(
                session, folder.settlement.resident_id, folder.settlement.visit_id
            )

        assert "open" == visit.state.phase


class TestApi:
    async def test_open_look_cancel(self, desk):
        """
        A desk opens a visit, looks at it and cancels it.
        """
        async with application(desk) as client:
            opened = await client.visit()
            path = f"/v1/visits/{opened['id']}"
            seen = await client.get(path)
            gone = await client.post(f"{path}/cancel")

        assert ("open", True, False) == (opened["phase"], opened["insured"], opened["locked"])
        assert opened == seen.json()
        assert "cancelled" == gone.json()["phase"]
