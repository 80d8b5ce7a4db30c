"""
SM3 and SM4 against the standards' examples and against the openssl command.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.health_card import crypto

VECTOR = json.loads(
    (Path(__file__).parents[3] / "vectors" / "health_card" / "crypto.json").read_text()
)
KEY = VECTOR["key"]


class TestSm3:
    @pytest.mark.parametrize("row", VECTOR["sm3"], ids=[row["text"] for row in VECTOR["sm3"]])
    def test_vector(self, row):
        """
        The digest is the standard's.
        """
        assert row["digest"] == crypto.sm3(row["text"].encode())


class TestEncrypt:
    @pytest.mark.parametrize(
        "row", VECTOR["sm4"], ids=[repr(row["text"]) for row in VECTOR["sm4"]]
    )
    def test_vector(self, row):
        """
        A field is the text with zeros to the next block under SM4/ECB, and opens again.
        """
        assert row["cipher"] == crypto.encrypt(row["text"], KEY)
        assert row["text"] == crypto.decrypt(row["cipher"], KEY)

    def test_block(self):
        """
        One block is the standard's example.
        """
        block = VECTOR["sm4_block"]
        cipher = crypto._cipher(block["key"]).encryptor()

        assert block["cipher"] == cipher.update(bytes.fromhex(block["plain"])).hex().upper()

    @given(st.text().filter(lambda text: not text.endswith("\x00")))
    def test_round_trip(self, text):
        """
        Every text that does not end in a zero comes back.
        """
        assert text == crypto.decrypt(crypto.encrypt(text, KEY), KEY)


class TestDecrypt:
    @pytest.mark.parametrize("text", ["", "zz", "AB", "00" * 15, "00" * 17, "FF" * 16])
    def test_not_a_field(self, text):
        """
        What is no field of whole blocks, or no text, opens as nothing.
        """
        assert crypto.decrypt(text, KEY) is None


class TestSignature:
    @pytest.mark.parametrize("row", VECTOR["signatures"])
    def test_vector(self, row):
        """
        The signature covers the sorted compact JSON and the key's text.
        """
        assert row["signature"] == crypto.signature(row["fields"], KEY)
        assert crypto.verifies(row["fields"], row["signature"].upper(), KEY)
        assert not crypto.verifies(row["fields"], row["signature"][:-1], KEY)
        assert not crypto.verifies(row["fields"] | {"x": 1}, row["signature"], KEY)
