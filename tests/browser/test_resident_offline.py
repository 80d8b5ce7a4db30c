"""The code that a phone signs by itself, with and without a network."""

from playwright.async_api import expect

from tests.fixtures.steps import read_code, sign_in

SIGNED_LETTERS = 178


async def enrolled(page):
    """
    Wait until the page can do without a network.
    """
    await expect(page.locator("[data-code]")).to_have_attribute("data-kept", "yes")


class TestOffline:
    async def test_accepted_once(self, page, watch, site):
        """
        Without a network the page signs a code that a desk reads, once; then the next at one tap.
        """
        watch.allow("ERR_INTERNET_DISCONNECTED")
        await sign_in(page, site.stranger())
        await enrolled(page)
        await page.context.set_offline(True)
        await page.reload()
        code = await read_code(page)
        line = page.locator("[data-line]")
        await expect(line).to_contain_text("没有网络，码照常可用，有效期至")
        first, second = await site.scan(code), await site.scan(code)
        await page.locator("[data-fresh]").click()
        third = await site.scan(await read_code(page))

        assert SIGNED_LETTERS == len(code)
        assert (200, 409, "CODE_USED") == (first[0], second[0], second[1]["code"])
        assert 200 == third[0]
