"""The fixed world of the golden vectors: keys, holders, and how each kind of code is made."""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from codes.counter import counter_at
from codes.device import draw_otp, draw_signed
from codes.keys import CodeKey, Holder, KeyRing, LiveKey
from codes.passes import IssuedPass, PassContent, PassWindow, seal_pass
from codes.profiles import Profile, Suite
from codes.signature import raw_from_der
from codes.text import Header
from tests.vectors.codes import curves

# A multiple of 600 and of 32 steps, so that windows and low bits begin here.
T0 = 1_800_000_000
MIDDLE = T0 + 300
ISSUER = 330300
RETIRES_AT = T0 + 1200
NAMES = {Suite.INTERNATIONAL: "international", Suite.NATIONAL: "national"}


def octets(label: str, length: int) -> bytes:
    return hashlib.shake_256(b"golden vectors: " + label.encode()).digest(length)


def _key(key_id: int, suite: Suite, retires_at: int | None) -> CodeKey:
    secrets = octets(f"pass secret {key_id}", 32), octets(f"seed master {key_id}", 32)
    return CodeKey(key_id, suite, *secrets, T0 - 1_000_000 + key_id, retires_at)


KEYS = {
    Suite.INTERNATIONAL: _key(17, Suite.INTERNATIONAL, None),
    Suite.NATIONAL: _key(33, Suite.NATIONAL, None),
}
OLD_KEYS = {
    Suite.INTERNATIONAL: _key(16, Suite.INTERNATIONAL, RETIRES_AT),
    Suite.NATIONAL: _key(32, Suite.NATIONAL, RETIRES_AT),
}
STRANGE_KEYS = {suite: _key(key.key_id, suite, None) for suite, key in OLD_KEYS.items()}
RING = KeyRing(ISSUER, [*OLD_KEYS.values(), *KEYS.values()])
HOLDER = Holder(0x0123_4567_89AB_CDEF, 7, octets("enrolment", 4))
REENROLLED = Holder(HOLDER.resident_id, HOLDER.device_no, octets("second enrolment", 4))
OTHER = Holder(42, 1, octets("other enrolment", 4))
LEAST = Holder(0, 0, bytes(4))
GREATEST = Holder(2**64 - 1, 2**16 - 1, b"\xff" * 4)

_SCALARS = {
    name: int.from_bytes(octets(name, 32)) % (curves.P256.n - 2) + 1
    for name in ("device scalar", "other scalar")
}
SECRETS = dict.fromkeys(Suite, _SCALARS["device scalar"])
OTHER_SECRETS = dict.fromkeys(Suite, _SCALARS["other scalar"])


def public_point(suite: Suite, secret: int) -> bytes:
    curve = curves.P256 if suite is Suite.INTERNATIONAL else curves.SM2
    return curves.octets_of(curves.times(curve, secret, curve.g))


def sign(suite: Suite, secret: int, message: bytes) -> bytes:
    if suite is Suite.NATIONAL:
        k = int.from_bytes(hashlib.sha256(b"k" + secret.to_bytes(32) + message).digest())
        return curves.sign_sm2(secret, message, k % (curves.SM2.n - 2) + 1)
    key = ec.derive_private_key(secret, ec.SECP256R1())
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    return raw_from_der(key.sign(message, scheme))


def issued(
    suite: Suite,
    profile: Profile,
    at: int = T0,
    *,
    holder: Holder = HOLDER,
    flags: int = 0,
    key: CodeKey | None = None,
    issuer: int = ISSUER,
) -> IssuedPass:
    key = key or KEYS[suite]
    window = PassWindow(at - at % 600, at - at % 600 + 600)
    header = Header(suite, profile, issuer, key.key_id).to_bytes()
    salt = octets(f"salt {holder.resident_id} {at} {flags} {key.key_id}", 5)
    content = PassContent(holder, window.expires_at_seconds, flags, salt)
    return IssuedPass(header, seal_pass(LiveKey(key), header, content), window)


def otp_text(
    given: IssuedPass,
    at: int,
    sub: int = 0,
    *,
    holder: Holder = HOLDER,
    key: CodeKey | None = None,
) -> str:
    suite = Header.from_bytes(given.header).suite
    seed = LiveKey(key or KEYS[suite]).device_seed(holder)
    return draw_otp(given, seed, counter_at(at, sub)).text


def signed_text(given: IssuedPass, at: int, sub: int = 0, *, secret: int | None = None) -> str:
    suite = Header.from_bytes(given.header).suite
    scalar = SECRETS[suite] if secret is None else secret
    return draw_signed(
        given, lambda message: sign(suite, scalar, message), counter_at(at, sub)
    ).text
