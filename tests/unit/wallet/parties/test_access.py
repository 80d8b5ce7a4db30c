"""Enrolment and tokens, beneath HTTP."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.fixtures.hospitals import private_key
from wallet.parties import SignatureInvalidError, TerminalUnknownError, TokenInvalidError
from wallet.parties.access import TokenIssued
from wallet.parties.words import PartyStatus


class TestEnrol:
    async def test_token_is_good_once(self, hospital):
        """
        Of several terminals that come with one enrolment token, one is enrolled.
        """
        right = await hospital.right()
        enrolments = [hospital.enrolment(right.token, private_key("p256")) for _ in range(3)]
        outcomes = await asyncio.gather(
            *(hospital.access.enrol(enrolment) for enrolment in enrolments),
            return_exceptions=True,
        )

        assert 2 == sum(isinstance(outcome, TokenInvalidError) for outcome in outcomes)

    async def test_expired_token(self, hospital):
        """
        An enrolment token ends with its time.
        """
        right = await hospital.right(timedelta(minutes=10))
        hospital.clock.advance(600)
        with pytest.raises(TokenInvalidError):
            await hospital.access.enrol(hospital.enrolment(right.token))

    async def test_proof_of_another_token(self, hospital):
        """
        A proof made for one token does not enrol with another, which stays good.
        """
        first, second = await hospital.right(), await hospital.right()
        stolen = replace(hospital.enrolment(first.token), token=second.token)
        with pytest.raises(SignatureInvalidError):
            await hospital.access.enrol(stolen)

        assert await hospital.access.enrol(hospital.enrolment(second.token))

    async def test_text_is_not_kept(self, hospital):
        """
        Neither the database nor a repr knows an enrolment token's text.
        """
        right = await hospital.right()
        async with hospital.database.reading() as session:
            connection = await session.connection()
            rows = await connection.exec_driver_sql("SELECT * FROM enrolment_tokens")
            stored = str(rows.all())

        assert right.token not in stored
        assert "EnrolmentIssued(…)" == repr(right)


class TestToken:
    async def test_assertion_is_good_once(self, hospital):
        """
        An assertion used twice, or by several at once, gives one token.
        """
        outcomes = await asyncio.gather(
            *(hospital.token(jti="the-same-jti") for _ in range(4)), return_exceptions=True
        )

        assert 3 == sum(isinstance(outcome, TerminalUnknownError) for outcome in outcomes)

    async def test_narrower_scope(self, hospital):
        """
        A terminal may ask for less than it has.
        """
        token = await hospital.token("visits:write")
        opened = hospital.parties.tokens.open(token, int(hospital.clock.now().timestamp()))

        assert ("visits:write",) == opened.scopes

    async def test_suspended_party(self, hospital):
        """
        The terminals of a suspended party get nothing until it may work again.
        """
        await hospital.administration.set_status(hospital.party_id, PartyStatus.SUSPENDED)
        with pytest.raises(TerminalUnknownError):
            await hospital.token()
        await hospital.administration.set_status(hospital.party_id, PartyStatus.ACTIVE)

        assert await hospital.token()

    @pytest.mark.parametrize("change", [{"aud": "https://x.example/"}, {"sub": "trm_x"}])
    async def test_wrong_claims(self, hospital, change):
        """
        An assertion for another audience or from nobody we know is refused.
        """
        with pytest.raises(TerminalUnknownError):
            await hospital.token(**change)

    async def test_other_key(self, hospital):
        """
        Another key proves nothing.
        """
        hospital.key = private_key("ed25519")
        with pytest.raises(TerminalUnknownError):
            await hospital.token()

    def test_repr(self):
        """
        A token never stands in a log by accident.
        """
        assert "TokenIssued(…)" == repr(TokenIssued(token="fwt_x", expires_in=1, scope=""))
