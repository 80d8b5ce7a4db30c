"""Operators as whoever has a shell sees to them."""

import asyncio

import pytest
from sqlmodel import select

from wallet.operators.errors import InvalidOperatorError, NameTakenError, UnknownOperatorError
from wallet.operators.models import OperatorEnrolmentRow, OperatorLockoutRow, OperatorSessionRow
from wallet.operators.words import Role


async def count(desk, *tables):
    async with desk.database.reading() as session:
        return [len((await session.execute(select(table))).all()) for table in tables]


class TestAdd:
    @pytest.mark.parametrize(
        "name", ["", "z", "Zhang", "1zhang", "zhang san", "张三", "z" * 33, "zhang\n"]
    )
    async def test_names(self, desk, name):
        """
        A name is lower-case ASCII and begins with a letter.
        """
        with pytest.raises(InvalidOperatorError):
            await desk.administration.add(name, display="Zhang", role=Role.OPERATOR)

    @pytest.mark.parametrize("display", ["", " ", "a\nb", "x" * 65, " Zhang"])
    async def test_displays(self, desk, display):
        """
        A display name can be displayed.
        """
        with pytest.raises(InvalidOperatorError):
            await desk.administration.add("zhang", display=display, role=Role.OPERATOR)

    async def test_taken(self, desk):
        """
        A name is given once, and trying again disturbs nothing.
        """
        issued = await desk.administration.add("zhang", display="Zhang", role=Role.OPERATOR)
        with pytest.raises(NameTakenError):
            await desk.administration.add("zhang", display="Other", role=Role.AUDITOR)

        assert "fine" == await desk.outcome(desk.redeemed(issued.token))

    async def test_repr(self, desk):
        """
        The token does not stand in a repr.
        """
        issued = await desk.administration.add("zhang", display="Zhang", role=Role.OPERATOR)

        assert "EnrolmentIssued(…)" == repr(issued)


class TestListed:
    async def test_by_name(self, desk):
        """
        Operators are listed by name, with who has yet to enrol and what recovery codes are left.
        """
        await desk.enrolled("zhang")
        await desk.administration.add("li", display="Li", role=Role.AUDITOR)
        await desk.administration.disable("li")

        assert [
            ("li", "Li", "auditor", "disabled", False, 0),
            ("zhang", "Zhang", "operator", "active", True, 10),
        ] == [
            (o.name, o.display, o.role, o.status, o.enrolled_at is not None, o.recovery_codes_left)
            for o in await desk.administration.listed()
        ]


@pytest.mark.usefixtures("zhang")
class TestReset:
    async def test_voids(self, desk, zhang):
        """
        Password, authenticator and recovery codes are void until the operator enrolled anew.
        """
        issued = await desk.administration.reset("zhang")
        old = [
            await desk.outcome(desk.sign_in(code=code))
            for code in (desk.code(), zhang.recovery_codes[0])
        ]
        fresh = await desk.confirmed(issued.token)

        assert (["TOKEN_INVALID"] * 2, "fine") == (old, await desk.outcome(desk.sign_in()))
        assert set() == set(fresh.recovery_codes) & set(zhang.recovery_codes)

    async def test_token_before(self, desk):
        """
        Of two resets only the later one's token serves.
        """
        tokens = [(await desk.administration.reset("zhang")).token for _ in range(2)]

        assert ["TOKEN_INVALID", "fine"] == [
            await desk.outcome(desk.redeemed(token)) for token in tokens
        ]


@pytest.mark.usefixtures("zhang")
class TestEnable:
    async def test_ends_a_lock_out(self, desk):
        """
        Enabling ends the lock-out of an account.
        """
        for _ in range(5):
            await desk.outcome(desk.sign_in(password="wrong"))
        locked = await desk.outcome(desk.sign_in())
        await desk.administration.enable("zhang")

        assert ("RATE_LIMITED", "fine") == (locked, await desk.outcome(desk.sign_in()))


class TestUnknown:
    @pytest.mark.parametrize("act", ["disable", "enable", "reset"])
    async def test_nobody(self, desk, act):
        """
        Nobody is said to be unknown.
        """
        with pytest.raises(UnknownOperatorError):
            await getattr(desk.administration, act)("nobody")


@pytest.mark.usefixtures("zhang")
class TestPrune:
    async def test_forgets(self, desk):
        """
        Sessions, enrolments and failures are forgotten when their time is over; events never.
        """
        await desk.administration.add("li", display="Li", role=Role.AUDITOR)
        await desk.sign_in()
        await desk.outcome(desk.sign_in(password="wrong"))
        tables = (OperatorSessionRow, OperatorEnrolmentRow, OperatorLockoutRow)
        before, told = await count(desk, *tables), await desk.told()
        desk.clock.advance(24 * 3600)
        async with desk.database.transaction() as session:
            gone = await desk.services.prune(session)

        assert ([1, 1, 2], 4, [0, 0, 0]) == (before, gone, await count(desk, *tables))
        assert told == await desk.told()


@pytest.mark.usefixtures("zhang")
class TestAtOnce:
    async def test_nobody_waits_for_each_other(self, desk):
        """
        Signing in, stepping up, enrolling and what a shell does may happen all at once.
        """
        caller = (await desk.sign_in()).caller
        enrolment = desk.services.enrolment
        outcomes = set()
        for _ in range(3):
            desk.clock.advance(30)
            await desk.administration.enable("zhang")
            token = (await desk.administration.reset("zhang")).token
            enrolling = await desk.redeemed(token)
            code = desk.code()
            acts = [
                enrolment.confirm(enrolling.confirmation, code),
                desk.sign_in(code=code),
                desk.sessions.step_up(caller, code),
                desk.administration.enable("zhang"),
                desk.administration.reset("zhang"),
                desk.administration.disable("zhang"),
                desk.administration.enable("zhang"),
            ]
            outcomes |= set(await asyncio.gather(*(desk.outcome(act) for act in acts)))

        assert outcomes <= {"fine", "TOKEN_INVALID", "RATE_LIMITED"}
