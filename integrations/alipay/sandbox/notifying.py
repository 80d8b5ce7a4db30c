"""
Asynchronous notifications: a signed form to the merchant's `notify_url`, until it says `success`.
"""

from datetime import datetime
from urllib.parse import urlencode

from integrations.alipay.sandbox.books import (
    Agreement,
    AgreementNotice,
    Books,
    Notice,
    Refund,
    Trade,
    TradeNotice,
)
from integrations.alipay.sandbox.settings import AlipayApp
from integrations.alipay.sandbox.signing import (
    NOTIFICATION_UNSIGNED,
    Signer,
    spoiled,
    text_to_sign,
)
from integrations.alipay.sandbox.wire import china_text, yuan
from integrations.sandboxing import Callback


def app_of(notice: Notice) -> str:
    """
    The application that a notice is for.
    """
    match notice:
        case TradeNotice(trade):
            return trade.app_id
        case AgreementNotice(agreement):
            return agreement.app_id


def kind_of(notice: Notice) -> str:
    """
    Alipay's `notify_type` of a notice, by which faults know it.
    """
    match notice:
        case TradeNotice():
            return "trade_status_sync"
        case AgreementNotice(ended=ended):
            return "dut_user_unsign" if ended else "dut_user_sign"


def callback(
    books: Books, notice: Notice, app: AlipayApp, signer: Signer, now: datetime, *, spoil: bool
) -> Callback | None:
    """
    The notification of a notice, signed over all but `sign` and `sign_type`.

    None when the merchant named no address. With `spoil` its signature does not verify.
    """
    url, about = _about(books, notice)
    if not url:
        return None
    number = books.next_number()
    parameters = {
        "notify_time": china_text(now),
        "notify_type": kind_of(notice),
        "notify_id": f"{int(now.timestamp()):010d}{number:024d}",
        "charset": "utf-8",
        "version": "1.0",
        "app_id": app.app_id,
        "auth_app_id": app.app_id,
        **about,
    }
    signature = signer.sign(text_to_sign(parameters, NOTIFICATION_UNSIGNED))
    parameters["sign_type"] = "RSA2"
    parameters["sign"] = spoiled(signature) if spoil else signature
    return Callback(
        operation=kind_of(notice),
        url=url,
        body=urlencode(parameters).encode(),
        content_type="application/x-www-form-urlencoded; charset=utf-8",
        acknowledgement=b"success",
    )


def _about(books: Books, notice: Notice) -> tuple[str | None, dict[str, str]]:
    match notice:
        case TradeNotice(trade, refund):
            return trade.notify_url, _about_trade(books, trade, refund)
        case AgreementNotice(agreement, ended):
            return agreement.notify_url, _about_agreement(books, agreement, ended=ended)


def _about_trade(books: Books, trade: Trade, refund: Refund | None) -> dict[str, str]:
    person = books.people[trade.person]
    total = yuan(trade.total_fen)
    fields = {
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "trade_status": trade.status,
        "subject": trade.subject,
        "total_amount": total,
        "buyer_id": person.user_id,
        "buyer_logon_id": person.logon_id,
        "gmt_create": china_text(trade.created_at),
    }
    if trade.paid_at is not None:
        fields |= {
            "receipt_amount": total,
            "buyer_pay_amount": total,
            "invoice_amount": total,
            "point_amount": "0.00",
            "gmt_payment": china_text(trade.paid_at),
            "fund_bill_list": f'[{{"amount":"{total}","fundChannel":"ALIPAYACCOUNT"}}]',
        }
    if trade.closed_at is not None:
        fields["gmt_close"] = china_text(trade.closed_at)
    if refund is not None:
        fields |= {
            "out_biz_no": refund.out_request_no,
            "refund_fee": yuan(trade.refunded_fen),
            "gmt_refund": china_text(refund.refunded_at) + ".000",
        }
    return fields


def _about_agreement(books: Books, agreement: Agreement, *, ended: bool) -> dict[str, str]:
    person = books.people[agreement.person]
    return {
        "agreement_no": agreement.agreement_no,
        "external_agreement_no": agreement.external_agreement_no,
        "personal_product_code": agreement.personal_product_code,
        "sign_scene": agreement.sign_scene,
        "status": "UNSIGN" if ended else agreement.status,
        "alipay_user_id": person.user_id,
        "alipay_logon_id": person.logon_id,
        "sign_time": china_text(agreement.signed_at),
        "valid_time": china_text(agreement.signed_at),
        "invalid_time": china_text(agreement.invalid_at),
    }
