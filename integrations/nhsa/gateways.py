"""
How a message reaches the platform: the signed TIF gateway or one unsigned address.

TIF headers: ``x-tif-signature`` is the lower-case hexadecimal SHA-256 of timestamp, secret,
nonce, timestamp; timestamp in seconds, nonce of 32 letters and digits. Answers are unsigned.
"""

import hashlib
from datetime import datetime

from integrations.nhsa.context import Gateway, SingleUrlGateway

NONCE_BYTES = 16


def address(gateway: Gateway, infno: str) -> str:
    """
    Say where a transaction goes.
    """
    if isinstance(gateway, SingleUrlGateway):
        return gateway.url
    return f"{gateway.url.rstrip('/')}/{infno}"


def headers(gateway: Gateway, now: datetime, random: bytes) -> dict[str, str]:
    """
    Sign one request.

    Args:
        gateway: of the institution.
        now: aware UTC instant of sending.
        random: `NONCE_BYTES` bytes, used once.

    Returns:
        The headers to add; none for an unsigned gateway.
    """
    if isinstance(gateway, SingleUrlGateway):
        return {}
    timestamp = str(int(now.timestamp()))
    nonce = random.hex()
    text = f"{timestamp}{gateway.secret}{nonce}{timestamp}"
    return {
        "x-tif-paasid": gateway.paasid,
        "x-tif-timestamp": timestamp,
        "x-tif-nonce": nonce,
        "x-tif-signature": hashlib.sha256(text.encode()).hexdigest(),
    }
