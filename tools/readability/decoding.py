"""
Three decoders by three makers: zxing-cpp, zbar, and jsQR in Node.
"""

import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import zxingcpp
from PIL import Image

from tools.javascript.node import node
from tools.javascript.places import MODULES

Decode = Callable[[Sequence[Image.Image]], list[str]]
_SCRIPT: Final = Path(__file__).with_name("jsqr.cjs")
_PATIENCE_SECONDS: Final = 120


def by_zxing(pictures: Sequence[Image.Image]) -> list[str]:
    """
    Return what zxing-cpp reads in each picture; nothing where it reads nothing.
    """
    return ["".join(each.text for each in zxingcpp.read_barcodes(picture)) for picture in pictures]


def by_zbar(pictures: Sequence[Image.Image]) -> list[str]:
    """
    Return what zbar reads.
    """
    from pyzbar import pyzbar  # noqa: PLC0415 - its library may just have been installed

    symbols = [pyzbar.ZBarSymbol.QRCODE]
    return [
        "".join(each.data.decode() for each in pyzbar.decode(picture, symbols))
        for picture in pictures
    ]


def by_jsqr(pictures: Sequence[Image.Image]) -> list[str]:
    """
    Return what jsQR reads.
    """
    with tempfile.TemporaryDirectory() as folder:
        asked = []
        for number, picture in enumerate(pictures):
            file = Path(folder) / str(number)
            file.write_bytes(picture.convert("RGBA").tobytes())
            asked.append({"file": str(file), "width": picture.width, "height": picture.height})
        done = subprocess.run(  # noqa: S603 - a script of ours
            [*node(), _SCRIPT, MODULES / "jsqr"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE_SECONDS,
        )
    read: list[str] = json.loads(done.stdout)
    return read


DECODERS: Final[dict[str, Decode]] = {
    "zxing-cpp": by_zxing,
    "zbar": by_zbar,
    "jsQR": by_jsqr,
}
