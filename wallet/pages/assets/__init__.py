"""
Style sheets, scripts and pictures; all are served under a name that changes when one of them does.

One name for all of them lets a script import another by its relative path.
"""

import gzip
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from msgspec import Struct

__all__ = ("PATH", "Asset", "address", "assets", "edition", "packed", "read")

PATH: Final = "/assets"
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
}
_EDITION_LETTERS: Final = 16


class Asset(Struct, frozen=True, kw_only=True):
    """
    A file as it is served.
    """

    content: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """
    Return every file by its path below this folder, such as ``code.js`` or ``vendor/htmx.js``.

    Raises:
        FileNotFoundError: what comes from npm has not been fetched.
    """
    return read(files(__name__))


def read(folder: Traversable) -> Mapping[str, Asset]:
    """
    Return every file of a folder by its path below it.

    Raises:
        FileNotFoundError: what comes from npm has not been fetched.
    """
    found = dict(sorted(_found(folder, "")))
    if not any(name.startswith("vendor/") for name in found):
        raise FileNotFoundError("wallet/pages/assets/vendor is empty: run `make vendor`")
    return found


@cache
def packed(name: str) -> bytes:
    """
    Return a file's content in gzip; it is no secret, so its length may tell what it likes.
    """
    return gzip.compress(assets()[name].content, compresslevel=6, mtime=0)


@cache
def edition() -> str:
    """
    Return what stands for the content of all files together.
    """
    digest = sha256()
    for name, asset in assets().items():
        digest.update(f"{name}\n{len(asset.content)}\n".encode())
        digest.update(asset.content)
    return digest.hexdigest()[:_EDITION_LETTERS]


def address(name: str) -> str:
    """
    Return where a file is served.

    Raises:
        KeyError: there is no such file.
    """
    if name not in assets():
        raise KeyError(name)
    return f"{PATH}/{edition()}/{name}"


def _found(folder: Traversable, within: str) -> Iterator[tuple[str, Asset]]:
    for place in folder.iterdir():
        ending = place.name.rsplit(".", 1)[-1]
        if place.is_dir():
            yield from _found(place, f"{within}{place.name}/")
        elif ending in _TYPES:
            yield within + place.name, Asset(content=place.read_bytes(), media_type=_TYPES[ending])
