"""The package asks nobody: no clock, no disk, no network, no randomness of its own."""

import ast
from pathlib import Path

import pytest

import codes

FOLDER = Path(codes.__file__).parent
IMPURE = {
    "asyncio",
    "datetime",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "socket",
    "ssl",
    "structlog",
    "sys",
    "time",
}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


class TestImports:
    @pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
    def test_pure(self, path):
        """
        No module imports what reaches outside.
        """
        assert set() == imported(path) & IMPURE

    @pytest.mark.parametrize(("library", "door"), [("pyotp", "otp.py"), ("qrcode", "image.py")])
    def test_one_door(self, library, door):
        """
        Each mandated library is imported by one module.
        """
        doors = [path.name for path in FOLDER.glob("*.py") if library in imported(path)]

        assert [door] == doors

    def test_public_names(self):
        """
        Every public name exists and is listed once.
        """
        assert len(codes.__all__) == len(set(codes.__all__))
        assert all(hasattr(codes, name) for name in codes.__all__)
