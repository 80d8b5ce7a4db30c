"""
SM3 signatures and SM4 fields (GB/T 32905, GB/T 32907) as the profile uses them.

The concatenations are unconfirmed; see the documentation page.
"""

import hmac
from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK_BYTES = 16


def sm3(data: bytes) -> str:
    """
    The SM3 digest in lower-case hexadecimal.
    """
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def signature(fields: Mapping[str, object], key: str) -> str:
    """
    Sign an object: SM3 over its compact JSON, names sorted, letters unescaped, then the key text.
    """
    return sm3(msgspec.json.encode(fields, order="sorted") + key.encode())


def verifies(fields: Mapping[str, object], signed: str, key: str) -> bool:
    """
    Tell whether this is the signature of an object, in whichever case it is written.
    """
    return hmac.compare_digest(signature(fields, key).encode(), signed.lower().encode())


def encrypt(text: str, key: str) -> str:
    """
    Encrypt a field with SM4/ECB/ZeroBytePadding; upper-case hexadecimal.

    A text that fills its last block is followed by one whole block of zeros.
    """
    raw = text.encode()
    encryptor = _cipher(key).encryptor()
    padded = raw + bytes(BLOCK_BYTES - len(raw) % BLOCK_BYTES)
    return (encryptor.update(padded) + encryptor.finalize()).hex().upper()


def decrypt(text: str, key: str) -> str | None:
    """
    Decrypt a field, or None when it is none; zeros at the end are padding.
    """
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return None
    if not raw or len(raw) % BLOCK_BYTES:
        return None
    decryptor = _cipher(key).decryptor()
    try:
        return (decryptor.update(raw) + decryptor.finalize()).rstrip(b"\x00").decode()
    except UnicodeDecodeError:
        return None


def _cipher(key: str) -> Cipher[modes.ECB]:
    # The profile prescribes ECB for its fields.
    return Cipher(algorithms.SM4(bytes.fromhex(key)), modes.ECB())  # noqa: S305
