import base64
import hashlib

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.errors import KeyMaterialError
from codes.otp import (
    TOTP_SECONDS,
    hotp,
    one_time_password,
    pass_key,
    totp,
    totp_step,
    totp_uri,
)
from codes.profiles import Suite
from codes.suites import algorithms_of, mac
from tests.vectors.codes.setting import octets

ASCII_KEY = b"1234567890"
TIMES = (59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000)


class TestHotp:
    def test_rfc_4226(self):
        """
        RFC 4226, appendix D.
        """
        values = [
            hotp(ASCII_KEY * 2, counter, digits=6, digest=hashlib.sha1) for counter in range(10)
        ]

        assert [
            "755224",
            "287082",
            "359152",
            "969429",
            "338314",
            "254676",
            "287922",
            "162583",
            "399871",
            "520489",
        ] == values

    @pytest.mark.parametrize(
        ("digest", "length", "expected"),
        [
            (hashlib.sha1, 20, "94287082 07081804 14050471 89005924 69279037 65353130"),
            (hashlib.sha256, 32, "46119246 68084774 67062674 91819424 90698825 77737706"),
            (hashlib.sha512, 64, "90693936 25091201 99943326 93441116 38618901 47863826"),
        ],
        ids=["SHA-1", "SHA-256", "SHA-512"],
    )
    def test_rfc_6238(self, digest, length, expected):
        """
        RFC 6238, appendix B.
        """
        key = (ASCII_KEY * 7)[:length]
        values = [hotp(key, seconds // 30, digits=8, digest=digest) for seconds in TIMES]

        assert expected.split() == values

    @pytest.mark.parametrize("suite", Suite)
    def test_plain_pyotp(self, suite):
        """
        Raw keys give what pyotp gives for the same key in base32.
        """
        key, digest = octets("hotp", 32), algorithms_of(suite).digest
        plain = pyotp.HOTP(base64.b32encode(key).decode(), digits=10, digest=digest)

        assert plain.at(2**40 + 1) == hotp(key, 2**40 + 1, digest=digest)

    def test_whole_counter(self):
        """
        All 64 bits of the counter matter.
        """
        values = {hotp(bytes(32), 1 << bit) for bit in range(64)}

        assert 64 == len(values)

    def test_short_key(self):
        """
        A key below 128 bits is a fault.
        """
        with pytest.raises(KeyMaterialError):
            hotp(bytes(15), 0)


class TestPassKey:
    @pytest.mark.parametrize("suite", Suite)
    def test_binds(self, suite):
        """
        Seed, header and pass each change the key.
        """
        keys = {
            pass_key(suite, bytes(32), b"12345", bytes(40)),
            pass_key(suite, b"\1" * 32, b"12345", bytes(40)),
            pass_key(suite, bytes(32), b"12346", bytes(40)),
            pass_key(suite, bytes(32), b"12345", b"\1" * 40),
        }

        assert 4 == len(keys)


class TestOneTimePassword:
    @pytest.mark.parametrize("suite", Suite)
    def test_two_values(self, suite):
        """
        The eight bytes are two HOTP values under two labels.
        """
        digest, key = algorithms_of(suite).digest, octets("pass", 32)
        high, low = (
            int(hotp(mac(suite, key, label), 5, digest=digest))
            for label in (b"fusion-wallet/1/otp/high", b"fusion-wallet/1/otp/low")
        )

        assert (high * 2**31 + low).to_bytes(8) == one_time_password(suite, key, 5)

    def test_62_bits(self):
        """
        Over many counters all 62 lower bits are seen set and the two upper ones never.
        """
        seen = 0
        for counter in range(500):
            password = one_time_password(Suite.INTERNATIONAL, bytes(32), counter)
            seen |= int.from_bytes(password)

        assert 2**62 - 1 == seen


class TestTotp:
    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ],
    )
    def test_rfc_6238(self, seconds, expected):
        """
        RFC 6238, appendix B, the last six digits of its eight.
        """
        assert expected == totp(ASCII_KEY * 2, seconds // TOTP_SECONDS)


class TestTotpStep:
    @given(
        secret=st.binary(min_size=20, max_size=20),
        now=st.integers(0, 2**40),
        offset=st.integers(-4, 4),
        spent=st.integers(-4, 4),
    )
    def test_window(self, secret, now, offset, spent):
        """
        A code is accepted within one step of the present if its step was not spent.
        """
        present = now // TOTP_SECONDS
        step, after = max(0, present + offset), present + spent
        found = totp_step(secret, totp(secret, step), now_seconds=now, after=after)

        if abs(step - present) <= 1 and step > after:
            assert found is not None
        if found is not None:
            assert totp(secret, found) == totp(secret, step)
            assert abs(found - present) <= 1
            assert found > after

    @given(st.text())
    def test_total(self, code):
        """
        Any text has an answer, and only six ASCII digits have a step.
        """
        found = totp_step(bytes(20), code, now_seconds=59, after=-1)

        assert found is None or (len(code) == 6 and code.isascii())

    @pytest.mark.parametrize("code", ["２８７０８２", "287082\n", " 287082", "+87082", "28708²"])
    def test_canonical(self, code):
        """
        Other digits, blanks and line ends are not forgiven.
        """
        assert None is totp_step(ASCII_KEY * 2, code, now_seconds=59, after=-1)


class TestTotpUri:
    def test_key_uri_format(self):
        """
        Issuer and name are the label, the secret is base32, what apps assume is left out.
        """
        uri = totp_uri(b"Hello!\xde\xad\xbe\xef" * 2, name="alice", issuer="Example Co")
        secret = base64.b32encode(b"Hello!\xde\xad\xbe\xef" * 2).decode()

        assert f"otpauth://totp/Example%20Co:alice?secret={secret}&issuer=Example%20Co" == uri
