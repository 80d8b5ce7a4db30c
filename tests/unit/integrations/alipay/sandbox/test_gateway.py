"""The gateway: what it admits, in which form it refuses, and how it signs."""

import msgspec
import pytest
from aiohttp.test_utils import TestServer

from integrations.alipay.sandbox import create_app, default_settings, make_keys
from integrations.alipay.sandbox.gateway import parameters_of
from tests.unit.integrations.alipay.sandbox.merchant import (
    Merchant,
    refusal,
    rsa_sign,
    session,
    sorted_text,
)

QUERY = "alipay.trade.query"
BIZ = {"out_trade_no": "T1"}


class TestAdmission:
    @pytest.mark.parametrize(
        ("name", "sub_code"),
        [
            ("method", "isv.missing-method"),
            ("app_id", "isv.missing-app-id"),
            ("sign_type", "isv.missing-signature-type"),
            ("timestamp", "isv.missing-timestamp"),
            ("version", "isv.missing-version"),
            ("charset", "isv.missing-charset"),
            ("biz_content", "isv.missing-biz-content"),
        ],
    )
    async def test_missing_parameters(self, merchant, name, sub_code):
        """
        A missing public parameter is answered with 40001 and its own sub-code.
        """
        assert ("40001", sub_code) == refusal(await merchant.call(QUERY, BIZ, **{name: None}))

    async def test_missing_signature(self, merchant):
        """
        An unsigned request is refused.
        """
        content = await merchant.send(merchant.parameters(QUERY, BIZ))

        assert ("40001", "isv.missing-signature") == refusal(content)

    @pytest.mark.parametrize(
        ("changes", "sub_code"),
        [
            ({"app_id": "2021999999999999"}, "isv.invalid-app-id"),
            ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
            ({"charset": "GBK"}, "isv.invalid-charset"),
            ({"format": "XML"}, "isv.invalid-format"),
            ({"version": "2.0"}, "isv.invalid-parameter"),
            ({"notify_url": "http://127.0.0.1/" + "x" * 256}, "isv.invalid-parameter"),
            ({"method": "alipay.trade.precreate"}, "isv.invalid-method"),
            ({"biz_content": "[]"}, "isv.invalid-format"),
            ({"biz_content": "{"}, "isv.invalid-format"),
            ({"biz_content": "[" * 5000}, "isv.invalid-format"),
            ({"timestamp": "2026-11-23T10:00:00"}, "isv.invalid-timestamp"),
            ({"timestamp": "2026-11-23 10:10:01"}, "isv.invalid-timestamp"),
            ({"timestamp": "2026-11-23 09:49:59"}, "isv.invalid-timestamp"),
        ],
    )
    async def test_invalid_parameters(self, merchant, changes, sub_code):
        """
        A wrong public parameter is answered with 40002 and its own sub-code.
        """
        assert ("40002", sub_code) == refusal(await merchant.call(QUERY, BIZ, **changes))

    @pytest.mark.parametrize("timestamp", ["2026-11-23 10:10:00", "2026-11-23 09:50:00"])
    async def test_timestamp_within_ten_minutes(self, merchant, timestamp):
        """
        A timestamp ten minutes off is still taken.
        """
        content = await merchant.call(QUERY, BIZ, timestamp=timestamp)

        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(content)

    async def test_a_changed_parameter_breaks_the_signature(self, merchant):
        """
        A request that was changed after signing is refused.
        """
        parameters = merchant.parameters(QUERY, BIZ)
        text = sorted_text(parameters, "sign")
        parameters["sign"] = rsa_sign(merchant.app.merchant_private_key, text)
        parameters["biz_content"] = '{"out_trade_no": "T2"}'

        assert ("40002", "isv.invalid-signature") == refusal(await merchant.send(parameters))

    async def test_another_merchants_key_does_not_sign(self, merchant):
        """
        A request signed with the wrong key is refused.
        """
        parameters = merchant.parameters(QUERY, BIZ)
        text = sorted_text(parameters, "sign")
        parameters["sign"] = rsa_sign(merchant.app.alipay_private_key, text)

        assert ("40002", "isv.invalid-signature") == refusal(await merchant.send(parameters))

    async def test_the_sign_type_is_signed(self, merchant):
        """
        A request's signature that leaves out `sign_type` does not verify.
        """
        parameters = merchant.parameters(QUERY, BIZ)
        text = sorted_text(parameters, "sign", "sign_type")
        parameters["sign"] = rsa_sign(merchant.app.merchant_private_key, text)

        assert ("40002", "isv.invalid-signature") == refusal(await merchant.send(parameters))

    async def test_a_granted_token_of_another_merchant_is_not_played(self, merchant):
        """
        Calls on behalf of another merchant are refused.
        """
        content = await merchant.call(QUERY, BIZ, app_auth_token="201510")

        assert ("20001", "aop.invalid-app-auth-token") == refusal(content)

    async def test_a_method_that_was_not_granted(self, clock):
        """
        An application with a list of methods may not call another one.
        """
        settings = default_settings(make_keys())
        app = msgspec.structs.replace(settings.apps[0], methods=("alipay.trade.pay",))
        settings = msgspec.structs.replace(settings, apps=(app,), tick_seconds=0)
        async with (
            TestServer(create_app(settings, clock), host="127.0.0.1") as server,
            session() as http,
        ):
            merchant = Merchant(http, server, app, clock)

            assert ("40006", "isv.insufficient-isv-permissions") == refusal(
                await merchant.call(QUERY, BIZ)
            )


