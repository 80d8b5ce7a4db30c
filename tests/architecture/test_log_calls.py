"""What is written to the log, read off the sources."""

import ast
from pathlib import Path

import pytest

from wallet.logs import ALLOWED

_ROOT = Path(__file__).parents[2]
_WRITING = {"debug", "info", "warning", "error", "exception", "critical", "log", "bind"}


def _is_get_logger(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get_logger"
    )


def _loggers(tree: ast.AST) -> set[str]:
    """
    Return the names that stand for a logger or for a method of one.
    """
    names: set[str] = set()
    for _ in range(3):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Assign):
                continue
            parts = list(ast.walk(node.value))
            named = any(isinstance(part, ast.Name) and part.id in names for part in parts)
            if _is_get_logger(node.value) or (named and not _calls(node.value)):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _calls(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def _writes(tree: ast.AST) -> list[ast.Call]:
    loggers = _loggers(tree)

    def writes(call: ast.Call) -> bool:
        match call.func:
            case ast.Name(id=name):
                return name in loggers
            case ast.Attribute(value=ast.Name(id=name), attr=method):
                return name in loggers and method in _WRITING
            case ast.Attribute(value=value, attr=method):
                return _is_get_logger(value) and method in _WRITING
            case _:
                return False

    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and writes(node)]


def _sources() -> list[Path]:
    return sorted(
        path for path in (_ROOT / "wallet").rglob("*.py") if "structlog" in path.read_text()
    )


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(_ROOT)))
class TestCalls:
    def test_keys(self, path):
        """
        Every key that is logged is an allowed one.
        """
        keys = {key.arg for call in _writes(ast.parse(path.read_text())) for key in call.keywords}

        assert set() == keys - ALLOWED

    def test_events(self, path):
        """
        An event is a fixed text; only what libraries log is passed on.
        """
        loose = [
            call.lineno
            for call in _writes(ast.parse(path.read_text()))
            if call.args and not isinstance(call.args[0], ast.Constant)
        ]

        assert [] == loose or path.name == "logs.py"


class TestFinding:
    def test_finds_every_spelling(self):
        """
        A logger by name, an alias of its method, and a call without either are all found.
        """
        tree = ast.parse(
            "_log = structlog.get_logger()\n"
            "write = _log.error if bad else _log.info\n"
            "_log.info('a', name=1)\n"
            "write('b', name=1)\n"
            "structlog.get_logger('x').warning('c', **given)\n"
            "other.info('d', name=1)\n"
        )

        assert [3, 4, 5] == sorted(call.lineno for call in _writes(tree))
