"""
Alipay's gateway: any body of an HTTP 200, to any question.

Of half of the inputs the member is what the fuzzer writes, under Alipay's right signature; of the
others it writes the whole body, and no such body may ever lead to a yes.
"""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import msgspec

from integrations.alipay.client import _Raw
from integrations.alipay.manifest import MANIFEST
from integrations.alipay.plugin import AlipayPlugin
from integrations.alipay.sandbox import make_keys
from integrations.alipay.sandbox.signing import Signer
from integrations.alipay.scrubbing import scrub
from integrations.spi import (
    CancelCharge,
    Charge,
    Environment,
    LinkRequest,
    Numbers,
    PartyView,
    Prepared,
    Purpose,
    Query,
    Refund,
    Scene,
    SecureRequest,
    ValidateRequest,
)
from tests.contract.nhsa.builders import LI
from tests.fuzz.judging import Judge
from tests.fuzz.target import Target, chosen

_NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_JUDGE = Judge(MANIFEST, scrub)
_KEYS = make_keys()
_SIGNER = Signer(_KEYS.alipay_private_key)
_SETTINGS = {
    "gateway_url": "http://127.0.0.1:1/gateway.do",
    "app_id": "2021000000000001",
    "private_key_pem": _KEYS.merchant_private_key,
    "alipay_public_key_pem": _KEYS.alipay_public_key,
    "sign_page_url": "https://openapi.alipay.com/gateway.do",
}
_PLUGIN = AlipayPlugin().open(
    Environment(
        settings=msgspec.json.encode(_SETTINGS),
        now=lambda: _NOW,
        token=bytes,
        observe=_JUDGE.observe,
    )
)
_PARTY = PartyView(id="p", name="n", kind="hospital", profile=b'{"seller_id":"2088"}')
_SUBJECT = '{"agreement_no":"2026"}'
_AMOUNT = 1_234


class _Gateway:
    """
    Answers every request with the same bytes.
    """

    def __init__(self) -> None:
        self.content, self.signs = b"", False

    async def exchange(self, _verb: str, _url: str, form: Any, *_limits: int) -> _Raw:
        if form is None or not self.signs:
            return _Raw(self.content)
        member = form["method"].replace(".", "_") + "_response"
        signature = _SIGNER.sign(self.content)
        return _Raw(b'{"%s":%s,"sign":"%s"}' % (member.encode(), self.content, signature.encode()))


_GATEWAY = _Gateway()
_PLUGIN._client._exchange = _GATEWAY.exchange  # type: ignore[method-assign]


def _prepared() -> tuple[Prepared, ...]:
    numbers = Numbers(serial=1, sequence=1, instant=_NOW)
    by_agreement = Charge(subject=_SUBJECT, amount_minor=_AMOUNT, hospital="h", terminal="t")
    by_code = Charge(code="28" + "0" * 16, amount_minor=_AMOUNT, hospital="h", terminal="t")
    charge = _PLUGIN.prepare(by_agreement, b"", numbers, _PARTY)
    assert isinstance(charge, Prepared)
    refund = Refund(original=charge.reference, amount_minor=_AMOUNT, charged_minor=2 * _AMOUNT)
    requests = (by_code, CancelCharge(original=charge.reference), refund)
    others = tuple(_PLUGIN.prepare(each, b"", numbers, _PARTY) for each in requests)
    made = tuple(each for each in others if isinstance(each, Prepared))
    assert len(made) == len(requests)
    return (charge, *made)


_CALLS = _prepared()
_SAFE: tuple[Any, ...] = (
    partial(
        _PLUGIN.validate,
        ValidateRequest(
            subject=_SUBJECT,
            purpose=Purpose.PAYMENT,
            scene=Scene.OUTPATIENT_SETTLEMENT,
            party=_PARTY,
            now=_NOW,
        ),
    ),
    partial(_PLUGIN.link, LinkRequest(person=LI, reference="link1", now=_NOW)),
    partial(_PLUGIN.unlink, _SUBJECT),
    partial(
        _PLUGIN.secure,
        SecureRequest(subject=_SUBJECT, amount_minor=_AMOUNT, party=_PARTY, now=_NOW),
    ),
)
_WAYS = len(_SAFE) + 3 * len(_CALLS) + 1


def run(data: bytes) -> str:
    """
    Ask one of all questions, of which the input is the answer.
    """
    way, _GATEWAY.content = chosen(data, 2 * _WAYS)
    _GATEWAY.signs = way < _WAYS
    word = _asked(way % _WAYS)
    assert _GATEWAY.signs or word in {"no", "unavailable"}
    return word


def _asked(way: int) -> str:
    if way < len(_SAFE):
        return _JUDGE.safe(_SAFE[way]())
    way -= len(_SAFE)
    if way == 3 * len(_CALLS):
        return _JUDGE.statement(_PLUGIN.statement(date(2026, 11, 20), _PARTY))
    call = _CALLS[way // 3]
    amount = None if call.operation == "cancel_charge" else _AMOUNT
    if way % 3 == 0:
        return _JUDGE.outcome(call.operation, amount, _PLUGIN.perform(call, _PARTY))
    query = Query(prepared=call, continuation=b"", undo_acknowledged=way % 3 == 1, now=_NOW)
    return _JUDGE.answer(call.operation, amount, _PLUGIN.query(query, _PARTY))


def _members() -> tuple[bytes, ...]:
    numbers = {"out_trade_no": _CALLS[0].reference, "trade_no": "2026"}
    refund = {"out_request_no": _CALLS[-1].reference, "refund_status": "REFUND_SUCCESS"}
    shapes: tuple[dict[str, object], ...] = (
        numbers | {"total_amount": "12.34", "gmt_payment": "2026-11-22 12:00:00"},
        numbers | {"total_amount": 12.34, "trade_status": "TRADE_SUCCESS"},
        numbers | {"trade_status": "TRADE_CLOSED", "total_amount": "12.34"},
        numbers | {"retry_flag": "N", "action": "refund"},
        numbers | {"fund_change": "Y", "refund_fee": "12.34"},
        numbers | refund | {"refund_amount": "12.34"},
        {"status": "NORMAL", "agreement_no": "2026", "single_quota": "99.00"},
        {"bill_download_url": "https://x/"},
    )
    refused = ("ACQ.TRADE_NOT_EXIST", "ACQ.BUYER_BALANCE_NOT_ENOUGH", "sEcReT 7", "USER_AGREEMENT")
    return (
        *(msgspec.json.encode({"code": "10000"} | each) for each in shapes),
        *(msgspec.json.encode({"code": "40004", "sub_code": each}) for each in refused),
        b'{"code":"10003"}',
        b'{"code":"20000"}',
        b"{}",
    )


TARGET = Target(
    name="alipay",
    run=run,
    seeds=(
        *(bytes([way]) + member for member in _members() for way in range(_WAYS)),
        bytes([_WAYS])
        + b'{"alipay_user_agreement_query_response":{"code":"10000"},"sign":"AA=="}',
        bytes([_WAYS + 4]) + b'{"error_response":{"code":"40004"},"sign":1}',
    ),
    reaches=frozenset({"yes, as asked", "yes", "no", "unavailable"}),
    words=(
        b'"sub_code":"ACQ.',
        b'"trade_status":"TRADE_FINISHED"',
        b'"error_response":',
        b'"sign":"',
        b'"0001-01-01 00:00:00"',
        b'"total_amount":',
        b"1e5",
    ),
    longest=1_024,
)
