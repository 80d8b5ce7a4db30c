import pytest

from codes.errors import PublicKeyError, SignatureShapeError
from codes.profiles import Suite
from codes.signature import der_from_raw, load_public_key, raw_from_der, signed_message
from tests.vectors.codes import curves, setting

# RFC 6979, appendix A.2.5, SHA-256, message "sample".
P256_POINT = bytes.fromhex(
    "0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
)
P256_SIGNATURE = bytes.fromhex(
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
)
# GB/T 32918.5-2017, appendix A.2, message "message digest".
SM2_SECRET = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
SM2_K = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SM2_POINT = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SM2_SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
KNOWN = [
    pytest.param(Suite.INTERNATIONAL, P256_POINT, b"sample", P256_SIGNATURE, id="P-256"),
    pytest.param(Suite.NATIONAL, SM2_POINT, b"message digest", SM2_SIGNATURE, id="SM2"),
]


@pytest.mark.parametrize(("suite", "point", "message", "signature"), KNOWN)
class TestVerify:
    def test_published(self, suite, point, message, signature):
        """
        The published signature of the standard is good.
        """
        assert load_public_key(suite, point).verify(message, signature)

    def test_other_message(self, suite, point, message, signature):
        """
        Over another message it is not.
        """
        assert not load_public_key(suite, point).verify(message + b".", signature)

    @pytest.mark.parametrize("octet", [0, 31, 32, 63])
    def test_flipped(self, suite, point, message, signature, octet):
        """
        With a bit flipped it is not.
        """
        flipped = bytearray(signature)
        flipped[octet] ^= 1

        assert not load_public_key(suite, point).verify(message, bytes(flipped))

    @pytest.mark.parametrize("bad", [b"", bytes(63), bytes(64), b"\xff" * 64, bytes(65)])
    def test_nonsense(self, suite, point, message, signature, bad):
        """
        Zeros, numbers beyond the order and wrong lengths are not, and nothing is raised.
        """
        assert signature != bad
        assert not load_public_key(suite, point).verify(message, bad)


class TestTextbook:
    def test_sm2_signature(self):
        """
        The arithmetic that signs the golden vectors gives the standard's own signature.
        """
        assert SM2_SIGNATURE == curves.sign_sm2(SM2_SECRET, b"message digest", SM2_K)

    def test_sm2_verification(self):
        """
        And it verifies it.
        """
        assert curves.verify_sm2(curves.point_of(SM2_POINT), b"message digest", SM2_SIGNATURE)


class TestLoadPublicKey:
    @pytest.mark.parametrize(
        ("suite", "point"), [(Suite.INTERNATIONAL, P256_POINT), (Suite.NATIONAL, SM2_POINT)]
    )
    def test_suite(self, suite, point):
        """
        A public key knows its suite.
        """
        assert suite is load_public_key(suite, point).suite

    @pytest.mark.parametrize("suite", Suite)
    @pytest.mark.parametrize(
        "spoil",
        [
            lambda point: point[:-1] + bytes([point[-1] ^ 1]),
            lambda point: point[1:],
            lambda point: b"\x02" + point[1:33],
            lambda point: b"\x05" + point[1:],
            lambda point: point[:1] + b"\xff" * 64,
            lambda point: point[:1] + bytes(64),
            lambda point: point[:0],
            lambda point: b"\x00" + point[:0],
        ],
        ids=["off", "bare", "compressed", "tag", "beyond", "zeros", "nothing", "infinity"],
    )
    def test_not_a_point(self, suite, spoil):
        """
        Only an uncompressed point of the curve is a public key.
        """
        point = P256_POINT if suite is Suite.INTERNATIONAL else SM2_POINT
        with pytest.raises(PublicKeyError):
            load_public_key(suite, spoil(point))

    def test_other_curve(self):
        """
        A point of one curve is no point of the other.
        """
        with pytest.raises(PublicKeyError):
            load_public_key(Suite.NATIONAL, P256_POINT)


class TestSignedMessage:
    def test_layout(self):
        """
        Domain, header, pass, and all 64 bits of the counter.
        """
        expected = b"fusion-wallet/1/signature12345" + bytes(40) + b"\x01\0\0\0\0\0\0\x02"

        assert expected == signed_message(b"12345", bytes(40), 2**56 + 2)


class TestShapes:
    def test_round_trip(self):
        """
        Raw to ASN.1 and back is the same signature, leading zeros kept.
        """
        raw = bytes(3) + setting.octets("signature", 58) + bytes(3)

        assert raw == raw_from_der(der_from_raw(raw))

    @pytest.mark.parametrize("der", [b"", b"\x30\x00", P256_SIGNATURE])
    def test_not_asn_1(self, der):
        """
        What is not ASN.1 is a fault.
        """
        with pytest.raises(SignatureShapeError):
            raw_from_der(der)

    def test_too_large(self):
        """
        A number of more than 32 bytes is a fault.
        """
        with pytest.raises(SignatureShapeError):
            raw_from_der(b"\x30\x26\x02\x21" + b"\x01" * 33 + b"\x02\x01\x01")

    @pytest.mark.parametrize("length", [0, 63, 65])
    def test_not_64(self, length):
        """
        Only 64 bytes can be turned into ASN.1.
        """
        with pytest.raises(SignatureShapeError):
            der_from_raw(bytes(length))
