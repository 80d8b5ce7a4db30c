"""
Pages in a real browser, in front of a live wallet.

One browser and one site serve all tests of a process; each test has a context of its own, as fresh
as a phone out of the box. The tests run first and in one process, see `tests.fixtures.ordering`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.fixtures.nursery.client import Nursery
from tests.fixtures.site import Site, opened
from tests.fixtures.stage import Stage, let_go, open_context
from tests.fixtures.watching import Watch
from tools.browser.launching import launched

_HERE = Path(__file__).parent
_TIMEOUT_SECONDS = 300  # the first one may have to install a browser

NewContext = Callable[..., Awaitable[BrowserContext]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Be patient with these tests.
    """
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.timeout(_TIMEOUT_SECONDS))


@pytest.fixture(scope="session")
async def site(
    anyio_backend: str,
    nursery: Nursery,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Callable[[], Path],
) -> AsyncIterator[Site]:
    """
    The live wallet.
    """
    del anyio_backend
    async with opened(nursery, tmp_path_factory.mktemp("site"), sqlite_template) as site:
        yield site


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The file that the browser's camera sees (Y4M); write it before a page opens the camera.
    """
    return tmp_path_factory.mktemp("camera") / "camera.y4m"


@pytest.fixture(scope="session")
async def chromium(anyio_backend: str, camera: Path) -> AsyncIterator[Browser]:
    """
    The browser.
    """
    del anyio_backend
    async with launched(camera) as browser:
        yield browser


@pytest.fixture
async def watch(site: Site) -> AsyncIterator[Watch]:
    """
    Notices what must not happen, and fails the test for it.
    """
    watch = Watch(origins={site.origin})
    yield watch

    assert [] == watch.wrong()


@pytest.fixture
async def new_context(chromium: Browser, site: Site, watch: Watch) -> AsyncIterator[NewContext]:
    """
    Makes as many browsers' profiles as a test likes: a phone's unless told otherwise.
    """
    async with AsyncExitStack() as stack:

        async def make(**changes: Any) -> BrowserContext:
            context = await open_context(chromium, site, watch, **changes)
            stack.push_async_callback(let_go, context)
            return context

        yield make


@pytest.fixture
async def page(new_context: NewContext) -> Page:
    """
    A page of a phone that nobody has used yet.
    """
    return await (await new_context()).new_page()


@pytest.fixture(scope="session")
async def stage(chromium: Browser, site: Site) -> AsyncIterator[Stage]:
    """
    Somebody of each kind, signed in.
    """
    stage = Stage(chromium, site)
    yield stage
    await stage.close()
