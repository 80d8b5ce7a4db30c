"""Enrolment: token, password, secret, confirmation."""

import asyncio
import base64
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from wallet.errors import ValidationFailedError
from wallet.operators.models import (
    OperatorEnrolmentRow,
    OperatorRecoveryCodeRow,
    OperatorRow,
)
from wallet.operators.words import Role


@pytest.fixture
async def token(desk):
    """
    The enrolment token of an operator named zhang.
    """
    issued = await desk.administration.add("zhang", display="张", role=Role.OPERATOR)
    return issued.token


async def row(desk, table):
    async with desk.database.reading() as session:
        return (await session.execute(select(table))).scalars().first()


class TestRedeem:
    async def test_uri(self, desk, token):
        """
        The URI names deployment and account and carries the secret that confirms.
        """
        enrolling = await desk.redeemed(token)
        uri = urlsplit(enrolling.uri)
        asked = parse_qs(uri.query)

        assert ("otpauth", "totp", "/fusion-wallet%20test:zhang") == (
            uri.scheme,
            uri.netloc,
            uri.path,
        )
        assert {"secret": [enrolling.secret], "issuer": ["fusion-wallet test"]} == asked
        assert desk.secrets["zhang"] == base64.b32decode(enrolling.secret)

    async def test_once(self, desk, token):
        """
        Of eight who redeem a token at once exactly one does.
        """
        outcomes = Counter(
            await asyncio.gather(
                *(
                    desk.outcome(desk.services.enrolment.redeem(token, desk.password))
                    for _ in range(8)
                )
            )
        )

        assert {"fine": 1, "TOKEN_INVALID": 7} == outcomes

    @pytest.mark.parametrize(("hours", "outcome"), [(23, "fine"), (24, "TOKEN_INVALID")])
    async def test_day(self, desk, token, hours, outcome):
        """
        A token is good for a day.
        """
        desk.clock.advance(hours * 3600)

        assert outcome == await desk.outcome(desk.redeemed(token))

    async def test_disabled(self, desk, token):
        """
        Disabling voids a token, for good.
        """
        await desk.administration.disable("zhang")
        disabled = await desk.outcome(desk.redeemed(token))
        await desk.administration.enable("zhang")

        assert ("TOKEN_INVALID", "TOKEN_INVALID") == (
            disabled,
            await desk.outcome(desk.redeemed(token)),
        )

    @pytest.mark.parametrize("token", ["", "fwoe_", "fwoe_" + "A" * 43, "fwos_" + "A" * 43, "张"])
    async def test_no_token(self, desk, token):
        """
        What is no token is refused.
        """
        refused = await desk.outcome(desk.services.enrolment.redeem(token, desk.password))

        assert "TOKEN_INVALID" == refused

    async def test_weak(self, desk, token):
        """
        A weak password is refused with the reason, and the token stays good.
        """
        with pytest.raises(ValidationFailedError) as refused:
            await desk.redeemed(token, "zhangzhang123")

        assert {"reason": "name"} == refused.value.members
        assert "fine" == await desk.outcome(desk.redeemed(token))

    async def test_nothing_in_clear(self, desk, token):
        """
        Neither token, password nor secret can be read from the tables.
        """
        enrolling = await desk.redeemed(token)
        before = str(await row(desk, OperatorEnrolmentRow))
        await desk.services.enrolment.confirm(enrolling.confirmation, desk.code())
        kept = before + str(await row(desk, OperatorRow))

        told = (token, enrolling.confirmation, desk.password, enrolling.secret)
        assert [] == [each for each in told if each in kept]
        assert desk.secrets["zhang"] not in (await row(desk, OperatorRow)).totp_secret


class TestConfirm:
    async def test_recovery_codes(self, desk, token):
        """
        Ten different recovery codes are given, and their hashes kept.
        """
        done = await desk.confirmed(token)
        kept = await row(desk, OperatorRecoveryCodeRow)

        assert (10, "zhang", 32) == (len(set(done.recovery_codes)), done.name, len(kept.digest))
        assert [("created", "zhang", ""), ("enrolled", "zhang", "")] == await desk.told()

    async def test_wrong_code(self, desk, token):
        """
        After a wrong code another may be tried; nothing counts before the right one.
        """
        enrolling = await desk.redeemed(token)
        confirm = desk.services.enrolment.confirm
        wrong = await desk.outcome(confirm(enrolling.confirmation, desk.code(steps=5)))
        before = await desk.outcome(desk.sign_in())

        assert ("VALIDATION_FAILED", "TOKEN_INVALID", "fine") == (
            wrong,
            before,
            await desk.outcome(confirm(enrolling.confirmation, desk.code())),
        )

    async def test_spends_the_code(self, desk, token):
        """
        The code that confirmed does not sign in.
        """
        enrolling = await desk.redeemed(token)
        await desk.services.enrolment.confirm(enrolling.confirmation, desk.code())

        assert "TOKEN_INVALID" == await desk.outcome(desk.sign_in())

    async def test_once(self, desk, token):
        """
        Of eight who confirm at once exactly one is given recovery codes.
        """
        enrolling = await desk.redeemed(token)
        confirm = desk.services.enrolment.confirm
        outcomes = Counter(
            await asyncio.gather(
                *(desk.outcome(confirm(enrolling.confirmation, desk.code())) for _ in range(8))
            )
        )

        assert {"fine": 1, "TOKEN_INVALID": 7} == outcomes

    async def test_in_time(self, desk, token):
        """
        A redeemed enrolment waits a quarter of an hour for its code.
        """
        enrolling = await desk.redeemed(token)
        desk.clock.advance(15 * 60)

        assert "TOKEN_INVALID" == await desk.outcome(
            desk.services.enrolment.confirm(enrolling.confirmation, desk.code())
        )

    async def test_disabled_meanwhile(self, desk, token):
        """
        Who was disabled after redeeming does not confirm.
        """
        enrolling = await desk.redeemed(token)
        await desk.administration.disable("zhang")

        assert "TOKEN_INVALID" == await desk.outcome(
            desk.services.enrolment.confirm(enrolling.confirmation, desk.code())
        )

    async def test_tokens_are_of_their_kind(self, desk, token):
        """
        An enrolment token does not confirm, and a confirmation cannot be redeemed.
        """
        enrolling = await desk.redeemed(token)
        enrolment = desk.services.enrolment

        assert ("TOKEN_INVALID", "TOKEN_INVALID") == (
            await desk.outcome(enrolment.confirm(token, desk.code())),
            await desk.outcome(enrolment.redeem(enrolling.confirmation, desk.password)),
        )

    async def test_reprs(self, desk, token):
        """
        Nothing secret stands in a repr.
        """
        enrolling = await desk.redeemed(token)
        done = await desk.services.enrolment.confirm(enrolling.confirmation, desk.code())

        assert ("Enrolling(…)", "Enrolled(…)") == (repr(enrolling), repr(done))
