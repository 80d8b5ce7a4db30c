"""
Transcripts without anything personal or secret: what is not known to be harmless is withheld.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec

WITHHELD = "***"
_MAX_DEPTH = 4

_ORDER_NUMBER = r"(?:FW|RF)[0-9]{33}"
_SHAPES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(shape)
    for name, shape in {
        "method": r"alipay(?:\.[a-z]{1,20}){1,6}",
        "format": r"JSON",
        "charset": r"[a-z0-9-]{1,10}",
        "sign_type": r"RSA2?",
        "timestamp": r"[0-9-]{10} [0-9:]{8}",
        "version": r"[0-9.]{3}",
        "code": r"[0-9]{5}",
        "sub_code": r"[A-Za-z][A-Za-z_.-]{0,99}",
        "out_trade_no": _ORDER_NUMBER,
        "out_request_no": _ORDER_NUMBER,
        "total_amount": r"[0-9]{1,9}(?:\.[0-9]{1,2})?",
        "refund_amount": r"[0-9]{1,9}(?:\.[0-9]{1,2})?",
        "refund_fee": r"[0-9]{1,9}(?:\.[0-9]{1,2})?",
        "trade_status": r"[A-Z_]{1,32}",
        "refund_status": r"[A-Z_]{1,32}",
        "status": r"[A-Z_]{1,32}",
        "action": r"[a-z]{1,16}",
        "retry_flag": r"[YN]",
        "fund_change": r"[YN]",
        "product_code": r"[A-Z0-9_]{1,64}",
        "scene": r"[a-z_]{1,32}",
        "timeout_express": r"[0-9]{1,3}[mhdc]",
        "bill_type": r"[a-z]{1,20}",
        "bill_date": r"[0-9-]{10}",
        "gmt_payment": r"[0-9-]{10} [0-9:]{8}",
        "send_pay_date": r"[0-9-]{10} [0-9:]{8}",
    }.items()
}
_NESTS = re.compile(r"biz_content|agreement_params|error_response|alipay_[a-z_]{1,80}_response")
_FORM = re.compile(r"[A-Za-z_]{1,64}=[^&\s]*(?:&[A-Za-z_]{1,64}=[^&\s]*)*")
# of one exchange there are two; each is looked for in all that is left
_HEADS_MAX = 4
_HEAD = re.compile(r"(?:[A-Z]{3,7} /|HTTP/1)[^\n]*(?:\n|\Z)")


def scrub(transcript: str) -> str:
    """
    Keep of a request or answer what tells how it went, and withhold everything else.

    Understands JSON, URL-encoded forms and either of them after an HTTP head. A value stays only
    when its name is listed and its text has the listed shape; anything that is not understood is
    withheld as a whole. Idempotent.
    """
    text = transcript.strip()
    for _ in range(_HEADS_MAX):
        if not _HEAD.match(text):
            break
        text = text.replace("\r\n", "\n").partition("\n\n")[2].strip()
    if not text:
        return ""
    if _FORM.fullmatch(text):
        return _written(_kept(dict(parse_qsl(text, keep_blank_values=True)), _MAX_DEPTH))
    value = _json(text)
    return _written(_kept(value, _MAX_DEPTH)) if isinstance(value, dict) else WITHHELD


def _kept(members: Mapping[str, object], depth: int) -> dict[str, object]:
    return {
        name if _is_name(name) else WITHHELD: _kept_value(name, value, depth)
        for name, value in members.items()
    }


def _is_name(name: str) -> bool:
    return name in _SHAPES or name in _KNOWN_NAMES or _NESTS.fullmatch(name) is not None


def _kept_value(name: str, value: object, depth: int) -> object:
    if _NESTS.fullmatch(name):
        nested = _json(value) if isinstance(value, str) else value
        return _kept(nested, depth - 1) if isinstance(nested, dict) and depth else WITHHELD
    shape = _SHAPES.get(name)
    if shape is None or not isinstance(value, str) or shape.fullmatch(value) is None:
        return WITHHELD
    return value


def _json(text: str) -> object:
    try:
        return msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _written(value: dict[str, object]) -> str:
    return msgspec.json.encode(value).decode()


_KNOWN_NAMES = frozenset(
    {
        "agreement_no",
        "alipay_logon_id",
        "app_id",
        "auth_code",
        "bill_download_url",
        "buyer_logon_id",
        "buyer_user_id",
        "external_agreement_no",
        "msg",
        "notify_url",
        "personal_product_code",
        "seller_id",
        "sign",
        "sign_scene",
        "store_id",
        "sub_msg",
        "subject",
        "terminal_id",
        "trade_no",
    }
)
