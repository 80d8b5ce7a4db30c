"""What is wrong with a page is found."""

from tests.fixtures.checkups import WEIGHT_MAX, findings
from tests.fixtures.living import LI

_PLANTED = {
    "axe": "document.documentElement.removeAttribute('lang')",
    "dark": "document.querySelector('.lead').style.color = '#4a5a55'",
    "wide": "document.querySelector('h1').style.width = '20rem'",
    "keyboard": "document.querySelector('[name=name]').style.outline = 'none'",
    "shift": "document.querySelector('h1').style.marginTop = '5rem'",
    "storage": f"localStorage.setItem('name', '{LI.psn_name}')",
}


async def _heavier(route):
    answer = await route.fetch()
    body = await answer.body() + b"/*" + b" " * WEIGHT_MAX + b"*/"
    await route.fulfill(response=answer, body=body)


class TestFindings:
    async def test_planted(self, page):
        """
        Every fault that is planted in a page without any is found.
        """
        await page.context.route("**/wallet.css", _heavier)
        await page.goto("/sign-in")
        for script in _PLANTED.values():
            await page.evaluate(f"async () => void (await ({script}))")

        assert {*_PLANTED, "weight"} == set(await findings(page))
