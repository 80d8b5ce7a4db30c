"""Signing in, and what nobody may learn by trying."""

import asyncio
from collections import Counter

import pytest
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlmodel import select

from tests.unit.wallet.operators.conftest import SOURCE
from wallet.errors import RateLimitedError
from wallet.http.errors import TokenInvalidError
from wallet.operators.models import OperatorLockoutRow, OperatorRow
from wallet.operators.passwords import Passwords
from wallet.operators.words import Role


async def column(desk, value):
    async with desk.database.reading() as session:
        return (await session.execute(select(value))).scalars().all()


@pytest.mark.usefixtures("zhang")
class TestSignIn:
    async def test_password_and_totp(self, desk):
        """
        Password and code together open a session of twelve hours, and say who it is.
        """
        signed = await desk.sign_in()
        caller = await desk.sessions.operator(signed.token)

        assert ("operator", "Zhang", desk.clock.now()) == (
            caller.role,
            caller.display,
            caller.stepped_up_at,
        )
        assert (12 * 3600, 10) == (
            (signed.ends_at - desk.clock.now()).seconds,
            signed.recovery_codes_left,
        )
        assert signed.caller == caller

    async def test_recovery_code(self, desk, zhang):
        """
        A recovery code serves once in place of the authenticator, and is no step-up.
        """
        code = zhang.recovery_codes[3].upper().replace("-", "")
        signed = await desk.sign_in(code=code)
        again = await desk.outcome(desk.sign_in(code=code))

        assert (None, 9, "TOKEN_INVALID") == (
            signed.caller.stepped_up_at,
            signed.recovery_codes_left,
            again,
        )

    async def test_forgives_spelling(self, desk):
        """
        Capitals and blanks around the name, and another keyboard's spelling, are the same.
        """
        wide = desk.password.replace("and", "ａｎｄ")

        assert "fine" == await desk.outcome(desk.sign_in(" ZHANG ", wide, f" {desk.code()} "))

    @pytest.mark.parametrize(
        "given",
        [
            {"name": "li"},
            {"name": "张"},
            {"name": "zh\0ang"},
            {"name": "x" * 500},
            {"password": "something else entirely"},
            {"password": ""},
            {"password": "x" * 10_000},
            {"password": "\ud800" * 12},
            {"code": ""},
            {"code": "１２３４５６"},
            {"code": "aaaa-aaaa-aaaa-aaaa"},
            {"code": "x" * 10_000},
        ],
        ids=str,
    )
    async def test_one_refusal(self, desk, given):
        """
        Whatever is wrong, the refusal is the same and tells nothing.
        """
        with pytest.raises(TokenInvalidError) as refused:
            await desk.sign_in(**given)

        assert ("", {}, None) == (
            refused.value.detail,
            refused.value.members,
            refused.value.retry_after_seconds,
        )

    async def test_not_enrolled(self, desk):
        """
        Who has not enrolled cannot sign in.
        """
        await desk.administration.add("li", display="Li", role=Role.AUDITOR)

        assert "TOKEN_INVALID" == await desk.outcome(desk.sign_in("li", code="123456"))

    @pytest.mark.parametrize("steps", [-1, 0, 1])
    async def test_window(self, desk, steps):
        """
        The neighbours of the present step are accepted.
        """
        desk.clock.advance(60)

        assert "fine" == await desk.outcome(desk.sign_in(code=desk.code(steps=steps)))

    @pytest.mark.parametrize("steps", [-2, 2])
    async def test_beside_the_window(self, desk, steps):
        """
        Others are not.
        """
        desk.clock.advance(60)

        assert "TOKEN_INVALID" == await desk.outcome(desk.sign_in(code=desk.code(steps=steps)))

    async def test_older_step(self, desk):
        """
        After a later step was spent, an earlier one is not accepted any more.
        """
        desk.clock.advance(60)
        older = desk.code(steps=-1)
        await desk.sign_in()

        assert "TOKEN_INVALID" == await desk.outcome(desk.sign_in(code=older))

    async def test_one_step_once(self, desk):
        """
        Of eight who show the same code at once exactly one gets in.
        """
        code = desk.code()
        outcomes = Counter(
            await asyncio.gather(*(desk.outcome(desk.sign_in(code=code)) for _ in range(8)))
        )

        assert (1, set()) == (
            outcomes["fine"],
            set(outcomes) - {"fine", "TOKEN_INVALID", "RATE_LIMITED"},
        )

    async def test_one_recovery_code_once(self, desk, zhang):
        """
        Of eight who show the same recovery code at once exactly one gets in.
        """
        code = zhang.recovery_codes[0]
        outcomes = Counter(
            await asyncio.gather(*(desk.outcome(desk.sign_in(code=code)) for _ in range(8)))
        )

        assert (1, set()) == (
            outcomes["fine"],
            set(outcomes) - {"fine", "TOKEN_INVALID", "RATE_LIMITED"},
        )

    async def test_reset_meanwhile(self, desk):
        """
        Who is reset while the password is being judged does not get in.
        """
        passwords = desk.services.signing_in._passwords
        judge = passwords.match

        async def slow(stored, password):
            await desk.administration.reset("zhang")
            return await judge(stored, password)

        passwords.match = slow

        assert "TOKEN_INVALID" == await desk.outcome(desk.sign_in())

    async def test_renews_the_hash(self, desk):
        """
        A hash made with other parameters is made anew at the next sign-in, and serves then.
        """
        before = await column(desk, OperatorRow.password_hash)
        desk.services.signing_in._passwords = Passwords(RFC_9106_LOW_MEMORY)
        await desk.sign_in()
        after = await column(desk, OperatorRow.password_hash)
        desk.clock.advance(30)

        assert ("m=8,t=1,p=1", "m=65536,t=3,p=4") == tuple(
            each[0].split("$")[3] for each in (before, after)
        )
        assert "fine" == await desk.outcome(desk.sign_in())


