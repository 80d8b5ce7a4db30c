import pytest

from codes.errors import OutOfRangeError
from codes.profiles import Profile, Suite
from codes.text import Header, Malformed, ParsedCode, Unsupported, encode, parse
from tests.vectors.codes import setting

OTP = setting.otp_text(setting.issued(Suite.INTERNATIONAL, Profile.OTP), setting.T0)


class TestHeader:
    def test_layout(self):
        """
        Version, suite and profile share the first byte; issuer and key id follow.
        """
        header = Header(Suite.NATIONAL, Profile.SIGNED, 330300, 255)

        assert bytes.fromhex("15050a3cff") == header.to_bytes()

    @pytest.mark.parametrize(("issuer", "key_id"), [(-1, 0), (1 << 24, 0), (0, -1), (0, 256)])
    def test_out_of_range(self, issuer, key_id):
        """
        Numbers that do not fit are a fault.
        """
        with pytest.raises(OutOfRangeError):
            Header(Suite.NATIONAL, Profile.OTP, issuer, key_id).to_bytes()

    @pytest.mark.parametrize("first", ["00", "20", "12", "13", "18", "1c"])
    def test_unknown(self, first):
        """
        A header of another version, suite or profile is not read.
        """
        with pytest.raises(OutOfRangeError):
            Header.from_bytes(bytes.fromhex(first + "00000000"))


class TestEncode:
    def test_known(self):
        """
        Bits are taken from the left and the last letter is filled with zeros.
        """
        assert "FWZW" == encode(b"\xff")

    @pytest.mark.parametrize(("length", "letters"), [(54, 89), (110, 178)])
    def test_lengths(self, length, letters):
        """
        Both profiles have the length that their QR version holds.
        """
        assert letters == len(encode(bytes(length)))


class TestParse:
    def test_parts(self):
        """
        The parts of a code come back as they were laid out.
        """
        raw = bytes.fromhex("11050a3c07") + bytes(range(40)) + b"\xa5" + bytes(range(64))

        expected = ParsedCode(
            header=Header(Suite.INTERNATIONAL, Profile.SIGNED, 330300, 7),
            header_bytes=raw[:5],
            sealed_pass=raw[5:45],
            counter_low=0xA5,
            proof=raw[46:],
        )

        assert expected == parse(encode(raw))

    def test_one_spelling(self):
        """
        Of the eight last letters that say the same bits only one is read.
        """
        value = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(OTP[-1])
        spellings = ["0123456789ABCDEFGHJKMNPQRSTVWXYZ"[value + extra] for extra in range(8)]
        read = [isinstance(parse(OTP[:-1] + letter), ParsedCode) for letter in spellings]

        assert [True, *[False] * 7] == read

    @pytest.mark.parametrize(
        ("start", "count"),
        [(0xFF10, 10), (0x0660, 10), (0x1D7CE, 50), (0x2070, 10), (0xFF21, 26), (0xD800, 4)],
        ids=["full-width", "Arabic", "mathematical", "superscript", "letters", "surrogates"],
    )
    def test_look_alikes(self, start, count):
        """
        Digits and letters of other scripts, which some libraries fold, are malformed.
        """
        answers = {parse(OTP[:30] + chr(start + step) + OTP[31:]) for step in range(count)}

        assert {Malformed()} == answers

    def test_long(self):
        """
        A megabyte is malformed at once.
        """
        assert Malformed() == parse("FW" + "2" * 1_000_000)

    def test_next_version(self):
        """
        A code of a later version is told from nonsense, whatever its length.
        """
        assert Unsupported() == parse("FW" + "4" * 100)

    def test_repr(self):
        """
        The repr shows the header and nothing that could be replayed.
        """
        shown = repr(parse(OTP))

        assert (
            "ParsedCode(header=Header(suite=<Suite.INTERNATIONAL: 0>, "
            "profile=<Profile.OTP: 0>, issuer=330300, key_id=17), …)"
        ) == shown
