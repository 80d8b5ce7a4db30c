"""
What Alipay's codes mean for us. A code that is not listed here never decides anything.

Sources: Alipay's pages of the methods `alipay.trade.pay`, `.cancel`, `.refund`, `.query` and
`alipay.user.agreement.query`, section on business error codes.
"""

import re

from integrations.spi import Text

SUCCESS = "10000"
WAITING = "10003"
BUSINESS_REFUSAL = "40004"

AGREEMENT_STANDS = "NORMAL"
AGREEMENT_MISSING = frozenset({"USER_AGREEMENT_NOT_EXIST", "ACQ.USER_AGREEMENT_NOT_EXIST"})
TRADE_MISSING = "ACQ.TRADE_NOT_EXIST"
BILL_MISSING = frozenset({"BILL_NOT_EXIST", "isp.bill_not_exist"})

PAID = frozenset({"TRADE_SUCCESS", "TRADE_FINISHED"})
WAITS = "WAIT_BUYER_PAY"
CLOSED = "TRADE_CLOSED"

REFUSALS = {
    "NOT_BOUND": Text("没有绑定支付宝免密支付", "No Alipay agreement is bound"),
    "AGREEMENT_ENDED": Text(
        "支付宝免密支付协议已失效，请重新签约", "The Alipay agreement has ended; sign it anew"
    ),
    "AMOUNT_OVER_LIMIT": Text(
        "金额超过单笔限额", "The amount is above the limit of a single payment"
    ),
    "AMOUNT_INVALID": Text("金额无效", "The amount cannot be charged or refunded"),
    "BALANCE_INSUFFICIENT": Text(
        "付款账户余额不足，请更换付款方式", "Not enough money; pay in another way"
    ),
    "CODE_REJECTED": Text(
        "付款码无效或已过期，请刷新后重试", "The payment code is void; refresh it"
    ),
    "PAYER_REFUSED": Text("付款人账户不能付款", "The payer's account cannot pay"),
    "MERCHANT_REFUSED": Text("商户状态异常，请联系收费处", "Alipay refuses the merchant"),
    "PARTY_NOT_SET_UP": Text(
        "本机构未开通支付宝收款", "This institution is not set up to be paid by Alipay"
    ),
    "TRADE_CLOSED": Text("交易已关闭", "The trade is closed and was not paid"),
    "TRADE_CONFLICT": Text("交易号重复", "The number belongs to a trade with other contents"),
    "TOO_LATE": Text("已超过可撤销或可退款的时间", "It is too late to cancel or refund"),
    "REFUND_REFUSED": Text("退款被拒绝", "Alipay refuses the refund"),
    "SIGNATURE_INVALID": Text("签名无效", "The signature does not verify"),
}

_CHARGE_REFUSALS = {
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": "BALANCE_INSUFFICIENT",
    "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH": "BALANCE_INSUFFICIENT",
    "ACQ.PAYMENT_AUTH_CODE_INVALID": "CODE_REJECTED",
    "ACQ.AGREEMENT_NOT_EXIST": "AGREEMENT_ENDED",
    "ACQ.AGREEMENT_INVALID": "AGREEMENT_ENDED",
    "ACQ.AGREEMENT_STATUS_NOT_NORMAL": "AGREEMENT_ENDED",
    "ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED": "AMOUNT_OVER_LIMIT",
    "ACQ.TOTAL_FEE_EXCEED": "AMOUNT_OVER_LIMIT",
    "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": "AMOUNT_OVER_LIMIT",
    "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": "AMOUNT_OVER_LIMIT",
    "ACQ.PAYER_UNMATCHED": "PAYER_REFUSED",
    "ACQ.TRADE_BUYER_NOT_MATCH": "PAYER_REFUSED",
    "ACQ.BUYER_ENABLE_STATUS_FORBID": "PAYER_REFUSED",
    "ACQ.PAYMENT_FAIL": "PAYER_REFUSED",
    "ACQ.SELLER_BEEN_BLOCKED": "MERCHANT_REFUSED",
    "ACQ.PARTNER_ERROR": "MERCHANT_REFUSED",
    "ACQ.TRADE_HAS_CLOSE": "TRADE_CLOSED",
    "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR": "TRADE_CLOSED",
    "ACQ.CONTEXT_INCONSISTENT": "TRADE_CONFLICT",
}

_CANCEL_REFUSALS = {
    "ACQ.TRADE_CANCEL_TIME_OUT": "TOO_LATE",
    "ACQ.TRADE_HAS_FINISHED": "TOO_LATE",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "REFUND_REFUSED",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "REFUND_REFUSED",
    "ACQ.REASON_TRADE_BEEN_FREEZEN": "REFUND_REFUSED",
}

_REFUND_REFUSALS = {
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "REFUND_REFUSED",
    "ACQ.REASON_TRADE_BEEN_FREEZEN": "REFUND_REFUSED",
    "ACQ.TRADE_NOT_ALLOW_REFUND": "REFUND_REFUSED",
    "ACQ.TRADE_STATUS_ERROR": "REFUND_REFUSED",
    "ACQ.TRADE_NOT_EXIST": "REFUND_REFUSED",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": "AMOUNT_INVALID",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "AMOUNT_INVALID",
    "ACQ.REFUND_FEE_ERROR": "AMOUNT_INVALID",
    "ACQ.TRADE_HAS_FINISHED": "TOO_LATE",
    "ACQ.DISCORDANT_REPEAT_REQUEST": "TRADE_CONFLICT",
}

LISTED = {
    "alipay.trade.pay": _CHARGE_REFUSALS,
    "alipay.trade.cancel": _CANCEL_REFUSALS,
    "alipay.trade.refund": _REFUND_REFUSALS,
}

# These name our own trade as it stands, or say that it is somebody else's: nothing to confirm.
DEFINITE = frozenset({"TRADE_CLOSED", "TRADE_CONFLICT"})

_PAYMENT_CODE = re.compile(r"(?:2[5-9]|30)[0-9]{14,22}")


def is_payment_code(text: str) -> bool:
    """
    Tell whether this is a payment code of Alipay: 16 to 24 digits that begin with 25 to 30.
    """
    return _PAYMENT_CODE.fullmatch(text) is not None


def masked_label(logon_id: str) -> str:
    """
    The account's name as Alipay masked it, or nothing when it is not masked.
    """
    return f"支付宝 {logon_id}" if "*" in logon_id and len(logon_id) <= 64 else "支付宝"  # noqa: PLR2004
