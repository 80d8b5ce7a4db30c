"""
A verifier written from docs/code-format.md alone; it imports nothing of the package `codes`.

Slow and short on purpose: HKDF, HOTP, AES-SIV, SM4-SIV and both signatures by hand.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import gmssl_pyx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from tests.vectors.codes import curves

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SUITES = ("international", "national")
PROOFS = (8, 64)
LENGTHS = (89, 178)
DAMM = [
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
]

Mac = Callable[[bytes, bytes], bytes]


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def hmac_sm3(key: bytes, message: bytes) -> bytes:
    block = key.ljust(64, b"\0")
    inner = gmssl_pyx.sm3_hash(bytes(octet ^ 0x36 for octet in block) + message)
    return bytes(gmssl_pyx.sm3_hash(bytes(octet ^ 0x5C for octet in block) + inner))


MACS: dict[str, Mac] = {"international": hmac_sha256, "national": hmac_sm3}


def hkdf(mac: Mac, secret: bytes, info: bytes, length: int) -> bytes:
    root, output, block = mac(bytes(32), secret), b"", b""
    while len(output) < length:
        block = mac(root, block + info + bytes([len(output) // 32 + 1]))
        output += block
    return output[:length]


def hotp(mac: Mac, key: bytes, counter: int) -> int:
    digest = mac(key, counter.to_bytes(8))
    at = digest[-1] & 15
    return int.from_bytes(digest[at : at + 4]) % 2**31 % 10**10


def double(block: bytes) -> bytes:
    number = int.from_bytes(block) << 1
    return ((number ^ 0x87) % 2**128 if number >> 128 else number).to_bytes(16)


def xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def ctr(cipher: Any, start: bytes, data: bytes) -> bytes:
    encryptor = Cipher(cipher, modes.CTR(start)).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def open_aes_siv(key: bytes, header: bytes, sealed: bytes) -> bytes | None:
    first, second = key[:32], key[32:]
    given = int.from_bytes(sealed[:16])
    start = given & ~(1 << 63 | 1 << 31)
    plain = ctr(algorithms.AES(second), start.to_bytes(16), sealed[16:])
    state = xor(double(cmac(first, bytes(16))), cmac(first, header))
    last = plain[:-16] + xor(plain[-16:], state)
    return plain if cmac(first, last) == sealed[:16] else None


def open_sm4_siv(key: bytes, header: bytes, sealed: bytes) -> bytes | None:
    plain = ctr(algorithms.SM4(key[32:]), sealed[:16], sealed[16:])
    again = hmac_sm3(key[:32], b"fusion-wallet/1/pass" + header + plain)[:16]
    return plain if again == sealed[:16] else None


def read(text: str) -> bytes | str:
    """
    Section 1: the bytes of a code, or a problem code.
    """
    body = text[2:]
    shape = text[:2] == "FW" and len(body) >= 2 and all(letter in ALPHABET for letter in body)
    if len(text) > 512 or not shape:
        return "CODE_MALFORMED"
    bits = "".join(f"{ALPHABET.index(letter):05b}" for letter in body)
    version, suite, profile = int(bits[:4], 2), int(bits[4:6], 2), int(bits[6:8], 2)
    if version != 1 or suite > 1 or profile > 1:
        return "CODE_UNSUPPORTED"
    whole = len(bits) - len(bits) % 8
    if len(text) != LENGTHS[profile] or "1" in bits[whole:]:
        return "CODE_MALFORMED"
    return bytes(int(bits[at : at + 8], 2) for at in range(0, whole, 8))


def verify(text: str, now: int, world: dict[str, Any]) -> dict[str, Any]:
    """
    Section 8: the answer to a text at a time, in the shape of the golden vectors.
    """
    raw = read(text)
    if isinstance(raw, str):
        return {"result": raw}
    header, sealed, low, proof = raw[:5], raw[5:45], raw[45], raw[46:]
    suite, profile = SUITES[header[0] >> 2 & 3], header[0] & 3
    key = find_key(world, header, suite, now)
    if key is None:
        return {"result": "CODE_NOT_ACCEPTED"}
    plain = open_pass(suite, bytes.fromhex(key["pass_secret"]), header, sealed)
    counter = rebuilt(plain, low) if plain else None
    if not plain or counter is None:
        return {"result": "CODE_NOT_ACCEPTED"}
    if profile == 0:
        good = proof == password(suite, bytes.fromhex(key["seed_master"]), plain, raw, counter)
    else:
        good = signature_is_good(suite, world, raw, counter)
    if not good:
        return {"result": "CODE_NOT_ACCEPTED"}
    return judge(plain, counter, now)


def rebuilt(plain: bytes, low: int) -> int | None:
    """
    Section 6, by trying all counters of the pass.
    """
    expiry = int.from_bytes(plain[14:18])
    if expiry % 30 or expiry < 600:
        return None
    steps = range((expiry - 600) // 30, expiry // 30)
    found = [step * 8 + sub for step in steps for sub in range(8) if (step * 8 + sub) % 256 == low]
    return found[0] if found else None


def find_key(world: dict[str, Any], header: bytes, suite: str, now: int) -> dict[str, Any] | None:
    if int.from_bytes(header[1:4]) != world["issuer"]:
        return None
    for key in world["keys"]:
        live = key["retires_at"] is None or now < key["retires_at"]
        if key["key_id"] == header[4] and key["suite"] == suite and live:
            return dict(key)
    return None


def open_pass(suite: str, secret: bytes, header: bytes, sealed: bytes) -> bytes | None:
    length = 64 if suite == "international" else 48
    key = hkdf(MACS[suite], secret, b"fusion-wallet/1/pass-key", length)
    opener = open_aes_siv if suite == "international" else open_sm4_siv
    return opener(key, header, sealed)


def password(suite: str, master: bytes, plain: bytes, raw: bytes, counter: int) -> bytes:
    mac, domain = MACS[suite], b"fusion-wallet/1/otp"
    seed = hkdf(mac, master, b"fusion-wallet/1/device-seed" + plain[:14], 32)
    of_pass = mac(seed, domain + raw[:45])
    high = hotp(mac, mac(of_pass, domain + b"/high"), counter)
    low = hotp(mac, mac(of_pass, domain + b"/low"), counter)
    return (high * 2**31 + low).to_bytes(8)


def signature_is_good(suite: str, world: dict[str, Any], raw: bytes, counter: int) -> bool:
    public = curves.point_of(bytes.fromhex(world["public_keys"][suite]))
    message = b"fusion-wallet/1/signature" + raw[:45] + counter.to_bytes(8)
    if suite == "national":
        return curves.verify_sm2(public, message, raw[46:])
    digest = hashlib.sha256(message).digest()
    return curves.verify_ecdsa(curves.P256, public, digest, raw[46:])


def judge(plain: bytes, counter: int, now: int) -> dict[str, Any]:
    offset = counter // 8 - now // 30
    if offset < -1:
        return {"result": "CODE_EXPIRED"}
    if offset > 1:
        return {"result": "CODE_NOT_YET_VALID"}
    return {
        "result": "ACCEPTED",
        "resident_id": str(int.from_bytes(plain[:8])),
        "device_no": int.from_bytes(plain[8:10]),
        "enrolment_nonce": plain[10:14].hex(),
        "counter": str(counter),
        "step_offset": offset,
        "flags": plain[18],
        "pass_expires_at": int.from_bytes(plain[14:18]),
    }


def damm(digits: str) -> int:
    """
    Section 9: the interim value after all digits.
    """
    interim = 0
    for digit in digits:
        interim = int(DAMM[interim][int(digit)])
    return interim
