"""
Opening, and what the client makes of answers that no sandbox gives.
"""

from datetime import UTC, date, datetime

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from integrations.alipay import client as client_module
from integrations.alipay.plugin import AlipayPlugin
from integrations.alipay.sandbox import make_keys
from integrations.alipay.sandbox.signing import Signer
from integrations.spi import (
    CancelCharge,
    Environment,
    InvalidSettingsError,
    LinkRequest,
    NotSent,
    Numbers,
    PartyView,
    Person,
    PersonKey,
    Prepared,
    Query,
    Refused,
    SecureRequest,
    UnavailableError,
    Undecided,
    Unknown,
)

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
BARE = PartyView(id="p", name="n", kind="hospital")
PARTY = PartyView(id="p", name="n", kind="hospital", profile=b'{"seller_id":"2088"}')
SUBJECT = '{"agreement_no":"2026"}'
CHARGE = Prepared(
    operation="charge",
    reference="FW1",
    payload=msgspec.json.encode(
        {
            "method": "alipay.trade.pay",
            "biz_content": "{}",
            "out_trade_no": "FW1",
            "amount_minor": 100,
        }
    ),
)


@pytest.fixture(scope="module")
def keys():
    return make_keys()


@pytest.fixture
def settings(keys):
    return {
        "gateway_url": "http://127.0.0.1:1/gateway.do",
        "app_id": "2021000000000001",
        "private_key_pem": keys.merchant_private_key,
        "alipay_public_key_pem": keys.alipay_public_key,
        "sign_page_url": "https://openapi.alipay.com/gateway.do",
    }


def environment(settings, observe=lambda _exchange: None):
    return Environment(
        settings=msgspec.json.encode(settings), now=lambda: NOW, token=bytes, observe=observe
    )


@pytest.fixture
async def answering(settings, keys):
    """
    Alipay opened towards a server that answers as it is told, under a right signature.
    """
    signer = Signer(keys.alipay_private_key)
    opened = []

    class Server:
        def __init__(self):
            self.exchanges = []
            self.answer = {"code": "10000"}
            self.response = None
            self.answering = {}

        async def serve(self, request):
            form = await request.post()
            if self.response is not None or form.get("method") in self.answering:
                return self.answering.get(form.get("method"), self.response)
            text = msgspec.json.encode(self.answer)
            member = form["method"].replace(".", "_") + "_response"
            body = b'{"%s":%s,"sign":"%s"}' % (member.encode(), text, signer.sign(text).encode())
            return web.Response(body=body)

    played = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", played.serve)
    async with TestServer(app, host="127.0.0.1") as server:
        own = settings | {"gateway_url": str(server.make_url("/gateway.do"))}
        played.url = server.make_url
        played.alipay = AlipayPlugin().open(environment(own, played.exchanges.append))
        opened.append(played.alipay)
        yield played
        await played.alipay.close()


def cancel(alipay):
    numbers = Numbers(serial=1, sequence=1, instant=NOW)
    return alipay.prepare(CancelCharge(original="FW1"), b"", numbers, PARTY)


class TestOpen:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"private_key_pem": "x" * 100}, r"\$\.private_key_pem"),
            ({"alipay_public_key_pem": "x" * 100}, r"\$\.alipay_public_key_pem"),
            ({"gateway_url": "ftp://x"}, r"\$\.gateway_url"),
            ({"app_id": ""}, r"\$\.app_id"),
        ],
    )
    def test_names_the_field(self, settings, changes, field):
        """
        Unusable settings are named by their field, without their value.
        """
        with pytest.raises(InvalidSettingsError, match=field):
            AlipayPlugin().open(environment(settings | changes))


