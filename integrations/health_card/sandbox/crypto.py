"""
SM3 signatures and SM4 fields as the platform uses them (GB/T 32905, GB/T 32907).
"""

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16


def sm3_hex(data: bytes) -> str:
    """
    The SM3 digest in lower-case hexadecimal.
    """
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def signature(fields: Mapping[str, object], key: str) -> str:
    """
    The signature over an object: SM3 over its JSON text followed by the key's text.

    The JSON is compact, its names sorted, its letters not escaped; the result is lower-case
    hexadecimal.
    """
    text = json.dumps(dict(fields), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sm3_hex((text + key).encode())


def encrypt(text: str, key: str) -> str:
    """
    A field under SM4/ECB/ZeroBytePadding, in upper-case hexadecimal.

    A text that fills its last block gets a whole block of zeros more, as the padding's widespread
    implementation does.
    """
    raw = text.encode()
    padded = raw + bytes(_BLOCK - len(raw) % _BLOCK)
    return encrypt_blocks(padded, key).hex().upper()


def decrypt(text: str, key: str) -> str | None:
    """
    The text of a field under SM4/ECB/ZeroBytePadding, or None when it is none.
    """
    try:
        raw = bytes.fromhex(text)
        if not raw or len(raw) % _BLOCK or len(text) != 2 * len(raw):
            return None
        cipher = Cipher(algorithms.SM4(bytes.fromhex(key)), modes.ECB())  # noqa: S305
        decryptor = cipher.decryptor()
        return (decryptor.update(raw) + decryptor.finalize()).rstrip(b"\x00").decode()
    except ValueError:
        return None


def encrypt_blocks(raw: bytes, key: str) -> bytes:
    """
    Whole blocks under SM4/ECB, without padding.
    """
    # The platform prescribes ECB for its fields; the sandbox has to speak it.
    cipher = Cipher(algorithms.SM4(bytes.fromhex(key)), modes.ECB())  # noqa: S305
    encryptor = cipher.encryptor()
    return encryptor.update(raw) + encryptor.finalize()
