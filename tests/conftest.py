"""Fixtures that every test may use."""

import pytest
from hypothesis import HealthCheck, settings

from tests.fixtures.collecting import collect_seldom

# a property is right or wrong; how fast a crowded machine finds out says nothing of it
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

pytest_plugins = (
    "tests.fixtures.databases",
    "tests.fixtures.fuzz_option",
    "tests.fixtures.ordering",
    "tests.fixtures.nursing",
    "tests.fixtures.oidc_provider",
    "tests.fixtures.standstill",
    "tests.fixtures.vaults",
    "tests.faults.crash.options",
)


def pytest_collection_finish() -> None:
    """
    Keep the collector from going through all that was imported and collected, again and again.
    """
    collect_seldom()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """
    Asynchronous tests run on asyncio, one loop for the session's fixtures.
    """
    return "asyncio"
