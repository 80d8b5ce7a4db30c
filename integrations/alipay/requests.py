"""
From the wallet's requests to Alipay's business parameters. Pure.
"""

from collections.abc import Mapping
from typing import assert_never
from urllib.parse import urlencode

import msgspec

from integrations.alipay import amounts, rules, signing
from integrations.alipay.context import Agreement, AlipayPartyProfile, Application, Call
from integrations.spi import (
    CancelCharge,
    Charge,
    Numbers,
    PartyView,
    PaymentRequest,
    Prepared,
    Refund,
    Refused,
)

SUBJECT = "医疗服务"
TIMEOUT = "3m"


def parameters(
    application: Application, method: str, biz_content: str, timestamp: str, **more: str
) -> dict[str, str]:
    """
    Sign a request's public parameters; `timestamp` is in China Standard Time.

    Raises:
        UnusableKeyError: the application's private key is none.
    """
    unsigned = {
        "app_id": application.app_id,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": timestamp,
        "version": "1.0",
        "biz_content": biz_content,
        **{name: value for name, value in more.items() if value},
    }
    text = signing.request_text(unsigned)
    return {**unsigned, "sign": signing.sign(text, application.private_key_pem)}


def sign_page(url: str, signed: Mapping[str, str]) -> str:
    """
    The address of Alipay's page on which the resident signs the agreement.
    """
    return f"{url}{'&' if '?' in url else '?'}{urlencode(signed)}"


def agreement_terms(product: str, scene: str, reference: str) -> dict[str, str]:
    """
    Name an agreement by our own reference.
    """
    return {
        "personal_product_code": product,
        "sign_scene": scene,
        "external_agreement_no": reference,
    }


def prepare(
    request: PaymentRequest, numbers: Numbers, profile: AlipayPartyProfile
) -> Prepared | Refused:
    """
    Build an unsafe call.
    """
    match request:
        case Charge():
            return _charge(request, numbers, profile)
        case CancelCharge():
            return _cancel(request)
        case Refund():
            return _refund(request, numbers)
        case unreachable:
            assert_never(unreachable)


def encode(biz_content: Mapping[str, object]) -> str:
    """
    Write business parameters; what is empty is left out.
    """
    return msgspec.json.encode({k: v for k, v in biz_content.items() if v}).decode()


def agreement_of(subject: str) -> Agreement | None:
    """
    Read a binding's subject, or None when it is not one of ours.
    """
    try:
        return msgspec.json.decode(subject.encode(), type=Agreement)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def profile_of(party: PartyView) -> AlipayPartyProfile | None:
    """
    Read a party's profile, or None when it or a key in it cannot be used.
    """
    try:
        profile = msgspec.json.decode(party.profile, type=AlipayPartyProfile)
        if profile.app_id:
            signing.private_key(profile.private_key_pem)
            signing.public_key(profile.alipay_public_key_pem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, signing.UnusableKeyError):
        return None
    return profile


def call_of(prepared: Prepared) -> Call | None:
    """
    Read a committed call, or None when it is not one of ours.
    """
    try:
        call = msgspec.json.decode(prepared.payload, type=Call)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return call if call.method in rules.LISTED else None


def _number(prefix: str, numbers: Numbers) -> str:
    moment = numbers.instant.astimezone(amounts.CHINA).strftime("%Y%m%d%H%M%S")
    return f"{prefix}{moment}{numbers.serial:019d}"


def _charge(charge: Charge, numbers: Numbers, profile: AlipayPartyProfile) -> Prepared | Refused:
    if not 0 < charge.amount_minor <= amounts.MAX_FEN:
        return Refused("AMOUNT_INVALID")
    payer = _payer(charge)
    if isinstance(payer, Refused):
        return payer
    reference = _number("FW", numbers)
    biz_content = {
        "out_trade_no": reference,
        "total_amount": amounts.yuan(charge.amount_minor),
        "subject": SUBJECT,
        "seller_id": profile.seller_id,
        "store_id": profile.store_id,
        "terminal_id": charge.terminal[:32],
        "timeout_express": TIMEOUT,
        **payer,
    }
    call = Call(
        method="alipay.trade.pay",
        biz_content=encode(biz_content),
        out_trade_no=reference,
        amount_minor=charge.amount_minor,
        by_code=bool(charge.code),
    )
    return _prepared("charge", reference, call)


def _payer(charge: Charge) -> dict[str, object] | Refused:
    if charge.code:
        if charge.subject or not rules.is_payment_code(charge.code):
            return Refused("CODE_REJECTED")
        return {
            "product_code": "FACE_TO_FACE_PAYMENT",
            "scene": "bar_code",
            "auth_code": charge.code,
        }
    agreement = agreement_of(charge.subject)
    if agreement is None:
        return Refused("NOT_BOUND")
    return {
        "product_code": "GENERAL_WITHHOLDING",
        "agreement_params": {"agreement_no": agreement.agreement_no},
    }


def _cancel(cancel: CancelCharge) -> Prepared:
    call = Call(
        method="alipay.trade.cancel",
        biz_content=encode({"out_trade_no": cancel.original}),
        out_trade_no=cancel.original,
    )
    return _prepared("cancel_charge", cancel.original, call)


def _refund(refund: Refund, numbers: Numbers) -> Prepared | Refused:
    if not 0 < refund.amount_minor <= refund.charged_minor:
        return Refused("AMOUNT_INVALID")
    reference = _number("RF", numbers)
    biz_content = {
        "out_trade_no": refund.original,
        "refund_amount": amounts.yuan(refund.amount_minor),
        "out_request_no": reference,
    }
    call = Call(
        method="alipay.trade.refund",
        biz_content=encode(biz_content),
        out_trade_no=refund.original,
        out_request_no=reference,
        amount_minor=refund.amount_minor,
    )
    return _prepared("refund", reference, call)


def _prepared(operation: str, reference: str, call: Call) -> Prepared:
    return Prepared(operation=operation, reference=reference, payload=msgspec.json.encode(call))
