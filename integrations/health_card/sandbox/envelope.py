"""
The platform's envelope: what a request must bring, and how an answer is signed.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec

from integrations.health_card.sandbox.answers import Datas, Refusal, description
from integrations.health_card.sandbox.books import Books
from integrations.health_card.sandbox.calls import Call, sealed_fields
from integrations.health_card.sandbox.crypto import decrypt, encrypt, signature
from integrations.health_card.sandbox.settings import HealthCardApp, HealthCardSandboxSettings

VERSION = "V2.0.0"
SIGN_MODE = "SM3"
ENCRYPT_MODE = "SM4/ECB/ZeroBytePadding"

_SECONDS = re.compile(r"[0-9]{1,11}")
_OF_EVERY_BODY = ("appMode", "orgCode", "appRecordNo")


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """
    A request as it is sent: `POST` with this as JSON.
    """

    method: str = ""
    head_sign: str = ""
    body_sign: str = ""
    version: str = ""
    app_id: str = ""
    nonce_str: Annotated[str, msgspec.Meta(max_length=40)] = ""
    timestamp: str = ""
    sign_mode: str = ""
    encrypt_mode: str = ""
    body: dict[str, str] = {}

    def __repr__(self) -> str:
        """Name the method only."""
        return f"Envelope(method={self.method!r}, redacted)"


def parse(raw: bytes) -> Envelope | Refusal:
    """
    The envelope of a request's bytes; each of its values is a text.
    """
    try:
        envelope = msgspec.json.decode(raw, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal("1002")
    if not all(msgspec.structs.astuple(envelope)):
        return Refusal("1001")
    return envelope


def admit(
    books: Books,
    envelope: Envelope,
    settings: HealthCardSandboxSettings,
    known_methods: frozenset[str],
    now: datetime,
) -> Call | Refusal:
    """
    The call that a request makes, or why it is refused.

    In this order: version, modes, application, signatures of head and body, timestamp, nonce
    (used up only by a request that was right so far), institution, method.
    """
    app = next((app for app in settings.apps if app.app_id == envelope.app_id), None)
    refusal = _against_kind(envelope) or _against_signatures(envelope, app)
    if app is None or refusal is not None:
        return refusal or Refusal("1004")
    refusal = _against_replay(books, envelope, app, settings, now) or _against_body(envelope, app)
    if refusal is None and envelope.method not in known_methods:
        refusal = Refusal("1010")
    if refusal is not None:
        return refusal
    return Call(app=app, method=envelope.method, body=envelope.body, now=now, settings=settings)


def answer(
    result: Datas | Refusal,
    app: HealthCardApp | None,
    settings: HealthCardSandboxSettings,
    now: datetime,
    *,
    spoil: bool,
) -> Mapping[str, object]:
    """
    The answer to a request; its data are encrypted and signed with the application's key.

    Without a known application there is no key, hence no signature.
    """
    refused = isinstance(result, Refusal)
    datas: Datas = {} if isinstance(result, Refusal) else result
    code = result.code if isinstance(result, Refusal) else settings.success_code
    text = description(str(code)) if refused else "成功"
    sign, timestamp = "", ""
    if app is not None:
        datas = sealed_fields(datas, app.key)
        sign = signature(datas, app.key)
        timestamp = encrypt(str(int(now.timestamp())), app.key)
    if spoil and sign:
        sign = ("1" if sign[0] == "0" else "0") + sign[1:]
    return {
        "returnCode": code,
        "returnDesc": text,
        "signString": sign,
        "timestamp": timestamp,
        "msg": text if refused else "",
        "datas": datas,
    }


def _against_kind(envelope: Envelope) -> Refusal | None:
    if envelope.version != VERSION:
        return Refusal("1003")
    if (envelope.sign_mode, envelope.encrypt_mode) != (SIGN_MODE, ENCRYPT_MODE):
        return Refusal("1005")
    return None


def _against_signatures(envelope: Envelope, app: HealthCardApp | None) -> Refusal | None:
    if app is None:
        return Refusal("1004")
    head = {
        "appId": envelope.app_id,
        "nonceStr": envelope.nonce_str,
        "timestamp": envelope.timestamp,
        "version": envelope.version,
    }
    if not _equal(signature(head, app.key), envelope.head_sign):
        return Refusal("1008")
    if not _equal(signature(envelope.body, app.key), envelope.body_sign):
        return Refusal("1009")
    return None


def _against_replay(
    books: Books,
    envelope: Envelope,
    app: HealthCardApp,
    settings: HealthCardSandboxSettings,
    now: datetime,
) -> Refusal | None:
    text = decrypt(envelope.timestamp, app.key) or ""
    seconds, skew = int(now.timestamp()), settings.timestamp_skew_seconds
    if _SECONDS.fullmatch(text) is None or abs(seconds - int(text)) > skew:
        return Refusal("1006")
    if not settings.nonce_once:
        return None
    nonce = (app.app_id, envelope.nonce_str)
    books.nonces = {key: until for key, until in books.nonces.items() if until >= seconds}
    if nonce in books.nonces:
        return Refusal("1007")
    books.nonces[nonce] = int(text) + skew
    return None


def _against_body(envelope: Envelope, app: HealthCardApp) -> Refusal | None:
    mode, org_code, record_no = (envelope.body.get(name, "") for name in _OF_EVERY_BODY)
    if not (mode and org_code and record_no):
        return Refusal("1001")
    if (org_code, record_no) != (app.org_code, app.app_record_no):
        return Refusal("1012")
    return None


def _equal(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())
