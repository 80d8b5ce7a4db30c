"""From the scanned text to what kind of code it is."""

import pytest

from codes import BUILT_IN_RULES, Rules, make_numeric
from codes.foreign import Part, Rule
from wallet.resolving.errors import CodeAmbiguousError, CodeMalformedError, CodeUnsupportedError
from wallet.resolving.reading import Barcode, Foreign, WrongProof, parse

TWO = Rules(
    version=2,
    rules=(*BUILT_IN_RULES.rules, Rule("regional", (Part("digits", 18, 18, ("13",)),))),
)


class TestParse:
    def test_foreign(self):
        """
        A code of another issuer is named by its family and trimmed.
        """
        assert Foreign("nhsa_ec", "2" * 28) == parse(f" \t{'2' * 28}\r\n")

    def test_barcode(self):
        """
        A numeric code is known by its digest alone.
        """
        digits = make_numeric(bytes(16)).digits

        assert parse(digits) == parse(f"{digits}\n")
        assert 32 == len(parse(digits).digest)

    @pytest.mark.parametrize("text", ["", " ", "9" * 20, "FW", "fw00", "FW 00", "9" * 513, "码"])
    def test_malformed(self, text):
        """
        A text of no kind, and a numeric code with a wrong check digit, are malformed.
        """
        with pytest.raises(CodeMalformedError):
            parse(text)

    def test_unsupported(self):
        """
        A version of ours that is not served is named.
        """
        with pytest.raises(CodeUnsupportedError) as caught:
            parse("FW" + "Z" * 87)

        assert {"family": "fusion"} == caught.value.members

    def test_ambiguous(self):
        """
        A text that fits two families is not guessed at; both are named.
        """
        with pytest.raises(CodeAmbiguousError) as caught:
            parse("131234567890123456", TWO)

        assert {"families": ["regional", "wechat_pay"]} == caught.value.members


class TestRedaction:
    def test_reprs_show_nothing(self):
        """
        A foreign code does not show its text, nor anything else whom it is of.
        """
        assert "Foreign('nhsa_ec')" == repr(Foreign("nhsa_ec", "2" * 28))
        assert Barcode(b"1") != Barcode(b"2")
        assert WrongProof(1, 2) == WrongProof(1, 2)
