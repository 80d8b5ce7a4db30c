"""Parties as the rest of the wallet asks about them, and as operators see to them."""

import pytest
from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from tests.fixtures.hospitals import SCOPES, settings
from wallet.parties import InvalidProfileError, UnknownPartyError
from wallet.parties.words import PartyStatus, TerminalKind, scope_text, scopes_of


class Profile(Struct, forbid_unknown_fields=True):
    merchant: str
    secret: str


class TestSettings:
    async def test_are_what_was_set(self, hospital):
        """
        A party's settings are those it was created with.
        """
        async with hospital.database.reading() as session:
            assert settings() == await hospital.parties.settings(session, hospital.party_id)

    async def test_unknown_party(self, hospital):
        """
        A party that does not exist is a fault of the asker.
        """
        async with hospital.database.reading() as session:
            with pytest.raises(UnknownPartyError):
                await hospital.parties.settings(session, 404)

    @pytest.mark.parametrize(
        "changes",
        [
            {"kind": "bank"},
            {"settled_by": "nobody"},
            {"otp_limit_minor": -1},
            {"signed_limit_minor": 1},
            {"cash_due_seconds": 0},
        ],
    )
    async def test_database_holds_the_vocabulary(self, hospital, changes):
        """
        The database itself refuses words and amounts that cannot be.
        """
        with pytest.raises(IntegrityError):
            await hospital.administration.create_party(settings(**changes))


class TestTerminalActive:
    async def active(self, hospital, terminal_id=None):
        async with hospital.database.transaction() as session:
            return await hospital.parties.terminal_active(
                session, hospital.party_id, terminal_id or hospital.terminal_id
            )

    async def test_enrolled_unknown_revoked(self, hospital):
        """
        A terminal is active from its enrolment until it is revoked.
        """
        before, unknown = await self.active(hospital), await self.active(hospital, 404)
        await hospital.administration.revoke_terminal(hospital.party_id, hospital.terminal_id)

        assert (True, False, False) == (before, unknown, await self.active(hospital))

    async def test_suspended_party(self, hospital):
        """
        A suspended party's terminals are not active.
        """
        await hospital.administration.set_status(hospital.party_id, PartyStatus.SUSPENDED)

        assert not await self.active(hospital)


class TestProfiles:
    async def view(self, hospital, integration_id="alipay"):
        async with hospital.database.reading() as session:
            return await hospital.parties.view(session, hospital.party_id, integration_id)

    async def test_profile_reaches_its_integration_alone(self, hospital):
        """
        An integration sees the party's profile towards it and no other.
        """
        content = b'{"merchant":"2088","secret":"hush"}'
        await hospital.administration.set_profile(hospital.party_id, "alipay", content, Profile)

        mine, other = await self.view(hospital), await self.view(hospital, "nhsa")
        assert (content, b"", "第一人民医院", "hospital") == (
            mine.profile,
            other.profile,
            mine.name,
            mine.kind,
        )

    async def test_profile_is_replaced(self, hospital):
        """
        A second profile takes the first one's place.
        """
        for name in ("a", "b"):
            content = f'{{"merchant":"{name}","secret":""}}'.encode()
            await hospital.administration.set_profile(
                hospital.party_id, "alipay", content, Profile
            )

        assert b'{"merchant":"b","secret":""}' == (await self.view(hospital)).profile

    async def test_profile_lies_encrypted(self, hospital):
        """
        A profile cannot be read in the database.
        """
        content = b'{"merchant":"2088","secret":"hush"}'
        await hospital.administration.set_profile(hospital.party_id, "alipay", content, Profile)
        async with hospital.database.reading() as session:
            connection = await session.connection()
            rows = await connection.exec_driver_sql("SELECT profile FROM party_profiles")

            assert b"hush" not in bytes(rows.scalar_one())

    @pytest.mark.parametrize(
        ("content", "place"),
        [
            (b'{"merchant":1,"secret":"hush"}', r"\$\.merchant"),
            (b'{"merchant":"m","secret":"hush","more":1}', r"\$"),
            (b"\xff", r"\$"),
            (b"[" * 5000, r"\$"),
        ],
    )
    async def test_malformed_profile(self, hospital, content, place):
        """
        A malformed profile is refused by naming the place and no value.
        """
        with pytest.raises(InvalidProfileError, match=f"^look at {place}$"):
            await hospital.administration.set_profile(
                hospital.party_id, "alipay", content, Profile
            )

    async def test_integration_without_profiles(self, hospital):
        """
        An integration that knows no profiles gets none.
        """
        with pytest.raises(InvalidProfileError):
            await hospital.administration.set_profile(hospital.party_id, "x", b"{}", None)

    async def test_unknown_party(self, hospital):
        """
        A party that does not exist has neither profile nor enrolment.
        """
        with pytest.raises(UnknownPartyError):
            await hospital.administration.set_profile(
                404, "alipay", b'{"merchant":"","secret":""}', Profile
            )
        with pytest.raises(UnknownPartyError):
            await hospital.administration.issue_enrolment_token(
                404, kind=TerminalKind.HIS, scopes=SCOPES
            )


class TestAdministration:
    async def test_lists(self, hospital):
        """
        An operator sees parties and terminals with their state.
        """
        await hospital.administration.revoke_terminal(hospital.party_id, hospital.terminal_id)
        parties = await hospital.administration.list_parties()
        terminals = await hospital.administration.list_terminals(hospital.party_id)

        assert [(hospital.party_id, "active", settings())] == [
            (party.party_id, party.status, party.settings) for party in parties
        ]
        assert [(hospital.client_id, "desk", "revoked", hospital.clock.now())] == [
            (row.client_id, row.kind, row.status, row.revoked_at) for row in terminals
        ]

    async def test_what_is_not_there(self, hospital):
        """
        What does not exist can be neither revoked nor suspended.
        """
        with pytest.raises(UnknownPartyError):
            await hospital.administration.revoke_terminal(hospital.party_id, 404)
        with pytest.raises(UnknownPartyError):
            await hospital.administration.set_status(404, PartyStatus.SUSPENDED)


class TestPrune:
    async def test_forgets_only_what_has_outlived_its_use(self, hospital):
        """
        A spent assertion is remembered while it could come again, then forgotten.
        """
        await hospital.token()
        async with hospital.database.transaction() as session:
            soon = await hospital.parties.prune(session)
        hospital.clock.advance(86_400)
        async with hospital.database.transaction() as session:
            later = await hospital.parties.prune(session)

        assert (0, 2) == (soon, later)  # the assertion's id and the used enrolment token


class TestScopes:
    def test_round_trip(self):
        """
        Scopes are written in one order and read back.
        """
        assert "resolve:settlement visits:write" == scope_text(SCOPES)
        assert SCOPES == scopes_of(scope_text(SCOPES))

    def test_unknown_word(self):
        """
        A word that is no scope is refused.
        """
        with pytest.raises(ValueError, match="everything"):
            scopes_of("visits:write everything")
