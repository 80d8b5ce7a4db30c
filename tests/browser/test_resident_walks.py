"""What a resident does on the way to the code and back, in a real browser."""

from datetime import timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import update
from sqlmodel import col, func, select

from tests.fixtures.steps import read_code, sign_in
from wallet.pages.language import Language
from wallet.pages.texts import text
from wallet.residents.models import SessionRow

_PICTURE = "[data-picture]"


async def _tab_to(page, target):
    """
    Press Tab until something is reached.
    """
    for _ in range(20):
        if await target.evaluate("(each) => each === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {target}")


async def _other_code(page, do):
    """
    Do something, and return the code that is drawn instead of the present one.
    """
    before = await page.locator(_PICTURE).inner_html()
    await do
    await expect(page.locator(_PICTURE)).not_to_have_js_property("innerHTML", before)
    return await read_code(page)


async def _end_newest_session(site):
    """
    Let the session that was begun last be over by time.
    """
    over = site.region.clock.now() - timedelta(seconds=1)
    newest = select(func.max(SessionRow.created_at)).scalar_subquery()
    ended = update(SessionRow).where(col(SessionRow.created_at) == newest)
    async with site.region.services.basis.database.transaction() as session:
        await session.execute(ended.values(expires_at=over))


async def _visible(page, state):
    """
    Tell a page what the system tells it when somebody leaves it and comes back.
    """
    await page.evaluate(
        """(state) => {
            const value = { configurable: true, value: state };
            Object.defineProperty(document, "visibilityState", value);
            Object.defineProperty(document, "hidden", { ...value, value: state === "hidden" });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


class TestSigningIn:
    async def test_keyboard_alone(self, page, site):
        """
        Somebody without a mouse signs in, asks for another code and goes to the payments.
        """
        person = site.stranger()
        await page.goto("/sign-in")
        for field, typed in (("name", person.psn_name), ("document_number", person.certno)):
            await _tab_to(page, page.locator(f"[name={field}]"))
            await page.keyboard.type(typed)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/code")
        first = await read_code(page)
        await _tab_to(page, page.locator("[data-fresh]"))
        second = await _other_code(page, page.keyboard.press(" "))
        await _tab_to(page, page.get_by_role("link", name=text(Language.ZH, "nav.payments")))
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/payments")

        assert first != second

    async def test_session_over(self, page, site):
        """
        Whoever taps on after the session's end comes to the sign-in.
        """
        await sign_in(page, site.stranger())
        await page.goto("/payments")
        await _end_newest_session(site)
        await page.get_by_role("link", name=text(Language.ZH, "nav.looks")).click()
        await page.wait_for_url("**/sign-in*")

        await expect(page.locator("h1")).to_have_text(text(Language.ZH, "sign_in.title"))


class TestChoices:
    async def test_language(self, page, site):
        """
        Another language is one tap away on every page, stays, and leads back to the same page.
        """
        await sign_in(page, site.stranger())
        await page.goto("/payments")
        await page.get_by_role("button", name="English").click()
        heading = page.get_by_role("heading", level=1)
        await expect(heading).to_have_text(text(Language.EN, "nav.payments"))
        await page.goto("/looks")
        await expect(heading).to_have_text(text(Language.EN, "nav.looks"))
        await page.get_by_role("button", name="中文").click()
        await expect(heading).to_have_text(text(Language.ZH, "nav.looks"))

        assert "zh-CN" == await page.locator("html").get_attribute("lang")

    async def test_large_text(self, page):
        """
        Large text is one tap away, and larger.
        """
        await page.goto("/sign-in")
        size = "() => parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)"
        before = await page.evaluate(size)
        await page.get_by_role("button", name=text(Language.ZH, "size.large")).click()
        await page.get_by_role("button", name=text(Language.ZH, "size.normal")).wait_for()

        assert pytest.approx(1.375 * before) == await page.evaluate(size)


class TestBackground:
    async def test_return(self, page, site):
        """
        Whoever comes back to the page sees another code, which a desk accepts.
        """
        await sign_in(page, site.stranger())
        first = await read_code(page)
        await _visible(page, "hidden")
        second = await _other_code(page, _visible(page, "visible"))

        assert (True, 200) == (first != second, (await site.scan(second))[0])