@pytest.mark.usefixtures("zhang")
class TestLockOut:
    async def outcomes(self, desk, times, **given):
        return [
            await desk.outcome(desk.sign_in(**({"password": "wrong"} | given)))
            for _ in range(times)
        ]

    @pytest.mark.parametrize("name", ["zhang", "nobody"])
    async def test_account(self, desk, name):
        """
        After five failures an account waits a minute, be it somebody's or not.
        """
        failed = await self.outcomes(desk, 5, name=name)
        desk.clock.advance(20)
        with pytest.raises(RateLimitedError) as refused:
            await desk.sign_in(name)
        desk.clock.advance(40)
        after = await self.outcomes(desk, 1, name=name)

        assert (["TOKEN_INVALID"] * 5, 40, ["TOKEN_INVALID"]) == (
            failed,
            refused.value.retry_after_seconds,
            after,
        )

    async def test_everything_right(self, desk):
        """
        While an account is locked, what is right is not told apart and spends nothing.
        """
        await self.outcomes(desk, 5)
        code = desk.code()
        locked = await desk.outcome(desk.sign_in(code=code))
        desk.clock.advance(60)

        assert ("RATE_LIMITED", "fine") == (
            locked,
            await desk.outcome(desk.sign_in(code=desk.code(steps=-1))),
        )

    async def test_doubles(self, desk):
        """
        Each failure after that doubles the wait, up to an hour.
        """
        await self.outcomes(desk, 4)
        waits = []
        for _ in range(8):
            await self.outcomes(desk, 1)
            with pytest.raises(RateLimitedError) as refused:
                await desk.sign_in()
            waits.append(refused.value.retry_after_seconds)
            desk.clock.advance(waits[-1])

        assert [60, 120, 240, 480, 960, 1920, 3600, 3600] == waits

    async def test_success_forgives(self, desk):
        """
        A right sign-in forgets the failures before it.
        """
        await self.outcomes(desk, 4)
        await desk.sign_in()

        assert [] == await column(desk, OperatorLockoutRow.failures)
        assert ["TOKEN_INVALID"] * 5 == await self.outcomes(desk, 5)

    async def test_day_forgives(self, desk):
        """
        A day without a failure forgets them too.
        """
        await self.outcomes(desk, 4)
        desk.clock.advance(24 * 3600)

        assert ["TOKEN_INVALID"] * 5 == await self.outcomes(desk, 5)

    async def test_source(self, desk):
        """
        Twenty failures from one network, whoever is tried, lock it, and no other.
        """
        for number in range(20):
            await self.outcomes(desk, 1, name=f"name{number}", source="2001:db8::1")

        assert ("RATE_LIMITED", "fine") == (
            await desk.outcome(desk.sign_in(source="2001:db8::2")),
            await desk.outcome(desk.sign_in(source="2001:db8:0:1::1")),
        )

    async def test_source_is_let_in(self, desk):
        """
        A shell ends the lock-out of a network.
        """
        for number in range(20):
            await self.outcomes(desk, 1, name=f"name{number}")
        before = await desk.outcome(desk.sign_in())
        await desk.administration.let_in(SOURCE)

        assert ("RATE_LIMITED", "fine") == (before, await desk.outcome(desk.sign_in()))

    async def test_locked_source_counts_nothing(self, desk):
        """
        A locked network cannot lock accounts.
        """
        for number in range(20):
            await self.outcomes(desk, 1, name=f"name{number}")
        await self.outcomes(desk, 6)

        assert "fine" == await desk.outcome(desk.sign_in(source="198.51.100.1"))

    async def test_at_once(self, desk):
        """
        Many attempts at once are not more than one after the other.
        """
        wrong = [desk.outcome(desk.sign_in(password="wrong")) for _ in range(12)]
        outcomes = Counter(await asyncio.gather(*wrong))

        assert {"TOKEN_INVALID": 5, "RATE_LIMITED": 7} == outcomes

    async def test_sources_are_hidden(self, desk):
        """
        Neither name nor address stands in the table.
        """
        await self.outcomes(desk, 1)
        subjects = await column(desk, OperatorLockoutRow.subject)

        assert ([32, 32], False) == (
            [len(each) for each in subjects],
            any(b"zhang" in each or b"192" in each for each in subjects),
        )

    async def test_written_down(self, desk):
        """
        Each refusal is written down with its reason, and the lock-out that follows.
        """
        await self.outcomes(desk, 1, name="nobody")
        await desk.outcome(desk.sign_in(code="000000"))
        await self.outcomes(desk, 4)

        assert [
            ("refused", None, "name"),
            ("refused", "zhang", "code"),
            *[("refused", "zhang", "password")] * 4,
            ("locked", "zhang", "account"),
        ] == (await desk.told())[2:]


@pytest.mark.usefixtures("zhang")
class TestDisabled:
    async def test_sign_in(self, desk):
        """
        A disabled operator is refused as anybody else, until enabled.
        """
        await desk.administration.disable("zhang")
        while_disabled = await desk.outcome(desk.sign_in())
        await desk.administration.enable("zhang")

        assert ("TOKEN_INVALID", "fine") == (while_disabled, await desk.outcome(desk.sign_in()))
        assert ("refused", "zhang", "status") in await desk.told()
