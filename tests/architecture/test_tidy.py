"""The style rules that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PACKAGES = ("wallet", "codes", "integrations", "bench", "tools")
_FILE_LINES_MAX = 300
_FUNCTION_LINES_MAX = 50
_FORBIDDEN_FOLDERS = {"utils", "common", "helpers", "core"}
_MACHINE_PATHS = ("/home/", "/root/", "/work/", "/tmp/")


def _sources() -> list[Path]:
    return sorted(
        path
        for package in _PACKAGES
        for path in (_ROOT / package).rglob("*.py")
        if "versions" not in path.parts
    )


def _name(path: Path) -> str:
    return str(path.relative_to(_ROOT))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node):
        words = node.body[0]
        lines -= (words.end_lineno or words.lineno) - words.lineno + 1
    return lines


class TestSources:
    def test_file_length(self):
        """
        A file has at most 300 lines.
        """
        lines = {_name(path): len(path.read_text().splitlines()) for path in _sources()}

        assert {} == {name: count for name, count in lines.items() if count > _FILE_LINES_MAX}

    def test_function_length(self):
        """
        A function has at most 50 lines, its docstring not counted.
        """
        lines = {
            f"{_name(path)}:{node.name}": _length(node)
            for path in _sources()
            for node in _functions(path)
        }

        assert {} == {name: count for name, count in lines.items() if count > _FUNCTION_LINES_MAX}

    def test_no_unfinished_work(self):
        """
        Nothing is left for later and no path of one machine is named.
        """
        words = ("TODO", "FIXME", "NotImplementedError", *_MACHINE_PATHS)
        texts = {_name(path): path.read_text() for path in _sources()}

        assert [] == [
            (name, word) for name, text in texts.items() for word in words if word in text
        ]


class TestFolders:
    def test_no_drawer_for_everything(self):
        """
        No folder is named for nothing in particular.
        """
        names = {path.parent.name for path in _sources()}

        assert set() == names & _FORBIDDEN_FOLDERS


class TestCommit:
    def test_one_commit(self):
        """
        Transactions are committed in one file only.
        """
        found = [
            _name(path)
            for path in _sources()
            if path.parts[len(_ROOT.parts)] == "wallet" and ".commit()" in path.read_text()
        ]

        assert ["wallet/db/session.py"] == found


class TestMoney:
    def test_no_floats_in_amount_paths(self):
        """
        No float and no true division where amounts pass.
        """
        places = ("wallet/settling", "wallet/ledger", "wallet/visiting", "wallet/money.py")
        bad = []
        for path in _sources():
            name = _name(path)
            if not name.startswith(places):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                is_float = isinstance(node, ast.Name) and node.id == "float"
                if is_float or isinstance(node, ast.Div):
                    bad.append(name)

        assert [] == bad
