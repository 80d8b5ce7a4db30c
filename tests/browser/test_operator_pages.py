"""The operator's pages in a real browser: they refresh themselves, and load more."""

import asyncio

import pytest

from tests.fixtures import steps
from tests.fixtures.stage import SCREEN
from wallet.operators.words import Role

REFRESH = "() => htmx.trigger('#live', 'every')"
PATIENCE_SECONDS = 20


@pytest.fixture
async def at_work(site, new_context):
    """
    A desktop's page on which an operator has signed in.
    """
    page = await (await new_context(**SCREEN)).new_page()
    name, recovery_codes = await steps.enrol_operator(page, await site.operator_token())
    await steps.sign_in_operator(page, name, recovery_codes[0])
    return page


async def scans(page):
    """
    Return how many scans a page shows.
    """
    caption = await page.locator("#live figcaption").first.inner_text()
    return int("".join(filter(str.isdigit, caption.split("次")[0])))


async def refreshed(page, count):
    """
    Let a page refresh itself until it shows more scans than that; others scan here too.
    """
    for _ in range(PATIENCE_SECONDS * 2):
        if await scans(page) > count:
            return True
        await page.evaluate(REFRESH)
        await asyncio.sleep(0.5)
    return False


class TestRefresh:
    async def test_calm(self, at_work, site):
        """
        A scan appears by itself; what is open stays open, and the focus stays where it is.
        """
        await at_work.locator("#live summary").first.click()
        before = await scans(at_work)
        await site.scan("FW0000")
        shown = await refreshed(at_work, before)

        assert shown
        assert await at_work.locator("#live details").first.get_attribute("open") is not None
        assert "SUMMARY" == await at_work.evaluate("() => document.activeElement.tagName")
        assert await at_work.locator("#live .notice").count()

    async def test_session_over(self, at_work):
        """
        When the session has ended the page leaves for sign-in by itself.
        """
        await at_work.context.clear_cookies()
        await at_work.evaluate(REFRESH)
        await at_work.wait_for_url("**/operator/sign-in")


class TestMore:
    async def test_in_place(self, at_work, site):
        """
        More events come below those that are there, without leaving the page.
        """
        administration = site.region.services.people.operators.administration
        for number in range(60):
            await administration.add(f"more-{number}", display="x", role=Role.AUDITOR)
        await at_work.goto("/operator/events")
        first = await at_work.locator("#rows > li").count()
        await at_work.click("#further a")
        await at_work.locator("#rows > li").nth(first + 1).wait_for()

        assert 51 == first
        assert at_work.url.endswith("/operator/events")
