"""What claims are worth."""

from datetime import UTC, datetime

import pytest

from integrations.spi import PersonKey
from wallet.oidc.configuration import Names, OperatorClient, PersonClaims, ResidentClient
from wallet.oidc.errors import SignInRefusedError
from wallet.oidc.judging import insist_on_assurance, lacks_person, person, signed_in_at
from wallet.oidc.tokens import IdToken

NOW = 1_790_000_000
SETTINGS = {
    "issuer": "https://id.example",
    "client_id": "us",
    "client_secret": "secret",
    "name": Names(zh="甲", en="A"),
}
LI = {"name": " 李明 ", "document_type": "01", "document_number": "440104198807213314"}


def token(**claims):
    judged = {name: claims[name] for name in ("acr", "amr", "auth_time") if name in claims}
    return IdToken(
        iss="", sub="x", aud="us", exp=NOW, iat=NOW, nonce="", **judged, everything=claims
    )


def is_let_in(client, **claims):
    try:
        insist_on_assurance(client, token(**claims))
    except SignInRefusedError:
        return False
    return True


class TestAssurance:
    @pytest.mark.parametrize(
        ("asked", "told", "expected"),
        [
            ({}, {}, True),
            ({"required": {"verified": True}}, {"verified": True}, True),
            ({"required": {"verified": True}}, {"verified": 1}, False),
            ({"required": {"verified": True}}, {"verified": "true"}, False),
            ({"required": {"verified": True}}, {}, False),
            ({"acr": ("high",)}, {"acr": "high"}, True),
            ({"acr": ("high",)}, {"acr": "low"}, False),
            ({"acr": ("high",)}, {}, False),
            ({"amr": ("otp", "hwk")}, {"amr": ("pwd", "hwk")}, True),
            ({"amr": ("otp", "hwk")}, {"amr": ("pwd",)}, False),
            ({"amr": ("otp",), "acr": ("high",)}, {"acr": "high"}, False),
        ],
        ids=str,
    )
    def test_insisted_on(self, asked, told, expected):
        """
        What the settings ask for has to be in the token, word for word.
        """
        assert expected == is_let_in(OperatorClient(**SETTINGS, **asked), **told)


class TestSignedInAt:
    @pytest.mark.parametrize(
        ("told", "not_before"), [({}, NOW), ({"auth_time": NOW - 31}, NOW)], ids=str
    )
    def test_too_long_ago(self, told, not_before):
        """
        Where an age was asked for, one that is missing or too high is refused.
        """
        with pytest.raises(SignInRefusedError):
            signed_in_at(token(**told), not_before=not_before, now_seconds=NOW)

    def test_never_later_than_now(self):
        """
        Nobody signed in later than now, whatever the provider's clock says.
        """
        at = signed_in_at(token(auth_time=NOW + 900), not_before=NOW, now_seconds=NOW)

        assert datetime.fromtimestamp(NOW, UTC) == at

    def test_not_told(self):
        """
        Where nothing was asked for, nothing may be told.
        """
        assert signed_in_at(token(), not_before=None, now_seconds=NOW) is None


class TestPerson:
    def test_words_of_the_provider(self):
        """
        The settings say which claims tell who somebody is, and what the provider's words mean.
        """
        client = ResidentClient(
            **SETTINGS,
            claims=PersonClaims(name="xm", document_type="zjlx", document_number="zjhm"),
            document_types={"14": PersonKey.PASSPORT},
        )
        told = person(client, {"xm": "李明", "zjlx": "14", "zjhm": "E12345678"})

        assert ("李明", PersonKey.PASSPORT, "E12345678", "") == (
            told.name,
            told.document_type,
            told.document_number,
            told.phone,
        )

    @pytest.mark.parametrize(
        ("given", "phone"),
        [("13800138000", "13800138000"), ("+86 13800138000", "13800138000"), ("+4912345", "")],
    )
    def test_phone(self, given, phone):
        """
        A phone number that the wallet cannot keep is left out.
        """
        client = ResidentClient(
            **SETTINGS,
            claims=PersonClaims(phone="phone_number"),
            document_types={"01": PersonKey.ID_CARD},
        )

        assert phone == person(client, LI | {"phone_number": given}).phone

    def test_provider_without_types(self):
        """
        What stands for the empty word is taken where the provider tells no type.
        """
        client = ResidentClient(**SETTINGS, document_types={"": PersonKey.ID_CARD})
        told = {name: value for name, value in LI.items() if name != "document_type"}

        assert PersonKey.ID_CARD == person(client, told).document_type
        assert lacks_person(client, LI)

    @pytest.mark.parametrize(
        "change",
        [
            {"name": ""},
            {"name": None},
            {"name": "明" * 51},
            {"name": "李\n明"},
            {"document_type": "99"},
            {"document_number": 440104198807213314},
            {"document_number": "４４０１０４"},
        ],
        ids=str,
    )
    def test_unusable(self, change):
        """
        What is missing or of another form tells nobody, and no exception carries it.
        """
        client = ResidentClient(**SETTINGS, document_types={"01": PersonKey.ID_CARD})

        with pytest.raises(SignInRefusedError) as caught:
            person(client, LI | change)
        assert {"reason": "incomplete"} == caught.value.members
