"""
`alipay.trade.cancel` and `alipay.trade.refund`.
"""

from datetime import datetime, timedelta

import msgspec

from integrations.alipay.sandbox.advancing import aged, close
from integrations.alipay.sandbox.answers import Content, Refusal, declined, success
from integrations.alipay.sandbox.books import Books, Refund, Trade
from integrations.alipay.sandbox.calls import Call, OutTradeNo, Text64, read
from integrations.alipay.sandbox.wire import CHINA, china_text, parse_yuan, yuan

CANCEL_GRACE = timedelta(minutes=15)


class CancelBiz(msgspec.Struct, frozen=True, kw_only=True):
    """
    What `alipay.trade.cancel` reads of its business content.
    """

    out_trade_no: OutTradeNo | None = None
    trade_no: Text64 | None = None


class RefundBiz(msgspec.Struct, frozen=True, kw_only=True):
    """
    What `alipay.trade.refund` reads of its business content.
    """

    refund_amount: str
    out_trade_no: OutTradeNo | None = None
    trade_no: Text64 | None = None
    out_request_no: OutTradeNo | None = None
    refund_reason: str | None = None


def cancel(books: Books, call: Call) -> Content | Refusal:
    """
    Close an unpaid trade or give all of a paid one back; repeated, the answer is the same.

    A number that no payment was made with is closed for good, so that a payment which is still
    under way cannot arrive after its cancel.
    """
    biz = read(call, CancelBiz)
    if biz is None or not (biz.out_trade_no or biz.trade_no):
        return declined("ACQ.INVALID_PARAMETER")
    trade = books.find(call.app.app_id, biz.out_trade_no, biz.trade_no)
    if trade is None:
        if biz.trade_no or not biz.out_trade_no:
            return declined("ACQ.TRADE_NOT_EXIST")
        books.never.add((call.app.app_id, biz.out_trade_no))
        return success(out_trade_no=biz.out_trade_no, retry_flag="N")
    return _cancel_found(books, call, aged(books, trade, call.now))


def refund(books: Books, call: Call) -> Content | Refusal:
    """
    Give back a part or all of a paid trade, once per `out_request_no`.
    """
    biz = read(call, RefundBiz)
    amount_fen = parse_yuan(biz.refund_amount) if biz is not None else None
    if biz is None or amount_fen is None or not (biz.out_trade_no or biz.trade_no):
        return declined("ACQ.INVALID_PARAMETER")
    trade = books.find(call.app.app_id, biz.out_trade_no, biz.trade_no)
    if trade is None:
        return declined("ACQ.TRADE_NOT_EXIST")
    trade = aged(books, trade, call.now)
    number = biz.out_request_no or trade.out_trade_no
    earlier = next((row for row in trade.refunds if row.out_request_no == number), None)
    if earlier is not None:
        if earlier.amount_fen != amount_fen:
            return declined("ACQ.DISCORDANT_REPEAT_REQUEST")
        return _refunded(books, trade, earlier, fund_change="N")
    refusal = _against_refund(trade, amount_fen, numbered=biz.out_request_no is not None)
    if refusal is not None:
        return refusal
    row = Refund(out_request_no=number, amount_fen=amount_fen, refunded_at=call.now, by="refund")
    return _refunded(books, _give_back(books, trade, row), row, fund_change="Y")


def _cancel_found(books: Books, call: Call, trade: Trade) -> Content | Refusal:
    match trade.status:
        case "WAIT_BUYER_PAY":
            return _cancelled(close(books, trade, call.now))
        case "TRADE_CLOSED":
            return _cancelled(trade)
        case "TRADE_SUCCESS":
            return _cancel_paid(books, call, trade)
        case "TRADE_FINISHED":
            return declined("ACQ.TRADE_CANCEL_TIME_OUT")


def _cancel_paid(books: Books, call: Call, trade: Trade) -> Content | Refusal:
    midnight = trade.created_at.astimezone(CHINA).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    if call.now >= midnight + timedelta(days=1) + CANCEL_GRACE:
        return declined("ACQ.TRADE_CANCEL_TIME_OUT")
    if trade.refunds:
        return declined("ACQ.REASON_TRADE_REFUND_FEE_ERR")
    row = Refund(
        out_request_no=trade.out_trade_no,
        amount_fen=trade.total_fen,
        refunded_at=call.now,
        by="cancel",
    )
    return _cancelled(_give_back(books, trade, row))


def _cancelled(trade: Trade) -> Content:
    return success(
        trade_no=trade.trade_no,
        out_trade_no=trade.out_trade_no,
        retry_flag="N",
        action="close" if trade.paid_at is None else "refund",
    )


def _against_refund(trade: Trade, amount_fen: int, *, numbered: bool) -> Refusal | None:
    if trade.status == "TRADE_FINISHED":
        return declined("ACQ.TRADE_HAS_FINISHED")
    if trade.status != "TRADE_SUCCESS":
        return declined("ACQ.TRADE_STATUS_ERROR")
    if amount_fen == 0:
        return declined("ACQ.REFUND_FEE_ERROR")
    if not numbered and amount_fen != trade.total_fen:
        return declined("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    if trade.refunded_fen + amount_fen > trade.total_fen:
        return declined("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    return None


def _give_back(books: Books, trade: Trade, row: Refund) -> Trade:
    books.move_money(trade.person, row.amount_fen)
    changed = msgspec.structs.replace(trade, refunds=(*trade.refunds, row))
    if changed.refunded_fen == changed.total_fen:
        changed = _closed_by_refund(changed, row.refunded_at)
    return books.write(changed, refund=row)


def _closed_by_refund(trade: Trade, at: datetime) -> Trade:
    return msgspec.structs.replace(trade, status="TRADE_CLOSED", closed_at=at)


def _refunded(books: Books, trade: Trade, row: Refund, *, fund_change: str) -> Content:
    person = books.people[trade.person]
    return success(
        trade_no=trade.trade_no,
        out_trade_no=trade.out_trade_no,
        buyer_logon_id=person.logon_id,
        buyer_user_id=person.user_id,
        fund_change=fund_change,
        refund_fee=yuan(trade.refunded_fen),
        gmt_refund_pay=china_text(row.refunded_at),
    )
