"""A town behind the whole HTTP interface, and its document."""

import json

import pytest
import structlog

from tests.fakes.whole import whole
from tests.fixtures.callers import Resident, Terminal
from tests.fixtures.stock import Stock
from tests.fixtures.towns import Town
from wallet.cli.documenting import document_bytes


@pytest.fixture(autouse=True)
def quiet():
    """
    Thousands of lines of the access log help nobody.
    """
    structlog.configure(processors=[_drop])
    yield
    structlog.reset_defaults()


def _drop(*_):
    raise structlog.DropEvent


@pytest.fixture
def town(tmp_path):
    """
    A town over a database without tables.
    """
    made = Town(f"sqlite:///{tmp_path / 'wallet.db'}", *whole())
    yield made
    made.close()


@pytest.fixture
def stock(town):
    """
    A hospital's terminal, a resident, and what they have to do with each other.
    """
    return Stock(Terminal(town), Resident(town))


@pytest.fixture(scope="session")
def made():
    """
    The document as data.
    """
    return json.loads(document_bytes())
