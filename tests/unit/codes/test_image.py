import io
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from PIL import Image

from codes import image
from codes.errors import ImageError
from codes.profiles import Profile, Suite
from tests.vectors.codes import setting
from tests.vectors.codes.setting import T0, issued

TEXTS = {
    Profile.OTP: setting.otp_text(issued(Suite.NATIONAL, Profile.OTP), T0),
    Profile.SIGNED: setting.signed_text(issued(Suite.NATIONAL, Profile.SIGNED), T0),
}
SVG = "{http://www.w3.org/2000/svg}"


def read(rows: list[list[bool]]) -> zxingcpp.Barcode:
    picture = Image.new("L", (len(rows[0]), len(rows)))
    picture.putdata([0 if module else 255 for row in rows for module in row])
    (found,) = zxingcpp.read_barcodes(picture.resize((picture.width * 4, picture.height * 4)))
    return found


def modules(svg: str) -> list[list[bool]]:
    """
    Return the modules that the path of an SVG fills.
    """
    root = ET.fromstring(svg)  # noqa: S314 -- our own text
    size = int(root.attrib["viewBox"].split()[2])
    rows = [[False] * size for _ in range(size)]
    _, dark = root.findall(f"{SVG}path")
    for stroke in dark.attrib["d"].split("M")[1:]:
        start, rest = stroke.split(" ")
        line, length = rest.split("v")[0].split("h")
        for column in range(int(start), int(start) + int(length)):
            rows[int(line)][column] = True
    return rows


@pytest.fixture(params=Profile, ids=lambda profile: profile.name.lower())
def profile(request):
    return request.param


class TestVersion:
    @pytest.mark.parametrize(("of", "expected"), [(Profile.OTP, 4), (Profile.SIGNED, 7)])
    def test_profiles(self, of, expected):
        """
        An OTP code is version 4, a signed one exactly version 7.
        """
        assert expected == image.version(TEXTS[of])


class TestPng:
    def test_reads_back(self, profile):
        """
        A reader finds the text, at level M.
        """
        with Image.open(io.BytesIO(image.png(TEXTS[profile]))) as picture:
            (found,) = zxingcpp.read_barcodes(picture)

        assert (TEXTS[profile], "M") == (found.text, found.ec_level)

    def test_size(self):
        """
        The quiet zone has four modules on each side.
        """
        with Image.open(io.BytesIO(image.png(TEXTS[Profile.OTP], 3))) as picture:
            size = picture.size

        assert ((33 + 8) * 3, (33 + 8) * 3) == size


class TestLinkSvg:
    def test_reads_back(self):
        """
        A drawn link is read back as it was.
        """
        link = "otpauth://totp/wallet:zhang?secret=JBSWY3DPEHPK3PXP&issuer=wallet"

        assert link == read(modules(image.link_svg(link))).text

    @pytest.mark.parametrize("link", ["", "x" * 513, "tab\there", "码"])
    def test_refuses(self, link):
        """
        Anything but a short printable text is refused.
        """
        with pytest.raises(ImageError):
            image.link_svg(link)


class TestSvg:
    def test_reads_back(self, profile):
        """
        The rectangles of the path are the modules that a reader reads.
        """
        assert TEXTS[profile] == read(modules(image.svg(TEXTS[profile]))).text

    def test_ground(self):
        """
        The ground is white, so that a dark page does not swallow the quiet zone.
        """
        assert '<path fill="#fff" d="M0 0h41v41H0z"/>' in image.svg(TEXTS[Profile.OTP])


class TestTerminal:
    def test_reads_back(self, profile):
        """
        The half blocks, light where they are printed, are what a reader reads.
        """
        rows: list[list[bool]] = []
        for line in image.terminal(TEXTS[profile]).splitlines():
            rows.append([character not in "▀█" for character in line])
            rows.append([character not in "▄█" for character in line])

        assert TEXTS[profile] == read(rows).text

    def test_odd_last_row(self):
        """
        The row below the last one is left dark, so the lines have one width.
        """
        lines = image.terminal(TEXTS[Profile.OTP]).splitlines()

        assert {41} == {len(line) for line in lines}
        assert "▀" * 41 == lines[-1]


class TestMatrix:
    @pytest.mark.parametrize("text", ["", "fw", "码", "FW\n", "FW2" * 2000])
    def test_not_a_code(self, text):
        """
        What is not alphanumeric or does not fit is a fault.
        """
        with pytest.raises(ImageError):
            image.matrix(text)
