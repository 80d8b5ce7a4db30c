"""
The gateway: which requests are admitted, and how an answer is sealed.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

import msgspec

from integrations.alipay.sandbox.answers import Content, Refusal
from integrations.alipay.sandbox.calls import Call
from integrations.alipay.sandbox.settings import AlipayApp, AlipaySandboxSettings
from integrations.alipay.sandbox.signing import (
    REQUEST_UNSIGNED,
    Signer,
    Verifier,
    spoiled,
    text_to_sign,
)
from integrations.alipay.sandbox.wire import parse_china_text

_REQUIRED = (
    ("method", "isv.missing-method"),
    ("app_id", "isv.missing-app-id"),
    ("sign_type", "isv.missing-signature-type"),
    ("sign", "isv.missing-signature"),
    ("timestamp", "isv.missing-timestamp"),
    ("version", "isv.missing-version"),
    ("charset", "isv.missing-charset"),
)
_MAX_LENGTHS = {"app_id": 32, "method": 128, "sign": 344, "notify_url": 256}


class Registered:
    """
    A registered application with its keys ready for use.
    """

    def __init__(self, app: AlipayApp) -> None:
        self.app = app
        self.verifier = Verifier(app.merchant_public_key)
        self.signer = Signer(app.alipay_private_key)


class Rejected(msgspec.Struct, frozen=True):
    """
    A request that the gateway turned away.
    """

    refusal: Refusal


def parameters_of(query: str, body: bytes) -> dict[str, str] | None:
    """
    The parameters of address and form together, or None when they cannot be read.

    A parameter that is given twice makes the request unreadable: two readers might each take
    another one of them.
    """
    try:
        pairs = [
            pair
            for text in (query, body.decode("utf-8"))
            for pair in parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=64)
        ]
    except ValueError:
        return None
    parameters = dict(pairs)
    return parameters if len(parameters) == len(pairs) else None


def admit(
    parameters: Mapping[str, str],
    registered: Mapping[str, Registered],
    known_methods: frozenset[str],
    settings: AlipaySandboxSettings,
    now: datetime,
    origin: str,
) -> Call | Rejected:
    """
    The call that a request makes, or why it is turned away.

    In this order: missing, known application, signature type, character set, version, signature,
    timestamp, method, permission, business content.
    """
    for name, sub_code in _REQUIRED:
        if not parameters.get(name):
            return Rejected(Refusal("40001", sub_code))
    own = registered.get(parameters["app_id"])
    if own is None:
        return _invalid("isv.invalid-app-id")
    method = parameters["method"]
    refusal = _against_envelope(parameters, own, settings, now) or _against_method(
        parameters, own, known_methods
    )
    if refusal is not None:
        return Rejected(refusal)
    biz = _biz_content(parameters.get("biz_content", ""))
    if isinstance(biz, Rejected):
        return biz
    return Call(
        app=own.app,
        method=method,
        biz=biz,
        now=now,
        settings=settings,
        origin=origin,
        notify_url=parameters.get("notify_url") or None,
    )


def sealed(method: str, content: Content, signer: Signer | None, *, spoil: bool = False) -> bytes:
    """
    The answer's bytes: the response member, and the signature over its very text.

    As at the partner the text escapes each slash, so that whoever re-encodes it before verifying
    will fail. Without a signer (the application is unknown) there is no signature.
    """
    text = msgspec.json.encode(content).replace(b"/", b"\\/")
    member = f"{method.replace('.', '_')}_response" if method else "error_response"
    if signer is None:
        return b'{"' + member.encode() + b'":' + text + b"}"
    signature = signer.sign(text)
    if spoil:
        signature = spoiled(signature)
    return b'{"' + member.encode() + b'":' + text + b',"sign":"' + signature.encode() + b'"}'


def _against_envelope(
    parameters: Mapping[str, str], own: Registered, settings: AlipaySandboxSettings, now: datetime
) -> Refusal | None:
    moment = parse_china_text(parameters["timestamp"])
    skew = settings.timestamp_skew_seconds
    fits = all(len(parameters.get(name, "")) <= most for name, most in _MAX_LENGTHS.items())
    checks = (
        (parameters["sign_type"] == "RSA2", "isv.invalid-signature-type"),
        (parameters["charset"].lower() == "utf-8", "isv.invalid-charset"),
        (parameters.get("format", "JSON").upper() == "JSON", "isv.invalid-format"),
        (parameters["version"] == "1.0" and fits, "isv.invalid-parameter"),
        (
            own.verifier.accepts(text_to_sign(parameters, REQUEST_UNSIGNED), parameters["sign"]),
            "isv.invalid-signature",
        ),
        (
            moment is not None and abs((now - moment).total_seconds()) <= skew,
            "isv.invalid-timestamp",
        ),
    )
    return next((Refusal("40002", sub_code) for holds, sub_code in checks if not holds), None)


def _against_method(
    parameters: Mapping[str, str], own: Registered, known_methods: frozenset[str]
) -> Refusal | None:
    method = parameters["method"]
    if parameters.get("app_auth_token"):
        return Refusal("20001", "aop.invalid-app-auth-token")
    if method not in known_methods:
        return Refusal("40002", "isv.invalid-method")
    if own.app.methods and method not in own.app.methods:
        return Refusal("40006", "isv.insufficient-isv-permissions")
    return None


def _biz_content(text: str) -> dict[str, object] | Rejected:
    if not text:
        return Rejected(Refusal("40001", "isv.missing-biz-content"))
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.DecodeError, RecursionError):
        return _invalid("isv.invalid-format")


def _invalid(sub_code: str) -> Rejected:
    return Rejected(Refusal("40002", sub_code))
