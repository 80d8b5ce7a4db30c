"""The deployment of `tests.fixtures.deployments`, on SQLite: processes are the same on both."""

import pytest

from tests.fixtures.deployments import deployment
from tests.fixtures.vaults import clock, ids, vault

__all__ = ("clock", "deployment", "ids", "vault")


@pytest.fixture
def url(tmp_path):
    """
    One kind of database is enough where processes are started; it has no tables yet.
    """
    return f"sqlite:///{tmp_path}/wallet.db"
