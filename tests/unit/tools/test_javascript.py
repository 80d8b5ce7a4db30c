"""JavaScript is fetched with a Node that fits, and laid out as listed."""

import pytest

from tools.javascript.__main__ import lay
from tools.javascript.node import major
from wallet.pages.assets import read


@pytest.fixture
def modules(tmp_path):
    """
    Two packages, one of them with a scope.
    """
    for package in ("one", "@scope/two"):
        folder = tmp_path / "node_modules" / package
        folder.mkdir(parents=True)
        (folder / "LICENSE").write_text(f"of {package}")
        (folder / "index.js").write_text("export {};")
    return tmp_path / "node_modules"


def _names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class TestLay:
    def test_only_listed_files(self, modules, tmp_path):
        """
        Listed files and their licences are there, and what was there before is not.
        """
        target = tmp_path / "vendor"
        lay({"a/old.js": "one/index.js"}, modules, target)
        lay({"one.js": "one/index.js", "b/two.js": "@scope/two/index.js"}, modules, target)

        assert ["b/two.js", "licences/@scope/two.txt", "licences/one.txt", "one.js"] == _names(
            target
        )

    def test_missing_file_leaves_what_was_there(self, modules, tmp_path):
        """
        A listed file that its package lacks is a fault, and the folder stays as it was.
        """
        target = tmp_path / "vendor"
        lay({"one.js": "one/index.js"}, modules, target)
        with pytest.raises(FileNotFoundError):
            lay({"one.js": "one/other.js"}, modules, target)

        assert ["licences/one.txt", "one.js"] == _names(target)


class TestMajor:
    @pytest.mark.parametrize(
        ("script", "expected"),
        [("echo v18.20.1", 18), ("echo v24.1.0", 24), ("exit 1", 0), ("echo node", 0)],
    )
    def test_versions(self, tmp_path, script, expected):
        """
        The version is read from what Node says; one that does not say is none.
        """
        node = tmp_path / "node"
        node.write_text(f"#!/bin/sh\n{script}\n")
        node.chmod(0o755)

        assert expected == major(str(node))


class TestRead:
    def test_nothing_fetched(self, tmp_path):
        """
        Without the fetched files the wallet says what to run.
        """
        (tmp_path / "wallet.css").write_text("")

        with pytest.raises(FileNotFoundError, match="run `make vendor`"):
            read(tmp_path)
