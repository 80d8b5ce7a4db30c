"""The page of others' JavaScript, the lock and what is served are one."""

import json
import re
from pathlib import Path

import pytest

from tools.javascript.__main__ import package_of
from tools.javascript.places import ASKED, MODULES, ROOT
from wallet.pages.assets import assets

_ASKED = json.loads((ASKED / "package.json").read_bytes())
_LOCKED = {
    name.removeprefix("node_modules/"): entry
    for name, entry in json.loads((ASKED / "package-lock.json").read_bytes())["packages"].items()
    if name
}
_PAGE = (ROOT / "docs" / "third-party.md").read_text()
_ROW = re.compile(
    r"^\| ([\w.@/-]+) \| ([\d.]+) \| ([^|]+?) \| [^|]+(?: \| ([^|]+))? \|$", re.MULTILINE
)
_ROWS = {name: (version, licence, files) for name, version, licence, files in _ROW.findall(_PAGE)}
_IMPORTED = re.compile(
    r"""(?:^[ ]*(?:im|ex)port\b[^"'\n;]*|\bimport\(\s*)["']([^"'\n]+)["']""", re.MULTILINE
)
_SAME = {"BSD-0-Clause": "0BSD"}


class TestPage:
    def test_names(self):
        """
        The page names what was asked for and what is served, and nothing else.
        """
        asked = set(_ASKED["dependencies"]) | set(_ASKED["devDependencies"])

        assert asked | {package_of(source) for source in _ASKED["served"].values()} == set(_ROWS)

    @pytest.mark.parametrize("name", _ROWS)
    def test_version_and_licence(self, name):
        """
        The page states version and licence as the lock does.
        """
        version, licence, _ = _ROWS[name]
        locked = _LOCKED[name]
        told = _SAME.get(locked["license"], locked["license"])

        assert (locked["version"], told) == (version, licence.split(",")[0])

    def test_served(self):
        """
        The page names every served file.
        """
        named = {file for *_, files in _ROWS.values() for file in re.findall(r"`([^`]+)`", files)}

        assert {f"vendor/{name}" for name in _ASKED["served"]} == named


class TestLock:
    def test_digests_without_addresses(self):
        """
        Every package has its digest, and none an address.
        """
        odd = [
            name
            for name, entry in _LOCKED.items()
            if "resolved" in entry or not entry["integrity"].startswith("sha512-")
        ]

        assert [] == odd

    def test_reader_fits(self):
        """
        The WebAssembly is the one that barcode-detector was made with.
        """
        wanted = _LOCKED["barcode-detector"]["dependencies"]["zxing-wasm"]

        assert wanted == _LOCKED["zxing-wasm"]["version"]


class TestServed:
    @pytest.mark.parametrize(("name", "source"), _ASKED["served"].items())
    def test_unchanged(self, name, source):
        """
        A file is served as its package has it.
        """
        assert (MODULES / source).read_bytes() == assets()[f"vendor/{name}"].content

    @pytest.mark.parametrize("name", [name for name in _ASKED["served"] if name.endswith(".js")])
    def test_imports(self, name):
        """
        A module imports only files that are served beside it.
        """
        place = Path("vendor") / name
        text = assets()[str(place)].content.decode()
        missing = [
            other
            for other in _IMPORTED.findall(text)
            if not other.startswith("./") or str(place.parent / other) not in assets()
        ]

        assert [] == missing

    @pytest.mark.parametrize("source", _ASKED["served"].values())
    def test_licences(self, source):
        """
        A package's licence is served with it.
        """
        licence = assets()[f"vendor/licences/{package_of(source)}.txt"]

        assert b"Permission" in licence.content
