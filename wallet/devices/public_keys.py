"""
Public keys as devices send them: SubjectPublicKeyInfo in DER (RFC 5280 §4.1), in base64.

Only the two forms that WebCrypto and phones make are read, byte for byte: an uncompressed point on
P-256 (RFC 5480) or on the SM2 curve (GB/T 35276).
"""

import binascii
from base64 import b64decode, urlsafe_b64decode
from typing import Final

from codes import PublicKeyError, load_public_key
from wallet.devices.words import SuiteName

POINT_LENGTH: Final = 65
SIGNATURE_LENGTH: Final = 64
_PREFIXES: Final = {
    bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"): (
        SuiteName.INTERNATIONAL
    ),
    bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200"): SuiteName.NATIONAL,
}


def read_public_key(text: str) -> tuple[SuiteName, bytes] | None:
    """
    Return the suite and the point (65 bytes, 04 ‖ X ‖ Y) of a key, or None.

    Args:
        text: DER of SubjectPublicKeyInfo in base64 (RFC 4648 §4), with its padding.
    """
    try:
        der = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    suite = _PREFIXES.get(der[:-POINT_LENGTH])
    if suite is None:
        return None
    point = der[-POINT_LENGTH:]
    try:
        load_public_key(suite.suite, point)
    except PublicKeyError:
        return None
    return suite, point


def read_signature(text: str) -> bytes:
    """
    Return the 64 bytes r ‖ s, or nothing where the text is not them.

    Args:
        text: 86 letters of base64url without padding (RFC 4648 §5).
    """
    try:
        raw = urlsafe_b64decode(text + "==")
    except (binascii.Error, ValueError):
        return b""
    return raw if len(raw) == SIGNATURE_LENGTH else b""
