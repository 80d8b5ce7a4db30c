"""One town for every operation of the document."""

import json

import pytest
import structlog

from tests.fakes.whole import whole
from tests.fixtures.asking import Asker
from tests.fixtures.callers import Resident, Terminal
from tests.fixtures.towns import Town
from wallet.cli.documenting import document_bytes

DOCUMENT = json.loads(document_bytes())


@pytest.fixture(scope="module")
def asker(tmp_path_factory):
    """
    Sends requests to a whole wallet.
    """
    structlog.configure(processors=[_drop])
    town = Town(f"sqlite:///{tmp_path_factory.mktemp('town') / 'wallet.db'}", *whole())
    yield Asker(town, Terminal(town), Resident(town), DOCUMENT)
    town.close()
    structlog.reset_defaults()


def _drop(*_):
    raise structlog.DropEvent


@pytest.fixture
def document():
    """
    The document as data.
    """
    return DOCUMENT
