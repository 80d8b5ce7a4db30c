"""
`alipay.trade.pay`: by a scanned payment code or by an agreement.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from integrations.alipay.sandbox.answers import MESSAGES, Content, Refusal, declined, success
from integrations.alipay.sandbox.books import Books, Person, Trade
from integrations.alipay.sandbox.calls import Call, OutTradeNo, Text64, read
from integrations.alipay.sandbox.wire import (
    MAX_TOTAL_FEN,
    china_text,
    parse_yuan,
    timeout_at,
    yuan,
)

_AUTH_CODE = re.compile(r"(?:2[5-9]|30)[0-9]{14,22}")
_BARCODE_PRODUCTS = {"", "FACE_TO_FACE_PAYMENT", "OFFLINE_PAYMENT"}
_AGREEMENT_PRODUCT = "GENERAL_WITHHOLDING"
_ENDED = {
    "TRADE_SUCCESS": "ACQ.TRADE_HAS_SUCCESS",
    "TRADE_FINISHED": "ACQ.TRADE_HAS_SUCCESS",
    "TRADE_CLOSED": "ACQ.TRADE_HAS_CLOSE",
}


class AgreementParams(msgspec.Struct, frozen=True):
    """
    The agreement that a charge refers to.
    """

    agreement_no: Text64


class PayBiz(msgspec.Struct, frozen=True, kw_only=True):
    """
    What `alipay.trade.pay` reads of its business content.
    """

    out_trade_no: OutTradeNo
    total_amount: str
    subject: Annotated[str, msgspec.Meta(pattern=r"\A[^/=&]{1,256}\Z")]
    scene: str = ""
    auth_code: Text64 = ""
    product_code: Text64 = ""
    timeout_express: str = ""
    buyer_id: str = ""
    agreement_params: AgreementParams | None = None


class Order(msgspec.Struct, frozen=True):
    """
    A well-formed order: what is to be paid and until when.
    """

    biz: PayBiz
    total_fen: int
    closes_at: datetime


def pay(books: Books, call: Call) -> Content | Refusal:
    """
    Charge a person, or find the trade of the same number as it is.

    The same `out_trade_no` is the same trade: one that is paid or closed refuses, one that waits
    is answered again, and one with another amount or subject is inconsistent.
    """
    order = _order(call)
    if isinstance(order, Refusal):
        return order
    payer = _payer(books, call, order)
    earlier = books.find(call.app.app_id, order.biz.out_trade_no)
    if earlier is not None:
        return _again(books, earlier, order, payer)
    return _first(books, call, order, payer)


def settle(books: Books, trade: Trade, now: datetime) -> Trade:
    """
    The buyer's money moves and the trade is paid.
    """
    books.move_money(trade.person, -trade.total_fen)
    return books.write(
        msgspec.structs.replace(trade, status="TRADE_SUCCESS", paid_at=now, closed_at=None)
    )


def paid_content(books: Books, trade: Trade) -> Content:
    """
    The content that answers a payment which went through.
    """
    person = books.people[trade.person]
    total = yuan(trade.total_fen)
    return success(
        trade_no=trade.trade_no,
        out_trade_no=trade.out_trade_no,
        buyer_logon_id=person.logon_id,
        buyer_user_id=person.user_id,
        total_amount=total,
        receipt_amount=total,
        buyer_pay_amount=total,
        invoice_amount=total,
        point_amount="0.00",
        gmt_payment=china_text(trade.paid_at or trade.created_at),
        fund_bill_list=[{"fund_channel": "ALIPAYACCOUNT", "amount": total}],
    )


def _order(call: Call) -> Order | Refusal:
    biz = read(call, PayBiz)
    if biz is None:
        return declined("ACQ.INVALID_PARAMETER")
    total_fen = parse_yuan(biz.total_amount)
    if total_fen is None:
        return declined("ACQ.INVALID_PARAMETER")
    if not 1 <= total_fen <= MAX_TOTAL_FEN:
        return declined("ACQ.TOTAL_FEE_EXCEED")
    closes_at: datetime | None = call.now + timedelta(seconds=call.settings.auto_close_seconds)
    if biz.timeout_express:
        closes_at = timeout_at(biz.timeout_express, call.now)
    if closes_at is None:
        return declined("ACQ.INVALID_PARAMETER")
    return Order(biz, total_fen, closes_at)


def _payer(books: Books, call: Call, order: Order) -> Person | Refusal:
    if order.biz.agreement_params is not None:
        payer = _agreed_payer(books, call, order)
    elif order.biz.auth_code:
        payer = _scanned_payer(books, call, order)
    else:
        return declined("ACQ.AUTH_TOKEN_IS_NOT_EXIST")
    if isinstance(payer, Person) and order.biz.buyer_id not in {"", payer.user_id}:
        return declined("ACQ.PAYER_UNMATCHED")
    return payer


def _scanned_payer(books: Books, call: Call, order: Order) -> Person | Refusal:
    if order.biz.scene != "bar_code":
        return declined("ACQ.UN_SUPPORT_TRADE_SCENE")
    if order.biz.product_code not in _BARCODE_PRODUCTS:
        return declined("ACQ.ACCESS_FORBIDDEN")
    code = books.barcodes.get(order.biz.auth_code)
    if _AUTH_CODE.fullmatch(order.biz.auth_code) is None or code is None:
        return declined("ACQ.PAYMENT_AUTH_CODE_INVALID")
    # One showing is all a code is good for, whatever comes of the payment.
    books.barcodes[code.auth_code] = msgspec.structs.replace(code, used=True)
    if code.used or code.expires_at <= call.now:
        return declined("ACQ.PAYMENT_AUTH_CODE_INVALID")
    return books.people[code.person]


def _agreed_payer(books: Books, call: Call, order: Order) -> Person | Refusal:
    if order.biz.product_code != _AGREEMENT_PRODUCT or order.biz.agreement_params is None:
        return declined("ACQ.ACCESS_FORBIDDEN")
    agreement = books.agreements.get(order.biz.agreement_params.agreement_no)
    if agreement is None or agreement.app_id != call.app.app_id:
        return declined("ACQ.AGREEMENT_NOT_EXIST")
    if agreement.invalid_at <= call.now:
        return declined("ACQ.AGREEMENT_INVALID")
    if agreement.status != "NORMAL":
        return declined("ACQ.AGREEMENT_STATUS_NOT_NORMAL")
    limit = agreement.single_limit_fen
    if limit is not None and order.total_fen > limit:
        return declined("ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED")
    return books.people[agreement.person]


def _again(
    books: Books, earlier: Trade, order: Order, payer: Person | Refusal
) -> Content | Refusal:
    if (earlier.total_fen, earlier.subject) != (order.total_fen, order.biz.subject):
        return declined("ACQ.CONTEXT_INCONSISTENT")
    if earlier.status in _ENDED:
        return declined(_ENDED[earlier.status])
    if order.biz.auth_code and order.biz.auth_code == earlier.auth_code:
        return _waiting(books, earlier)
    if isinstance(payer, Refusal):
        return payer
    if payer.key != earlier.person:
        return declined("ACQ.TRADE_BUYER_NOT_MATCH")
    return _waiting(books, earlier)


def _first(books: Books, call: Call, order: Order, payer: Person | Refusal) -> Content | Refusal:
    if (call.app.app_id, order.biz.out_trade_no) in books.never:
        return declined("ACQ.TRADE_HAS_CLOSE")
    if isinstance(payer, Refusal):
        return payer
    if payer.balance_fen < order.total_fen:
        return declined("ACQ.BUYER_BALANCE_NOT_ENOUGH")
    trade = _open_trade(books, call, order, payer)
    if _asks(payer, order):
        return _waiting(books, books.write(trade, told=False))
    return paid_content(books, settle(books, trade, call.now))


def _open_trade(books: Books, call: Call, order: Order, payer: Person) -> Trade:
    number = books.next_number()
    day = china_text(call.now)[:10].replace("-", "")
    params = order.biz.agreement_params
    after = payer.decides_after_seconds
    return Trade(
        app_id=call.app.app_id,
        out_trade_no=order.biz.out_trade_no,
        trade_no=f"{day}2200{int(call.now.timestamp()):010d}{number:06d}",
        subject=order.biz.subject,
        total_fen=order.total_fen,
        person=payer.key,
        status="WAIT_BUYER_PAY",
        created_at=call.now,
        closes_at=order.closes_at,
        decides_at=None if after is None else call.now + timedelta(seconds=after),
        decision=payer.decision,
        auth_code=order.biz.auth_code or None,
        agreement_no=params.agreement_no if params else None,
        notify_url=call.notify_url,
    )


def _asks(payer: Person, order: Order) -> bool:
    by_agreement = order.biz.agreement_params is not None
    match payer.asks_buyer:
        case "always":
            return True
        case "never":
            return False
        case "over_limit":
            return not by_agreement and order.total_fen > payer.password_free_fen


def _waiting(books: Books, trade: Trade) -> Content:
    person = books.people[trade.person]
    return {
        "code": "10003",
        "msg": MESSAGES["10003"],
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "buyer_logon_id": person.logon_id,
        "buyer_user_id": person.user_id,
        "total_amount": yuan(trade.total_fen),
    }
