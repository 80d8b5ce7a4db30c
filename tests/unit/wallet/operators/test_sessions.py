"""Sessions of operators: how they end, and what a step-up is."""

import asyncio
from collections import Counter

import pytest
from sqlmodel import select

from wallet.operators.models import OperatorSessionRow
from wallet.operators.sessions import Opened
from wallet.operators.tokens import SESSION_PREFIX


class TestOperator:
    async def test_idle(self, desk, zhang):
        """
        A session ends after a quarter of an hour without a request, not while there are some.
        """
        signed = await desk.sign_in(code=zhang.recovery_codes[0])
        seen = []
        for minutes in (14, 14, 15):
            desk.clock.advance(minutes * 60)
            seen.append(await desk.outcome(desk.sessions.operator(signed.token)))

        assert ["fine", "fine", "TOKEN_INVALID"] == seen

    @pytest.mark.usefixtures("zhang")
    async def test_twelve_hours(self, desk):
        """
        It ends after twelve hours whatever happens.
        """
        signed = await desk.sign_in()
        for _ in range(71):
            desk.clock.advance(600)
            await desk.sessions.operator(signed.token)
        desk.clock.advance(600)

        assert "TOKEN_INVALID" == await desk.outcome(desk.sessions.operator(signed.token))

    @pytest.mark.usefixtures("zhang")
    async def test_noted_now_and_then(self, desk):
        """
        Requests within half a minute are one note.
        """
        signed, began = await desk.sign_in(), desk.clock.now()
        desk.clock.advance(29)
        await desk.sessions.operator(signed.token)
        async with desk.database.reading() as session:
            seen = (await session.execute(select(OperatorSessionRow.seen_at))).scalar_one()

        assert began == seen

    @pytest.mark.parametrize(
        "token", ["", "fwos_", SESSION_PREFIX + "A" * 43, "fwoe_" + "A" * 43, "fwos_" + "张" * 43]
    )
    async def test_no_token(self, desk, token):
        """
        What is no session's token is refused.
        """
        assert "TOKEN_INVALID" == await desk.outcome(desk.sessions.operator(token))

    @pytest.mark.usefixtures("zhang")
    @pytest.mark.parametrize("act", ["disable", "reset"])
    async def test_ended_by_others(self, desk, act):
        """
        Disabling and resetting end every session at once; enabling brings none back.
        """
        signed = await desk.sign_in()
        await getattr(desk.administration, act)("zhang")
        await desk.administration.enable("zhang")

        assert "TOKEN_INVALID" == await desk.outcome(desk.sessions.operator(signed.token))

    @pytest.mark.usefixtures("zhang")
    async def test_hash_only(self, desk):
        """
        Of the token only a hash is kept, and its repr shows nothing.
        """
        signed = await desk.sign_in()
        async with desk.database.reading() as session:
            row = (await session.execute(select(OperatorSessionRow))).scalar_one()

        opened = Opened(token=signed.token, caller=signed.caller, ends_at=signed.ends_at)
        assert (False, 32) == (signed.token in str(row), len(row.digest))
        assert ["SignedIn(…)", "Opened(…)"] == [repr(signed), repr(opened)]


@pytest.mark.usefixtures("zhang")
class TestSignOut:
    async def test_ends(self, desk):
        """
        Signing out ends this session and no other; twice is harmless and told once.
        """
        first = await desk.sign_in()
        desk.clock.advance(30)
        second = await desk.sign_in()
        for _ in range(2):
            await desk.sessions.sign_out(first.caller)

        assert ("TOKEN_INVALID", "fine") == (
            await desk.outcome(desk.sessions.operator(first.token)),
            await desk.outcome(desk.sessions.operator(second.token)),
        )
        assert 1 == (await desk.told()).count(("signed_out", "zhang", ""))


class TestStepUp:
    async def test_fresh_code(self, desk, zhang):
        """
        Another code steps the session up; the one that signed in does not.
        """
        signed = await desk.sign_in(code=zhang.recovery_codes[0])
        before = desk.events.stepped_up(signed.caller)
        caller = await desk.sessions.step_up(signed.caller, desk.code())
        again = await desk.outcome(desk.sessions.step_up(caller, desk.code()))

        assert (False, True, "TOKEN_INVALID") == (before, desk.events.stepped_up(caller), again)
        assert caller == await desk.sessions.operator(signed.token)

    async def test_no_recovery_code(self, desk, zhang):
        """
        A recovery code does not.
        """
        signed = await desk.sign_in()
        step_up = desk.sessions.step_up(signed.caller, zhang.recovery_codes[0])

        assert "TOKEN_INVALID" == await desk.outcome(step_up)

    @pytest.mark.usefixtures("zhang")
    async def test_once(self, desk):
        """
        Of eight who step up with one code at once exactly one does.
        """
        signed = await desk.sign_in()
        desk.clock.advance(30)
        code = desk.code()
        outcomes = Counter(
            await asyncio.gather(
                *(desk.outcome(desk.sessions.step_up(signed.caller, code)) for _ in range(8))
            )
        )

        assert (1, set()) == (
            outcomes["fine"],
            set(outcomes) - {"fine", "TOKEN_INVALID", "RATE_LIMITED"},
        )

    @pytest.mark.usefixtures("zhang")
    async def test_guessing(self, desk):
        """
        Guesses are counted with those of signing in, and what is right is then not told apart.
        """
        signed = await desk.sign_in()
        desk.clock.advance(30)
        guesses = [
            await desk.outcome(desk.sessions.step_up(signed.caller, desk.code(steps=9)))
            for _ in range(5)
        ]
        right = await desk.outcome(desk.sessions.step_up(signed.caller, desk.code()))
        desk.clock.advance(60)

        assert (["TOKEN_INVALID"] * 5, "RATE_LIMITED", "fine") == (
            guesses,
            right,
            await desk.outcome(desk.sessions.step_up(signed.caller, desk.code(steps=-1))),
        )
        assert ("locked", "zhang", "account") in await desk.told()

    @pytest.mark.usefixtures("zhang")
    async def test_ended(self, desk):
        """
        A session that was ended is not stepped up.
        """
        signed = await desk.sign_in()
        await desk.sessions.sign_out(signed.caller)
        desk.clock.advance(30)

        assert "TOKEN_INVALID" == await desk.outcome(
            desk.sessions.step_up(signed.caller, desk.code())
        )
