"""Fixtures of tests that break things."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.crash.people import insured
from tests.fixtures.fresh import Databases
from tests.fixtures.nursery.client import Nursery
from tests.fixtures.postgres_server import Server
from tests.fixtures.regions import Region, hasty

PATIENTS = 200


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


@pytest.fixture
async def region_of(
    nursery: Nursery, new_url: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[Region]]]:
    """
    Opens a region for some patients, without processes of the wallet yet.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def opened(kind: str, patients: int = 1, **changes: str) -> Region:
            region = Region(
                nursery=nursery,
                folder=tmp_path,
                database_url=new_url(kind),
                clock=hasty(),
                people=tuple(insured(number, 0) for number in range(patients)),
                changes={"lease_seconds": "15"} | changes,
            )
            return await stack.enter_async_context(region)

        yield opened