class TestWithoutProfile:
    async def test_refuses_or_cannot(self, settings):
        """
        A party without a profile cannot be paid: a value where there is one, else unavailable.
        """
        alipay = AlipayPlugin().open(environment(settings))
        prepared = cancel(alipay)
        secure = SecureRequest(subject=SUBJECT, amount_minor=5, party=BARE, now=NOW)
        query = Query(prepared=prepared, continuation=b"", now=NOW)

        assert Refused("PARTY_NOT_SET_UP") == await alipay.secure(secure)
        assert isinstance(await alipay.perform(prepared, BARE), NotSent)
        with pytest.raises(UnavailableError):
            await alipay.query(query, BARE)
        with pytest.raises(UnavailableError):
            await alipay.statement(date(2026, 11, 21), BARE)

    async def test_subject(self, settings):
        """
        A subject that is not ours is not bound.
        """
        alipay = AlipayPlugin().open(environment(settings))
        secure = SecureRequest(subject="x", amount_minor=5, party=PARTY, now=NOW)

        assert Refused("NOT_BOUND") == await alipay.secure(secure)
        assert Refused("NOT_BOUND") == await alipay.unlink("x")

    async def test_payload(self, settings):
        """
        A payload that is not ours is not sent, and its query decides nothing.
        """
        alipay = AlipayPlugin().open(environment(settings))
        prepared = Prepared(operation="charge", reference="FW1", payload=b"x")
        query = Query(prepared=prepared, continuation=b"", now=NOW)

        assert isinstance(await alipay.perform(prepared, PARTY), NotSent)
        assert isinstance(await alipay.query(query, PARTY), Undecided)


class TestOwnApplication:
    async def test_is_used(self, answering, keys):
        """
        A party with an application of its own calls under that.
        """
        other = make_keys()
        profile = {
            "seller_id": "2088",
            "app_id": "2021000000000009",
            "private_key_pem": other.merchant_private_key,
            "alipay_public_key_pem": other.alipay_public_key,
        }
        party = msgspec.structs.replace(PARTY, profile=msgspec.json.encode(profile))

        foreign = await answering.alipay.perform(cancel(answering.alipay), party)

        assert Unknown(reason="the answer's signature does not verify") == foreign
        profile["alipay_public_key_pem"] = keys.alipay_public_key
        party = msgspec.structs.replace(PARTY, profile=msgspec.json.encode(profile))
        answering.answer = {"code": "10000", "out_trade_no": "FW1", "retry_flag": "Y"}
        own = await answering.alipay.perform(cancel(answering.alipay), party)
        assert Unknown(reason="asks to repeat the cancel") == own


