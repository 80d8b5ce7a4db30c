"""Textbook arithmetic on P-256 and on the SM2 curve: slow, short, and nobody's library."""

from dataclasses import dataclass

import gmssl_pyx

SIGNER_ID = b"1234567812345678"


@dataclass(frozen=True)
class Curve:
    """
    A curve y² = x³ + ax + b over the integers modulo p, with a base point of order n.
    """

    p: int
    a: int
    b: int
    n: int
    g: tuple[int, int]


P256 = Curve(
    p=0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
    a=0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    g=(
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
)
SM2 = Curve(
    p=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF,
    a=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC,
    b=0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
    n=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    g=(
        0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
        0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
    ),
)

Point = tuple[int, int] | None


def add(curve: Curve, left: Point, right: Point) -> Point:
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2), p = left, right, curve.p
    if x1 == x2 and (y1 + y2) % p == 0:
        return None
    if left == right:
        slope = (3 * x1 * x1 + curve.a) * pow(2 * y1, -1, p) % p
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, p) % p
    x = (slope * slope - x1 - x2) % p
    return x, (slope * (x1 - x) - y1) % p


def times(curve: Curve, factor: int, point: Point) -> Point:
    total: Point = None
    while factor:
        if factor & 1:
            total = add(curve, total, point)
        point = add(curve, point, point)
        factor >>= 1
    return total


def on_curve(curve: Curve, point: tuple[int, int]) -> bool:
    x, y = point
    inside = 0 <= x < curve.p and 0 <= y < curve.p
    return inside and (y * y - x**3 - curve.a * x - curve.b) % curve.p == 0


def octets_of(point: Point) -> bytes:
    if point is None:
        raise ValueError
    return b"\x04" + point[0].to_bytes(32) + point[1].to_bytes(32)


def point_of(octets: bytes) -> tuple[int, int]:
    return int.from_bytes(octets[1:33]), int.from_bytes(octets[33:])


def verify_ecdsa(curve: Curve, public: tuple[int, int], digest: bytes, raw: bytes) -> bool:
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    if not (0 < r < curve.n and 0 < s < curve.n):
        return False
    w = pow(s, -1, curve.n)
    u1, u2 = int.from_bytes(digest) * w % curve.n, r * w % curve.n
    found = add(curve, times(curve, u1, curve.g), times(curve, u2, public))
    return found is not None and found[0] % curve.n == r


def sm2_digest(public: tuple[int, int], message: bytes) -> int:
    parts = (SM2.a, SM2.b, *SM2.g, *public)
    identity = (len(SIGNER_ID) * 8).to_bytes(2) + SIGNER_ID
    za = gmssl_pyx.sm3_hash(identity + b"".join(part.to_bytes(32) for part in parts))
    return int.from_bytes(gmssl_pyx.sm3_hash(za + message))


def verify_sm2(public: tuple[int, int], message: bytes, raw: bytes) -> bool:
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    t = (r + s) % SM2.n
    if not (0 < r < SM2.n and 0 < s < SM2.n and t):
        return False
    found = add(SM2, times(SM2, s, SM2.g), times(SM2, t, public))
    return found is not None and (sm2_digest(public, message) + found[0]) % SM2.n == r


def sign_sm2(secret: int, message: bytes, k: int) -> bytes:
    public = times(SM2, secret, SM2.g)
    first = times(SM2, k, SM2.g)
    if public is None or first is None:
        raise ValueError
    r = (sm2_digest(public, message) + first[0]) % SM2.n
    s = pow(1 + secret, -1, SM2.n) * (k - r * secret) % SM2.n
    return r.to_bytes(32) + s.to_bytes(32)