class TestForm:
    async def test_public_parameters_may_stand_in_the_address(self, merchant):
        """
        Parameters in the address and in the form are one request.
        """
        parameters = merchant.parameters(QUERY, BIZ)
        parameters["sign"] = rsa_sign(
            merchant.app.merchant_private_key, sorted_text(parameters, "sign")
        )
        biz = parameters.pop("biz_content")
        url = merchant.server.make_url("/gateway.do").with_query(parameters)
        async with merchant.http.post(url, data={"biz_content": biz}) as answer:
            content = merchant.opened(await answer.read())

        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(content)

    async def test_a_json_body_is_not_a_form(self, merchant):
        """
        A body of another content type is refused.
        """
        url = merchant.server.make_url("/gateway.do")
        async with merchant.http.post(url, json=merchant.parameters(QUERY, BIZ)) as answer:
            content = merchant.opened(await answer.read())

        assert ("40002", "isv.invalid-parameter") == refusal(content)
        assert not merchant.signed

    @pytest.mark.parametrize(
        ("query", "body"),
        [
            ("a=1&a=2", b""),
            ("a=1", b"a=1"),
            ("", b"a=%ff"),
            ("", b"\xff"),
            ("", b"&".join(b"k%d=1" % n for n in range(65))),
        ],
    )
    def test_unreadable_parameters(self, query, body):
        """
        Doubled names, broken UTF-8 and floods of parameters are unreadable.
        """
        assert parameters_of(query, body) is None


class TestAnswer:
    async def test_a_known_application_gets_a_signed_refusal(self, merchant):
        """
        A refusal of a business call is signed like a success.
        """
        await merchant.query()

        assert merchant.signed
        assert "alipay_trade_query_response" == merchant.member

    async def test_an_unknown_method_is_answered_in_the_error_member(self, merchant):
        """
        A method that does not exist has no response member of its own.
        """
        await merchant.call("alipay.nonsense", BIZ)

        assert "error_response" == merchant.member

    async def test_an_unknown_application_gets_no_signature(self, merchant):
        """
        Without a known application there is no key to sign with.
        """
        await merchant.call(QUERY, BIZ, app_id="2021999999999999")

        assert not merchant.signed

    async def test_slashes_are_escaped_before_signing(self, merchant, clock):
        """
        The signature is over the raw text, in which slashes are escaped.
        """
        clock.advance(days=1)
        parameters = merchant.parameters(
            "alipay.data.dataservice.bill.downloadurl.query",
            {"bill_type": "trade", "bill_date": "2026-11-23"},
        )
        parameters["sign"] = rsa_sign(
            merchant.app.merchant_private_key, sorted_text(parameters, "sign")
        )
        url = merchant.server.make_url("/gateway.do")
        async with merchant.http.post(url, data=parameters) as answer:
            body = await answer.read()
        content = merchant.opened(body)

        assert b"http:\\/\\/127.0.0.1" in body
        assert content["bill_download_url"].startswith("http://127.0.0.1")
