"""
From Alipay's answers to the wallet's outcomes. Pure; what is not listed decides nothing.
"""

import re
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from integrations.alipay import amounts, rules
from integrations.alipay.context import Call, Memory
from integrations.spi import (
    Answer,
    Charged,
    ChargeUndone,
    Declined,
    DidNotHappen,
    Happened,
    Outcome,
    Pending,
    Refunded,
    StillPending,
    Succeeded,
    Undecided,
    Unknown,
)
from integrations.spi.request import Sensitive

_CODE = re.compile(r"[0-9]{5}")
_SUB_CODE = re.compile(r"[A-Za-z_.-]{0,64}")

Short = Annotated[str, Meta(max_length=64)]
Amount = msgspec.Raw
_NONE = msgspec.Raw(b"")

AMOUNT_MISMATCH = "amount_mismatch"


class Reply(Sensitive, frozen=True, kw_only=True):
    """
    The content of a verified answer, of whichever method; Alipay may add members at any time.
    """

    code: Annotated[str, Meta(max_length=16)]
    sub_code: Annotated[str, Meta(max_length=128)] = ""
    out_trade_no: Short = ""
    trade_no: Short = ""
    total_amount: Amount = _NONE
    trade_status: Short = ""
    gmt_payment: Short = ""
    send_pay_date: Short = ""
    action: Short = ""
    retry_flag: Short = ""
    fund_change: Short = ""
    refund_fee: Amount = _NONE
    out_request_no: Short = ""
    refund_amount: Amount = _NONE
    refund_status: Short = ""
    agreement_no: Short = ""
    external_agreement_no: Short = ""
    status: Short = ""
    single_quota: Amount = _NONE
    alipay_logon_id: Annotated[str, Meta(max_length=128)] = ""
    bill_download_url: Annotated[str, Meta(max_length=2_048)] = ""


