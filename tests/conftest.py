"""Fixtures that every test may use."""

import pytest

pytest_plugins = (
    "tests.fixtures.databases",
    "tests.fixtures.fuzz_option",
    "tests.fixtures.vaults",
    "tests.faults.crash.options",
)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """
    Asynchronous tests run on asyncio, one loop for the session's fixtures.
    """
    return "asyncio"
