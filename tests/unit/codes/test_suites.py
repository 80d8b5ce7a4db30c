"""The building blocks, each against numbers that somebody else published."""

import hmac

import gmssl_pyx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from codes.profiles import Suite
from codes.sealing import AesSivBox, Sm4SivBox
from codes.suites import Sm3, algorithms_of, expand, extract, mac
from tests.vectors.codes.setting import octets


class TestHkdf:
    def test_rfc_5869_case_1(self):
        """
        RFC 5869, appendix A.1.
        """
        root = extract(Suite.INTERNATIONAL, b"\x0b" * 22, bytes(range(13)))
        output = expand(Suite.INTERNATIONAL, root, bytes(range(0xF0, 0xFA)), 42)

        assert "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5" == root.hex()
        assert (
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ) == output.hex()

    def test_rfc_5869_case_3(self):
        """
        RFC 5869, appendix A.3: neither salt nor info.
        """
        root = extract(Suite.INTERNATIONAL, b"\x0b" * 22)
        output = expand(Suite.INTERNATIONAL, root, b"", 42)

        assert "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04" == root.hex()
        assert (
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ) == output.hex()

    @pytest.mark.parametrize("suite", Suite)
    def test_one_piece(self, suite):
        """
        Extract and expand together are HKDF in one piece, with either hash.
        """
        secret, info = octets("secret", 32), b"info"
        whole = HKDF(algorithms_of(suite).hash_algorithm, 64, None, info).derive(secret)

        assert whole == expand(suite, extract(suite, secret), info, 64)


class TestSm3:
    @pytest.mark.parametrize(
        ("message", "expected"),
        [
            (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
            (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
        ],
    )
    def test_gb_t_32905(self, message, expected):
        """
        GB/T 32905-2016, appendix A.
        """
        assert expected == Sm3(message).hexdigest()

    def test_goes_on(self):
        """
        A digest ends nothing, and a copy goes its own way.
        """
        first = Sm3(b"a")
        first.digest()
        second = first.copy()
        first.update(b"bc")
        second.update(b"x")

        assert Sm3(b"abc").digest() == first.digest()
        assert Sm3(b"ax").digest() == second.digest()


class TestMac:
    @pytest.mark.parametrize("length", [0, 1, 32, 64, 65, 200])
    def test_sm3(self, length):
        """
        HMAC-SM3 equals another library's and the standard library's over our hash.
        """
        key, message = octets("mac key", 32), octets("message", length)
        made = mac(Suite.NATIONAL, key, message)

        assert made == hmac.new(key, message, Sm3).digest()
        assert made == bytes(gmssl_pyx.sm3_hmac(key, message))

    def test_sha256_rfc_4231(self):
        """
        RFC 4231, test case 2.
        """
        made = mac(Suite.INTERNATIONAL, b"Jefe", b"what do ya want for nothing?")

        assert "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" == made.hex()

    @pytest.mark.parametrize("suite", Suite)
    def test_hash(self, suite):
        """
        MAC, key derivation and one-time password of a suite use one hash.
        """
        algorithms = algorithms_of(suite)
        direct = hashes.Hash(algorithms.hash_algorithm)
        direct.update(b"abc")

        assert algorithms.digest(b"abc").digest() == direct.finalize()


class TestAesSivBox:
    def test_rfc_5297(self):
        """
        RFC 5297, appendix A.1, sealed and opened.
        """
        box = AesSivBox(
            bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
        )
        header = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
        plain = bytes.fromhex("112233445566778899aabbccddee")
        sealed = box.seal(header, plain)

        assert "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c" == sealed.hex()
        assert plain == box.open(header, sealed)


class TestSm4SivBox:
    def test_gb_t_32907(self):
        """
        GB/T 32907-2016, appendix A.1: the first key-stream block is SM4 of the initial value.
        """
        block = bytes.fromhex("0123456789abcdeffedcba9876543210")
        stream = Sm4SivBox(bytes(32) + block)._keystream(block, bytes(16))

        assert "681edf34d206965e86b3e94f536e4246" == stream.hex()

    def test_initial_value(self):
        """
        The initial value is HMAC-SM3 over domain, header and pass, cut to 16 bytes.
        """
        key, header, plain = octets("box", 48), b"12345", octets("plain", 24)
        sealed = Sm4SivBox(key).seal(header, plain)
        whole = gmssl_pyx.sm3_hmac(key[:32], b"fusion-wallet/1/pass" + header + plain)

        assert whole[:16] == sealed[:16]
        assert plain == gmssl_pyx.sm4_ctr_decrypt(key[32:], sealed[:16], sealed[16:])
