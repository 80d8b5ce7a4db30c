"""What operators did, as it is read."""

import pytest
from sqlalchemy.exc import IntegrityError

from wallet.errors import StateConflictError, ValidationFailedError
from wallet.http.callers import OperatorCaller
from wallet.operators import repository
from wallet.operators.grounds import grounds
from wallet.operators.models import OperatorEventRow

RESIDENT = 4_611_686_018_427_387_904


async def looked(desk, caller, purpose="投诉核实", ticket="T-1"):
    async with desk.database.transaction() as session:
        await desk.events.looked(session, caller, RESIDENT, grounds(purpose, ticket))


@pytest.fixture
async def caller(desk, zhang):  # noqa: ARG001 - who signs in
    """
    A caller who signed in just now.
    """
    return (await desk.sign_in()).caller


class TestLooked:
    async def test_written(self, desk, caller):
        """
        A look has purpose, ticket and the person's handle for operators, which opens again.
        """
        await looked(desk, caller)
        event = (await desk.events.page(limit=1)).events[0]

        assert ("looked", "zhang", "投诉核实", "T-1", desk.events.person(RESIDENT)) == (
            event.kind,
            event.name,
            event.purpose,
            event.ticket,
            event.person,
        )
        assert (RESIDENT, 0) == desk.vault.open_id("res", "operators", event.person)

    @pytest.mark.parametrize(
        ("purpose", "ticket"),
        [
            ("", "T-1"),
            ("   ", "T-1"),
            ("x" * 61, "T-1"),
            ("a\nb", "T-1"),
            ("投诉 440104198807213314", "T-1"),
            ("call 138 0013 8000", "T-1"),
            ("投诉核实", ""),
            ("投诉核实", "T 1"),
            ("投诉核实", "x" * 33),
            ("投诉核实", "单号"),
        ],
    )
    async def test_grounds(self, desk, caller, purpose, ticket):
        """
        Without a purpose and a ticket of the documented form nobody looks.
        """
        with pytest.raises(ValidationFailedError):
            await looked(desk, caller, purpose, ticket)

    @pytest.mark.parametrize(("seconds", "fresh"), [(599, True), (600, False)])
    async def test_step_up(self, desk, caller, seconds, fresh):
        """
        The last code of the authenticator is at most ten minutes old.
        """
        desk.clock.advance(seconds)

        assert fresh == desk.events.stepped_up(caller)
        if not fresh:
            with pytest.raises(StateConflictError):
                await looked(desk, caller)

    async def test_with_the_deed(self, desk, caller):
        """
        What is rolled back was not done, and is not written down.
        """

        async def interrupted():
            async with desk.database.transaction() as session:
                await desk.events.looked(session, caller, RESIDENT, grounds("why", "T-1"))
                raise ZeroDivisionError

        before = await desk.told()
        with pytest.raises(ZeroDivisionError):
            await interrupted()

        assert before == await desk.told()

    @pytest.mark.parametrize("missing", ["person", "purpose", "ticket"])
    async def test_whole(self, desk, caller, missing):
        """
        The database takes no look without person, purpose and ticket.
        """
        values = {"person": "res_x", "purpose": "why", "ticket": "T-1", missing: None}
        row = OperatorEventRow(
            event_id=1 << 40,
            at=desk.clock.now(),
            operator_id=caller.operator_id,
            kind="looked",
            detail="",
            **values,
        )
        with pytest.raises(IntegrityError):
            async with desk.database.transaction() as session:
                await repository.add_event(session, row)


class TestPage:
    async def test_newest_first(self, desk, caller):
        """
        Pages follow each other without gap or repetition, the newest first.
        """
        for number in range(5):
            await looked(desk, caller, ticket=f"T-{number}")
        seen, cursor = [], None
        while True:
            page = await desk.events.page(cursor=cursor, limit=3)
            seen += [each.ticket or each.kind for each in page.events]
            cursor = page.next_cursor
            if cursor is None:
                break

        assert ["T-4", "T-3", "T-2", "T-1", "T-0", "signed_in", "enrolled", "created"] == seen

    @pytest.mark.parametrize(
        "asked", [{"cursor": ""}, {"cursor": "evt_0"}, {"limit": 0}, {"limit": 101}], ids=str
    )
    async def test_refused(self, desk, asked):
        """
        A cursor is one of ours and a limit in range.
        """
        with pytest.raises(ValidationFailedError):
            await desk.events.page(**asked)

    async def test_nothing(self, desk):
        """
        Where nothing happened there is an empty page.
        """
        page = await desk.events.page()

        assert ((), None) == (page.events, page.next_cursor)


class TestSteppedUp:
    def test_never(self, desk):
        """
        Who signed in with a recovery code has not.
        """
        caller = OperatorCaller(operator_id=1, session_id=1, role="operator", display="Zhang")

        assert not desk.events.stepped_up(caller)
