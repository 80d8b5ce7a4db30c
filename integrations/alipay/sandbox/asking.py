"""
`alipay.trade.query` and `alipay.trade.fastpay.refund.query`.
"""

import msgspec

from integrations.alipay.sandbox.advancing import aged
from integrations.alipay.sandbox.answers import Content, Refusal, declined, success
from integrations.alipay.sandbox.books import Books
from integrations.alipay.sandbox.calls import Call, OutTradeNo, Text64, read
from integrations.alipay.sandbox.wire import china_text, yuan


class QueryBiz(msgspec.Struct, frozen=True, kw_only=True):
    """
    What `alipay.trade.query` reads of its business content.
    """

    out_trade_no: OutTradeNo | None = None
    trade_no: Text64 | None = None


class RefundQueryBiz(msgspec.Struct, frozen=True, kw_only=True):
    """
    What `alipay.trade.fastpay.refund.query` reads of its business content.
    """

    out_request_no: OutTradeNo
    out_trade_no: OutTradeNo | None = None
    trade_no: Text64 | None = None


def query(books: Books, call: Call) -> Content | Refusal:
    """
    A trade as it is now.
    """
    biz = read(call, QueryBiz)
    if biz is None or not (biz.out_trade_no or biz.trade_no):
        return declined("ACQ.INVALID_PARAMETER")
    trade = books.find(call.app.app_id, biz.out_trade_no, biz.trade_no)
    if trade is None:
        return declined("ACQ.TRADE_NOT_EXIST")
    trade = aged(books, trade, call.now)
    person = books.people[trade.person]
    content = success(
        trade_no=trade.trade_no,
        out_trade_no=trade.out_trade_no,
        buyer_logon_id=person.logon_id,
        buyer_user_id=person.user_id,
        trade_status=trade.status,
        total_amount=yuan(trade.total_fen),
        subject=trade.subject,
    )
    if trade.paid_at is not None:
        total = yuan(trade.total_fen)
        content |= {
            "receipt_amount": total,
            "buyer_pay_amount": total,
            "invoice_amount": total,
            "point_amount": "0.00",
            "send_pay_date": china_text(trade.paid_at),
            "fund_bill_list": [{"fund_channel": "ALIPAYACCOUNT", "amount": total}],
        }
    return content


def refund_query(books: Books, call: Call) -> Content | Refusal:
    """
    One refund by its request number.

    A refund that was never made is answered with success and without a status: only
    `refund_status` REFUND_SUCCESS says that the money went back.
    """
    biz = read(call, RefundQueryBiz)
    if biz is None or not (biz.out_trade_no or biz.trade_no):
        return declined("ACQ.INVALID_PARAMETER")
    trade = books.find(call.app.app_id, biz.out_trade_no, biz.trade_no)
    if trade is None:
        return declined("ACQ.TRADE_NOT_EXIST")
    row = next((row for row in trade.refunds if row.out_request_no == biz.out_request_no), None)
    if row is None:
        return success()
    return success(
        trade_no=trade.trade_no,
        out_trade_no=trade.out_trade_no,
        out_request_no=row.out_request_no,
        total_amount=yuan(trade.total_fen),
        refund_amount=yuan(row.amount_fen),
        refund_status="REFUND_SUCCESS",
        gmt_refund_pay=china_text(row.refunded_at),
    )
