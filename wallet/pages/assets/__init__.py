"""
Style sheets, scripts and pictures; each is served under a name that changes with its content.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from msgspec import Struct

__all__ = ("PATH", "Asset", "address", "assets")

PATH: Final = "/assets"
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_DIGEST_LETTERS: Final = 16


class Asset(Struct, frozen=True, kw_only=True):
    """
    A file as it is served.
    """

    content: bytes
    media_type: str
    digest: str


@cache
def assets() -> Mapping[str, Asset]:
    """
    Return every file by its name.
    """
    return {
        place.name: Asset(
            content=place.read_bytes(),
            media_type=_TYPES[place.name.rsplit(".", 1)[-1]],
            digest=sha256(place.read_bytes()).hexdigest()[:_DIGEST_LETTERS],
        )
        for place in files(__name__).iterdir()
        if place.name.rsplit(".", 1)[-1] in _TYPES
    }


def address(name: str) -> str:
    """
    Return where a file is served.

    Raises:
        KeyError: there is no such file.
    """
    return f"{PATH}/{assets()[name].digest}/{name}"