def read(member: bytes) -> Reply | None:
    """
    Read an answer's member, or None when it has another shape.
    """
    try:
        return msgspec.json.decode(member, type=Reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def said(reply: Reply) -> str:
    """
    The codes of an answer, for logs; what does not look like a code is not repeated.
    """
    code = reply.code if _CODE.fullmatch(reply.code) else "?"
    sub_code = reply.sub_code if _SUB_CODE.fullmatch(reply.sub_code) else "?"
    return f"{code} {sub_code}".strip()


def fen_of(amount: Amount) -> int | None:
    """
    Fen of an amount member, string or number, or None when absent or malformed.
    """
    return amounts.fen(bytes(amount).decode("ascii", "replace"))


def performed(call: Call, reply: Reply, now: datetime) -> Outcome:
    """
    What a verified answer says of the call that it answers.
    """
    if reply.code == rules.SUCCESS:
        return _done(call, reply, now)
    if reply.code == rules.WAITING and call.method == "alipay.trade.pay":
        return Pending(continuation=_memory(reply))
    listed = rules.LISTED[call.method].get(reply.sub_code)
    if reply.code == rules.BUSINESS_REFUSAL and listed is not None:
        return Declined(code=listed, partner_code=reply.sub_code)
    return Unknown(reason=said(reply))


def confirmed(call: Call, declined: Declined, reply: Reply) -> Outcome:
    """
    What a declined charge is after `alipay.trade.query`: declined only when nothing is left open.

    A repeated call can be refused for a reason (a used code, an ended agreement) that says nothing
    of the trade which the first call may have opened.
    """
    missing = (reply.code, reply.sub_code) == (rules.BUSINESS_REFUSAL, rules.TRADE_MISSING)
    closed = reply.out_trade_no == call.out_trade_no and reply.trade_status == rules.CLOSED
    if missing or closed:
        return declined
    return Unknown(reason=f"refused, yet the trade is {reply.trade_status or 'unclear'}"[:80])


def charge_state(call: Call, reply: Reply, now: datetime, *, undone: bool) -> Answer:
    """
    What `alipay.trade.query` says of a charge.

    Args:
        call: the charge.
        reply: the verified answer.
        now: stands in for a payment time that the answer lacks.
        undone: whether a cancel was acknowledged meanwhile, so that "no such trade" is a no.
    """
    if reply.code == rules.BUSINESS_REFUSAL and reply.sub_code == rules.TRADE_MISSING:
        return DidNotHappen(code="TRADE_CLOSED") if undone else Undecided(reason="no such trade")
    if reply.code != rules.SUCCESS or reply.out_trade_no != call.out_trade_no:
        return Undecided(reason=said(reply))
    match reply.trade_status:
        case rules.WAITS:
            return StillPending()
        case rules.CLOSED:
            return DidNotHappen(code="TRADE_CLOSED")
        case status if status in rules.PAID:
            return _paid(call, reply, now)
        case _:
            return Undecided(reason="unlisted trade status")


def cancel_state(call: Call, reply: Reply) -> Answer:
    """
    What `alipay.trade.query` says of a cancel: only a closed trade proves it.
    """
    if reply.code != rules.SUCCESS or reply.out_trade_no != call.out_trade_no:
        return Undecided(reason=said(reply))
    if reply.trade_status != rules.CLOSED:
        return Undecided(reason="not closed; repeat the cancel")
    return Happened(
        result=ChargeUndone(refunded=bool(reply.send_pay_date)), continuation=_memory(reply)
    )


def refund_state(call: Call, reply: Reply) -> Answer:
    """
    What `alipay.trade.fastpay.refund.query` says of a refund; absent means nothing yet.
    """
    if reply.code != rules.SUCCESS or not _names_match(call, reply):
        return Undecided(reason=said(reply))
    if reply.refund_status != "REFUND_SUCCESS" or not bytes(reply.refund_amount):
        return Undecided(reason="not refunded yet; repeat the refund")
    if fen_of(reply.refund_amount) != call.amount_minor:
        return Undecided(reason=AMOUNT_MISMATCH)
    return Happened(result=Refunded(amount_minor=call.amount_minor), continuation=_memory(reply))


def _paid(call: Call, reply: Reply, now: datetime) -> Answer:
    if fen_of(reply.total_amount) != call.amount_minor:
        return Undecided(reason=AMOUNT_MISMATCH)
    return Happened(result=_charged(call, reply, now), continuation=_memory(reply))


def _done(call: Call, reply: Reply, now: datetime) -> Outcome:
    if reply.out_trade_no != call.out_trade_no:
        return Unknown(reason="the answer names another trade")
    match call.method:
        case "alipay.trade.pay":
            if fen_of(reply.total_amount) != call.amount_minor:
                return Unknown(reason=AMOUNT_MISMATCH)
            return Succeeded(result=_charged(call, reply, now), continuation=_memory(reply))
        case "alipay.trade.cancel":
            return _cancelled(reply)
        case _:
            return _refunded(call, reply)


def _cancelled(reply: Reply) -> Outcome:
    if reply.retry_flag == "Y":
        return Unknown(reason="asks to repeat the cancel")
    undone = ChargeUndone(refunded=reply.action == "refund")
    return Succeeded(result=undone, continuation=_memory(reply))


def _refunded(call: Call, reply: Reply) -> Outcome:
    if reply.fund_change != "Y":
        return Pending(continuation=_memory(reply))
    # The answer tells the sum of all refunds of the trade.
    if (fen_of(reply.refund_fee) or 0) < call.amount_minor:
        return Unknown(reason=AMOUNT_MISMATCH)
    return Succeeded(result=Refunded(amount_minor=call.amount_minor), continuation=_memory(reply))


def _charged(call: Call, reply: Reply, now: datetime) -> Charged:
    paid_at = amounts.china_instant(reply.gmt_payment or reply.send_pay_date)
    return Charged(
        amount_minor=call.amount_minor,
        provider_reference=reply.trade_no,
        at=paid_at or now,
    )


def _names_match(call: Call, reply: Reply) -> bool:
    return (reply.out_trade_no, reply.out_request_no) == (call.out_trade_no, call.out_request_no)


def _memory(reply: Reply) -> bytes:
    return msgspec.json.encode(Memory(trade_no=reply.trade_no))
