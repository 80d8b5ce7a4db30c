"""SM3 signatures and SM4 fields, against vectors made with OpenSSL and with another library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.health_card.sandbox.crypto import (
    decrypt,
    encrypt,
    encrypt_blocks,
    signature,
    sm3_hex,
)
from tests.unit.integrations.health_card.sandbox.hospital import sm3_sign, sm4

KEY = "0123456789ABCDEFFEDCBA9876543210"
texts = st.text().filter(lambda text: not text.endswith("\x00"))


class TestSm3Hex:
    def test_of_the_standards_example(self):
        """
        The digest of `abc` is that of GB/T 32905 A.1.
        """
        assert "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" == sm3_hex(
            b"abc"
        )


class TestSignature:
    def test_of_a_head(self):
        """
        A head's signature is what `openssl dgst -sm3` says of the text written out by hand.
        """
        head = {
            "version": "V2.0.0",
            "timestamp": "5E0F",
            "nonceStr": "1234567890",
            "appId": "60D0A1B2C3D4E5F60718293A4B5C6D7E",
        }

        assert "cb160a9253be436842098b674e9a6921c84a89102ef3f1628e196b652c76e809" == signature(
            head, KEY
        )

    def test_of_a_body_with_chinese(self):
        """
        Chinese letters and slashes are signed as they are, not escaped.
        """
        body = {"idCode": "00AA", "appMode": "2", "address": "广州市/越秀区"}

        assert "e6d2c05e1cd6f28b201aa83c8eb7835cadaa51064d9437c3b08b79e9f819ab40" == signature(
            body, KEY
        )

    @given(st.dictionaries(st.text(), st.text()))
    def test_agrees_with_another_library(self, body):
        """
        Any body of texts is signed alike by an independent implementation.
        """
        assert sm3_sign(body, KEY) == signature(body, KEY)


class TestEncrypt:
    def test_of_the_standards_example(self):
        """
        The block of GB/T 32907 A.1 becomes the standard's own.
        """
        block = bytes.fromhex(KEY)

        assert "681edf34d206965e86b3e94f536e4246" == encrypt_blocks(block, KEY).hex()

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "440106195603124028",
                "d3d02d692d4b6c4b426803f2e2602505c7a21bb5de8eb2017b06e64a38f2f148",
            ),
            ("张秀英", "5e38d65c3c1d8f781604b630e372ef14"),
            (
                "1234567890123456",
                "53aae8079d1fff33bd25827b5868b3a72677f46b09c122cc975533105bd4a22a",
            ),
        ],
    )
    def test_as_openssl_does(self, text, expected):
        """
        Fields are what `openssl enc -sm4-ecb` makes of the text padded with zeros by hand.
        """
        assert expected.upper() == encrypt(text, KEY)

    @given(texts)
    def test_agrees_with_another_library(self, text):
        """
        Any text is encrypted alike by an independent implementation, and comes back.
        """
        assert sm4(text, KEY) == encrypt(text, KEY)
        assert text == decrypt(encrypt(text, KEY), KEY)


class TestDecrypt:
    def test_takes_a_full_block_without_padding(self):
        """
        A text that fills its block is read with and without a block of zeros behind it.
        """
        assert "1234567890123456" == decrypt("53aae8079d1fff33bd25827b5868b3a7", KEY)

    @pytest.mark.parametrize(
        "text", ["", "zz", "00", "0" * 31, "440106195603124028", "00 " * 16, "0" * 32 + "é"]
    )
    def test_nonsense_is_none(self, text):
        """
        What is no whole number of blocks in hexadecimal cannot be read.
        """
        assert decrypt(text, KEY) is None

    def test_no_text_is_none(self):
        """
        Blocks that open to no UTF-8 cannot be read.
        """
        assert decrypt(encrypt_blocks(b"\xff" * 16, KEY).hex(), KEY) is None
