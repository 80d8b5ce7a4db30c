"""Fixtures of tests that break things."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_mock_engine

from tests.faults.crash.people import insured
from tests.fixtures.nursery.client import Nursery
from tests.fixtures.postgres_server import Server
from tests.fixtures.regions import Region, hasty
from wallet.tables import metadata

PATIENTS = 200
_numbers = count(1)


class Databases:
    """
    Makes fresh databases with every table.
    """

    def __init__(self, folder: Path, server: Server, template: Callable[[], Path]) -> None:
        self._folder, self._server, self._template = folder, server, template
        self._made: list[str] = []

    def make(self, kind: str) -> str:
        """
        Return the URL of one, on ``sqlite`` or ``postgres``.
        """
        if kind == "sqlite":
            path = self._folder / f"{next(_numbers)}.db"
            shutil.copyfile(self._template(), path)
            return f"sqlite:///{path}"
        name = f"crash_{os.getpid()}_{next(_numbers)}"
        self._server.execute(f"create database {name};")
        self._server.execute(_ddl(), database=name)
        self._made.append(name)
        return self._server.url(name)

    def drop(self) -> None:
        """
        Forget them all.
        """
        for name in self._made:
            self._server.execute(f"drop database {name} with (force);")


@pytest.fixture
def new_url(
    tmp_path: Path, postgres_server_of_run: Server, sqlite_template: Callable[[], Path]
) -> Iterator[Callable[[str], str]]:
    """
    Makes as many databases as a test likes, on ``sqlite`` or ``postgres``.
    """
    databases = Databases(tmp_path, postgres_server_of_run, sqlite_template)
    yield databases.make
    databases.drop()


@pytest.fixture(scope="module")
async def regions(
    anyio_backend: str,
    nursery: Nursery,
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server_of_run: Server,
    sqlite_template: Callable[[], Path],
) -> AsyncIterator[Callable[[str], Awaitable[Region]]]:
    """
    Returns this module's region on ``sqlite`` or ``postgres``, whose wallet is not killed.
    """
    del anyio_backend
    folder = tmp_path_factory.mktemp("regions")
    databases = Databases(folder, postgres_server_of_run, sqlite_template)
    opened: dict[str, Region] = {}

    async def region_on(kind: str) -> Region:
        if kind not in opened:
            (folder / kind).mkdir()
            region = Region(
                nursery=nursery,
                folder=folder / kind,
                database_url=databases.make(kind),
                clock=hasty(),
                people=tuple(insured(number, 0) for number in range(PATIENTS)),
            )
            opened[kind] = await region.__aenter__()
            region.serve()
            region.work()
            await region.answering()
        return opened[kind]

    yield region_on
    for region in opened.values():
        await region.__aexit__()
    databases.drop()


@pytest.fixture(params=["sqlite", "postgres"])
async def region(
    request: pytest.FixtureRequest, regions: Callable[[str], Awaitable[Region]]
) -> AsyncIterator[Region]:
    """
    A region whose partners behave well until a test says otherwise.
    """
    region = await regions(request.param)
    yield region
    await region.sandboxes.behave()


def _ddl() -> str:
    statements: list[str] = []

    def collect(statement: Any, *_: object, **__: object) -> None:
        statements.append(str(statement.compile(dialect=engine.dialect)).strip() + ";\n")

    engine = create_mock_engine("postgresql+asyncpg://", collect)
    metadata.create_all(engine, checkfirst=False)
    return "".join(statements)
