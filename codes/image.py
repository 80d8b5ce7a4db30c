"""Pictures of a code: the only door to qrcode."""

import io
import re
from collections.abc import Sequence

import qrcode
import qrcode.constants
from qrcode.image.pil import PilImage

from codes.errors import ImageError

_QUIET_ZONE = 4
_LONGEST = 512
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]{1,512}", re.ASCII)
_HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def svg(text: str) -> str:
    """
    Draw a code as SVG: black modules on white, one unit per module, quiet zone included.

    Raises:
        ImageError: the text is empty, not alphanumeric, or longer than 512 characters.

    """
    return _drawn(matrix(text))


def _drawn(rows: Sequence[Sequence[bool]]) -> str:
    size = len(rows)
    strokes = "".join(
        f"M{start} {line}h{end - start}v1h-{end - start}z"
        for line, row in enumerate(rows)
        for start, end in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="#000" d="{strokes}"/></svg>'
    )


def png(text: str, module_pixels: int = 8) -> bytes:
    """
    Draw a code as PNG, `module_pixels` pixels to a module, quiet zone included.

    Raises:
        ImageError: the text is empty, not alphanumeric, or longer than 512 characters.

    """
    symbol = _symbol(text)
    symbol.box_size = module_pixels
    picture = io.BytesIO()
    symbol.make_image().save(picture, format="PNG")
    return picture.getvalue()


def terminal(text: str) -> str:
    """
    Draw a code in half blocks, two modules to a character, light on a dark terminal.

    Scanners want dark modules on light ground, so the light modules are what is printed.

    Raises:
        ImageError: the text is empty, not alphanumeric, or longer than 512 characters.

    """
    rows = matrix(text)
    # The number of rows is odd in every version.
    rows.append([True] * len(rows))
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join(
        "".join(_HALF_BLOCKS[not above, not below] for above, below in zip(*pair, strict=True))
        for pair in pairs
    )


def version(text: str) -> int:
    """
    Return the QR version, 1..40, that the text takes at level M.

    Raises:
        ImageError: the text is empty, not alphanumeric, or longer than 512 characters.

    """
    return int(_symbol(text).version)


def matrix(text: str) -> list[list[bool]]:
    """
    Return the modules, row by row, quiet zone included; true is dark.

    Raises:
        ImageError: the text is empty, not alphanumeric, or longer than 512 characters.

    """
    return [[bool(module) for module in row] for row in _symbol(text).get_matrix()]


def link_svg(link: str) -> str:
    """
    Draw a link, such as an ``otpauth:`` URI, as SVG like a code.

    Args:
        link: 1 to 512 printable ASCII characters.

    Raises:
        ImageError: it is something else.

    """
    if not (link.isascii() and link.isprintable() and 1 <= len(link) <= _LONGEST):
        raise ImageError
    return _drawn([[bool(module) for module in row] for row in _made(link).get_matrix()])


def _symbol(text: str) -> "qrcode.QRCode[PilImage]":
    if _ALPHANUMERIC.fullmatch(text) is None:
        raise ImageError
    return _made(text)


def _made(text: str) -> "qrcode.QRCode[PilImage]":
    symbol = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M,
        border=_QUIET_ZONE,
        image_factory=PilImage,
    )
    symbol.add_data(text, optimize=0)
    symbol.make(fit=True)
    return symbol


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    edges = [place for place in range(1, len(row)) if row[place] != row[place - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))