class TestAnswers:
    @pytest.mark.parametrize(
        "response",
        [
            web.Response(status=502, text="bad gateway"),
            web.Response(status=302, headers={"location": "/elsewhere"}),
            web.Response(body=b" " * (client_module.MAX_ANSWER_BYTES + 1)),
            web.Response(body=b'{"alipay_trade_cancel_response":{"code":"10000"}}'),
            web.Response(body=b"\xff"),
        ],
        ids=["status", "redirect", "length", "unsigned", "no text"],
    )
    async def test_not_an_answer(self, answering, response):
        """
        What is no signed answer leaves the call unknown.
        """
        answering.response = response

        outcome = await answering.alipay.perform(cancel(answering.alipay), PARTY)

        assert isinstance(outcome, Unknown)

    async def test_signed_but_malformed(self, answering):
        """
        A signed answer of another shape leaves the call unknown.
        """
        answering.answer = {"code": 10000}

        outcome = await answering.alipay.perform(cancel(answering.alipay), PARTY)

        assert Unknown(reason="the answer is malformed") == outcome

    async def test_refused_but_not_confirmed(self, answering):
        """
        A refused charge whose trade cannot be queried is unknown.
        """
        answering.answer = {"code": "40004", "sub_code": "ACQ.BUYER_BALANCE_NOT_ENOUGH"}
        answering.answering["alipay.trade.query"] = web.Response(status=502)

        outcome = await answering.alipay.perform(CHARGE, PARTY)

        assert Unknown(reason="refused, but not confirmed: HTTP 502") == outcome

    async def test_strange_codes_are_not_repeated(self, answering):
        """
        What stands where a code should stand reaches no reason and no observer.
        """
        answering.answer = {"code": "李明", "sub_code": "440104198807213314"}

        outcome = await answering.alipay.perform(CHARGE, PARTY)

        assert Unknown(reason="? ?") == outcome
        assert ["? ?"] == [each.result for each in answering.exchanges]

    async def test_alarm(self, answering):
        """
        An amount that is not the one asked for is reported, without a person in it.
        """
        answering.answer = {"code": "10000", "out_trade_no": "FW1", "total_amount": "0.01"}

        await answering.alipay.perform(CHARGE, PARTY)

        assert ["10000", "amount_mismatch"] == [each.result for each in answering.exchanges]

    @pytest.mark.parametrize("method", ["link", "unlink", "validate"])
    async def test_agreement_trouble(self, answering, method):
        """
        A refusal that says nothing of the agreement is no answer about it.
        """
        answering.answer = {"code": "40006", "sub_code": "isv.insufficient-isv-permissions"}
        person = Person(name="李明", document_type=PersonKey.ID_CARD, document_number="4401")
        link = LinkRequest(person=person, reference="REF1", now=NOW)
        secure = SecureRequest(subject=SUBJECT, amount_minor=5, party=PARTY, now=NOW)
        call = {
            "link": lambda: answering.alipay.link(link),
            "unlink": lambda: answering.alipay.unlink(SUBJECT),
            "validate": lambda: answering.alipay.secure(secure),
        }[method]

        with pytest.raises(UnavailableError, match="40006 isv"):
            await call()

    async def test_agreement_without_a_number(self, answering):
        """
        An agreement that stands but has no number cannot be bound.
        """
        answering.answer = {"code": "10000", "status": "NORMAL", "external_agreement_no": "R"}
        person = Person(name="李明", document_type=PersonKey.ID_CARD, document_number="4401")

        with pytest.raises(UnavailableError, match="no number"):
            await answering.alipay.link(LinkRequest(person=person, reference="R", now=NOW))

    @pytest.mark.parametrize("answered", [{"agreement_no": "2027"}, {}], ids=["other", "none"])
    async def test_another_agreement(self, answering, answered):
        """
        An answer about another agreement than the one asked for is no answer.
        """
        answering.answer = {"code": "10000", "status": "NORMAL"} | answered
        person = Person(name="李明", document_type=PersonKey.ID_CARD, document_number="4401")
        secure = SecureRequest(subject=SUBJECT, amount_minor=5, party=PARTY, now=NOW)

        with pytest.raises(UnavailableError, match="another agreement"):
            await answering.alipay.secure(secure)
        with pytest.raises(UnavailableError, match="another agreement"):
            await answering.alipay.link(LinkRequest(person=person, reference="R", now=NOW))

    async def test_own_quota(self, answering):
        """
        The agreement's own quota goes before the arranged limit.
        """
        answering.answer = {
            "code": "10000",
            "agreement_no": "2026",
            "status": "NORMAL",
            "single_quota": "0.04",
        }
        secure = SecureRequest(subject=SUBJECT, amount_minor=5, party=PARTY, now=NOW)

        assert Refused("AMOUNT_OVER_LIMIT") == await answering.alipay.secure(secure)
        worthless = msgspec.structs.replace(secure, amount_minor=0)
        assert Refused("AMOUNT_INVALID") == await answering.alipay.secure(worthless)


class TestNotification:
    def test_of_a_party_that_is_not_set_up(self, settings):
        """
        A notification for a party without a profile is not taken for the deployment's.
        """
        alipay = AlipayPlugin().open(environment(settings))

        assert Refused("PARTY_NOT_SET_UP") == alipay.notification({}, BARE)


class TestStatement:
    async def test_empty_day(self, answering):
        """
        A day without a statement is an empty one from noon of the next day on.
        """
        answering.answer = {"code": "40004", "sub_code": "BILL_NOT_EXIST"}

        assert () == await answering.alipay.statement(date(2026, 11, 21), PARTY)
        with pytest.raises(UnavailableError):
            await answering.alipay.statement(date(2026, 11, 22), PARTY)

    @pytest.mark.parametrize("path", ["/file", "http://127.0.0.1:1/file"])
    async def test_not_to_be_had(self, answering, path):
        """
        A link that leads to nothing usable makes the statement unavailable.
        """
        answering.answering[None] = web.Response(body=b"no archive")
        url = path if path.startswith("http") else str(answering.url(path))
        answering.answer = {"code": "10000", "bill_download_url": url}

        with pytest.raises(UnavailableError):
            await answering.alipay.statement(date(2026, 11, 21), PARTY)
