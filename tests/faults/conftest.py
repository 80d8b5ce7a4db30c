"""Fixtures of tests that break things."""

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_mock_engine

from tests.fixtures.nursery.client import Nursery
from tests.fixtures.postgres_server import Server
from wallet.tables import metadata

_numbers = count(1)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """
    The process that forks servers, workers and sandboxes.
    """
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture
def new_url(
    tmp_path: Path, sqlite_template: Callable[[], Path], request: pytest.FixtureRequest
) -> Iterator[Callable[[str], str]]:
    """
    Makes as many databases as a test likes, on ``sqlite`` or ``postgres``; returns their URLs.
    """
    made: list[str] = []

    def server() -> Server:
        found: Server = request.getfixturevalue("postgres_server_of_run")
        return found

    def url(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path / f"{next(_numbers)}.db"
            shutil.copyfile(sqlite_template(), path)
            return f"sqlite:///{path}"
        name = f"crash_{os.getpid()}_{next(_numbers)}"
        server().execute(f"create database {name};")
        server().execute(_ddl(), database=name)
        made.append(name)
        return server().url(name)

    yield url
    for name in made:
        server().execute(f"drop database {name} with (force);")


def _ddl() -> str:
    statements: list[str] = []

    def collect(statement: Any, *_: object, **__: object) -> None:
        statements.append(str(statement.compile(dialect=engine.dialect)).strip() + ";\n")

    engine = create_mock_engine("postgresql+asyncpg://", collect)
    metadata.create_all(engine, checkfirst=False)
    return "".join(statements)
