"""Encryption of column values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.vault.envelope import EnvelopeKey, Place, _Sm4Gcm, derived, seal, unseal, version_of
from wallet.vault.errors import DecryptionError
from wallet.vault.keyfile import SuiteName

PLACE = Place("residents", "person", "42")
SECRET = bytes(range(32))
KEYS = st.sampled_from([EnvelopeKey(suite, 3, SECRET) for suite in SuiteName])


class TestSeal:
    @given(KEYS, st.binary(max_size=300), st.binary(min_size=12, max_size=12))
    def test_opens_to_what_was_sealed(
        self, key: EnvelopeKey, plaintext: bytes, nonce: bytes
    ) -> None:
        """
        Any value comes back, in both suites.
        """
        assert plaintext == unseal(SECRET, PLACE, seal(key, nonce, PLACE, plaintext))

    def test_tells_format_and_key_version_in_clear(self) -> None:
        """
        The first byte is the format, the next two the key version.
        """
        sealed = [
            seal(EnvelopeKey(suite, 258, SECRET), bytes(12), PLACE, b"")[:3].hex()
            for suite in SuiteName
        ]

        assert ["010102", "020102"] == sealed

    def test_sm4_gcm_vector(self) -> None:
        """
        SM4-GCM gives the ciphertext and tag of RFC 8998 A.1.
        """
        sealed = _Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")).seal(
            bytes.fromhex("00001234567800000000ABCD"),
            bytes.fromhex("".join(letter * 16 for letter in "ABCDEFEA")),
            bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
        )
        expected = (
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
            "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
            "83DE3541E4C2B58177E065A9BF7B62EC"
        )

        assert expected == sealed.hex().upper()


class TestUnseal:
    @pytest.mark.parametrize("suite", list(SuiteName))
    @pytest.mark.parametrize(
        "place",
        [
            Place("devices", "person", "42"),
            Place("residents", "phone", "42"),
            Place("residents", "person", "43"),
        ],
    )
    def test_refuses_another_place(self, suite: SuiteName, place: Place) -> None:
        """
        A ciphertext moved to another table, column or row does not open.
        """
        sealed = seal(EnvelopeKey(suite, 1, SECRET), bytes(12), PLACE, b"value")

        with pytest.raises(DecryptionError):
            unseal(SECRET, place, sealed)

    @given(KEYS, st.integers(0, 35))
    def test_refuses_any_changed_byte(self, key: EnvelopeKey, at: int) -> None:
        """
        A ciphertext with one byte changed does not open, header and key version included.
        """
        sealed = bytearray(seal(key, bytes(12), PLACE, b"value"))
        sealed[at] ^= 0x10

        with pytest.raises(DecryptionError):
            unseal(SECRET, PLACE, bytes(sealed))

    @given(st.binary(max_size=60))
    def test_garbage_is_a_decryption_error(self, garbage: bytes) -> None:
        """
        What is no ciphertext at all is the same one fault.
        """
        with pytest.raises(DecryptionError):
            unseal(SECRET, PLACE, garbage)


class TestVersionOf:
    def test_reads_the_version(self) -> None:
        """
        The version is known before any key is.
        """
        sealed = seal(EnvelopeKey(SuiteName.NATIONAL, 300, SECRET), bytes(12), PLACE, b"")

        assert 300 == version_of(sealed)


class TestDerived:
    def test_uses_have_different_keys(self) -> None:
        """
        One secret gives unrelated keys for different uses.
        """
        assert derived(SECRET, "wrap") != derived(SECRET, "deployment")


class TestEnvelopeKey:
    def test_repr_is_redacted(self) -> None:
        """
        The repr names the version, not the secret.
        """
        assert "EnvelopeKey(version=3, …)" == repr(EnvelopeKey(SuiteName.NATIONAL, 3, SECRET))
