"""
Blind index: finds a row by a personal value without storing the value.
"""

import hmac


def blind_index(key: bytes, domain: str, value: str) -> bytes:
    """
    Return HMAC-SHA256 over domain and normalised value, 32 bytes.

    Full length, so for values that are unique per person only (a document number, not a name).
    The domain's length goes first, so that no two pairs of domain and value share an input.
    """
    label = domain.encode()
    return hmac.digest(key, len(label).to_bytes(2) + label + value.encode(), "sha256")
