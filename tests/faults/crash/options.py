"""How many crash runs there are, as options of pytest."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """
    Add ``--crash-runs`` and ``--crash-seed``.
    """
    group = parser.getgroup("crashes")
    group.addoption(
        "--crash-runs",
        type=int,
        help="seeded crash runs; as many as hit every failpoint on both databases unless given",
    )
    group.addoption("--crash-seed", type=int, help="do the crash run of this seed only")
