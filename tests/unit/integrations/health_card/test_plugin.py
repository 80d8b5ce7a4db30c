"""
Opening, and what is made of answers that no sandbox gives.
"""

import secrets
from datetime import UTC, datetime

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from integrations.health_card import client as client_module
from integrations.health_card import crypto
from integrations.health_card.plugin import HealthCardPlugin
from integrations.spi import (
    DecodeRequest,
    Environment,
    InvalidSettingsError,
    LinkRequest,
    PartyView,
    Person,
    PersonKey,
    Purpose,
    Refused,
    ScannedCode,
    Scene,
    UnavailableError,
    ValidateRequest,
)

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KEY = "0123456789ABCDEFFEDCBA9876543210"
APPLICATION = {"app_id": "APP", "key": KEY, "org_code": "ORG", "app_record_no": "REC"}
PARTY = PartyView(
    id="p",
    name="n",
    kind="hospital",
    profile=msgspec.json.encode({"application": APPLICATION, "terminal_code": "T0001"}),
)
PERSON = Person(name="李明", document_type=PersonKey.ID_CARD, document_number="440104198807213314")
SUBJECT = '{"erhc_card_no":"AB","empi":"CD"}'


def environment(settings, observe=lambda _exchange: None):
    return Environment(
        settings=msgspec.json.encode(settings),
        now=lambda: NOW,
        token=secrets.token_bytes,
        observe=observe,
    )


class Platform:
    """
    Answers every request with the data it was given, rightly signed.
    """

    def __init__(self):
        self.datas = {}
        self.code = "0"
        self.response = None
        self.exchanges = []

    async def serve(self, _request):
        if self.response is not None:
            return self.response
        return web.json_response(
            {
                "returnCode": self.code,
                "signString": crypto.signature(self.datas, KEY),
                "timestamp": crypto.encrypt(str(int(NOW.timestamp())), KEY),
                "datas": self.datas,
            }
        )


@pytest.fixture
async def platform():
    platform = Platform()
    app = web.Application()
    app.router.add_post("/", platform.serve)
    async with TestServer(app, host="127.0.0.1") as server:
        settings = {"url": str(server.make_url("/")), "application": APPLICATION}
        platform.card = HealthCardPlugin().open(environment(settings, platform.exchanges.append))
        yield platform
        await platform.card.close()


def validate(subject=SUBJECT):
    return ValidateRequest(
        subject=subject,
        purpose=Purpose.IDENTIFICATION,
        scene=Scene.CONSULTATION,
        party=PARTY,
        now=NOW,
    )


def decode(**changes):
    code = ScannedCode(**{"family": "health_card", "text": "AB:1:CD"} | changes)
    return DecodeRequest(
        code=code,
        purpose=Purpose.IDENTIFICATION,
        scene=Scene.CONSULTATION,
        party=PARTY,
        now=NOW,
    )


class TestOpen:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"url": "ftp://x"}, r"\$\.url"),
            ({"application": APPLICATION | {"key": "short"}}, r"\$\.application\.key"),
            ({"return_codes": {"2007": "NO_CODE_OF_OURS"}}, r"\$\.return_codes"),
            ({"med_step_codes": {"lunch": "010101"}}, r"\$\.med_step_codes"),
        ],
    )
    def test_names_the_field(self, changes, field):
        """
        Unusable settings are named by their field, without their value.
        """
        settings = {"url": "http://127.0.0.1:1/", "application": APPLICATION} | changes

        with pytest.raises(InvalidSettingsError, match=field):
            HealthCardPlugin().open(environment(settings))


class TestAnswers:
    @pytest.mark.parametrize(
        "response",
        [
            web.Response(status=502),
            web.Response(status=302, headers={"location": "/"}),
            web.Response(body=b" " * (client_module.MAX_ANSWER_BYTES + 1)),
            web.Response(body=b"\xff"),
            web.Response(body=b'{"returnCode":"0","datas":{"erhcCardNo":"AB"}}'),
        ],
        ids=["status", "redirect", "length", "no text", "unsigned"],
    )
    async def test_not_an_answer(self, platform, response):
        """
        What is no signed answer is no verdict, and is told to the observer.
        """
        platform.response = response

        with pytest.raises(UnavailableError):
            await platform.card.validate(validate())
        assert 1 == len(platform.exchanges)

    async def test_unlisted_code(self, platform):
        """
        A return code that nobody listed is no verdict.
        """
        platform.code = "7777"

        with pytest.raises(UnavailableError, match="7777"):
            await platform.card.validate(validate())

    async def test_strange_code(self, platform):
        """
        What stands where a code should stand reaches no text and no observer.
        """
        platform.code = "440104198807213314"

        with pytest.raises(UnavailableError, match=r"\?$"):
            await platform.card.validate(validate())
        assert ["?"] == [each.result for each in platform.exchanges]

    async def test_another_card(self, platform):
        """
        An answer about another card is no verdict.
        """
        platform.datas = {"erhcCardNo": "EF", "empi": "CD"}

        with pytest.raises(UnavailableError, match="another card"):
            await platform.card.validate(validate())

    async def test_no_card(self, platform):
        """
        A success that names no card is no verdict.
        """
        with pytest.raises(UnavailableError, match="no card"):
            await platform.card.validate(validate())

    async def test_another_document(self, platform):
        """
        An answer about another document proves nothing.
        """
        platform.datas = {"erhcCardNo": "AB", "name": crypto.encrypt("李明", KEY)}

        with pytest.raises(UnavailableError, match="another document"):
            await platform.card.prove(PERSON)

    async def test_card_without_index(self, platform):
        """
        A card without a main index cannot be bound.
        """
        platform.datas = {"erhcCardNo": "AB"}

        with pytest.raises(UnavailableError, match="no card"):
            await platform.card.link(LinkRequest(person=PERSON, reference="R", now=NOW))

    async def test_nobody(self, platform):
        """
        A code behind which the platform names nobody is not decoded.
        """
        platform.datas = {"erhcCardNo": "AB", "empi": "CD"}

        with pytest.raises(UnavailableError, match="nobody"):
            await platform.card.decode(decode())


class TestDecode:
    @pytest.mark.parametrize("changes", [{"family": "alipay"}, {"text": ""}, {"text": "A" * 131}])
    async def test_not_asked(self, platform, changes):
        """
        What cannot be a health-card code is refused without asking.
        """
        assert Refused("CODE_REJECTED") == await platform.card.decode(decode(**changes))
        assert [] == platform.exchanges


class TestProve:
    async def test_unsupported(self, platform):
        """
        A document on which no card is issued proves nothing here.
        """
        person = msgspec.structs.replace(PERSON, document_type=PersonKey.BIRTH_CERTIFICATE)

        assert Refused("DOCUMENT_UNSUPPORTED") == await platform.card.prove(person)
