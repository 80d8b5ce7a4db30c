"""
The two ways in: the TIF gateway with signed headers, and the single unsigned address.

TIF: `x-tif-paasid`, `x-tif-timestamp` (seconds), `x-tif-nonce` (32 letters and digits, once),
`x-tif-signature`, the lower-case hexadecimal SHA-256 of timestamp, secret, nonce, timestamp.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from integrations.nhsa.sandbox.settings import Institution

_TIMESTAMP = re.compile(r"[0-9]{10}")
_NONCE = re.compile(r"[0-9A-Za-z]{32}")


class GatewayRefusal(msgspec.Struct, frozen=True):
    """
    Refused before the platform saw the message; nothing was processed (HTTP 401).
    """

    code: str
    message: str


HEADERS_MISSING = GatewayRefusal("TIF_HEADERS_MISSING", "请求头缺失或格式不正确")
PAASID_UNKNOWN = GatewayRefusal("TIF_PAASID_UNKNOWN", "paasid未注册")
TIMESTAMP_OUTSIDE = GatewayRefusal("TIF_TIMESTAMP", "时间戳超出允许范围")
NONCE_REPEATED = GatewayRefusal("TIF_NONCE", "nonce重复")
SIGNATURE_WRONG = GatewayRefusal("TIF_SIGNATURE", "签名验证失败")


class TifGateway:
    """
    Checks signed headers; remembers the nonces of the time window.
    """

    def __init__(self, institutions: tuple[Institution, ...], window_seconds: int) -> None:
        self._by_paasid = {one.paasid: one for one in institutions if one.profile == "tif"}
        self._window = window_seconds
        self._nonces: dict[str, int] = {}

    def admit(self, headers: Mapping[str, str], now: datetime) -> Institution | GatewayRefusal:
        """
        The institution that signed these headers; its nonce is spent.
        """
        names = ("x-tif-paasid", "x-tif-timestamp", "x-tif-nonce", "x-tif-signature")
        paasid, timestamp, nonce, signature = (headers.get(name, "") for name in names)
        if not _TIMESTAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
            return HEADERS_MISSING
        institution = self._by_paasid.get(paasid)
        if institution is None:
            return PAASID_UNKNOWN
        if not _is_signed(institution.secret, timestamp, nonce, signature):
            return SIGNATURE_WRONG
        if abs(now.timestamp() - int(timestamp)) > self._window:
            return TIMESTAMP_OUTSIDE
        if not self._spend(f"{paasid}:{nonce}", int(now.timestamp())):
            return NONCE_REPEATED
        return institution

    def _spend(self, nonce: str, now_seconds: int) -> bool:
        """
        Take a nonce once; forget those that no timestamp in the window can bring back.
        """
        oldest = now_seconds - 2 * self._window
        self._nonces = {key: at for key, at in self._nonces.items() if at >= oldest}
        if nonce in self._nonces:
            return False
        self._nonces[nonce] = now_seconds
        return True


def _is_signed(secret: str, timestamp: str, nonce: str, signature: str) -> bool:
    text = f"{timestamp}{secret}{nonce}{timestamp}"
    expected = hashlib.sha256(text.encode()).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())
