"""What is wrong with a page is found."""

from tests.fixtures.checkups import findings
from tests.fixtures.living import LI

_HEAVY = "vendor/barcode-detector/zxing_reader.wasm"
_FETCH = f"fetch(document.querySelector('link').href.replace('wallet.css', '{_HEAVY}'))"
_PLANTED = {
    "axe": "document.documentElement.removeAttribute('lang')",
    "dark": "document.querySelector('.lead').style.color = '#4a5a55'",
    "wide": "document.querySelector('h1').style.width = '20rem'",
    "keyboard": "document.querySelector('[name=name]').style.outline = 'none'",
    "shift": "document.querySelector('h1').style.marginTop = '5rem'",
    "storage": f"localStorage.setItem('name', '{LI.psn_name}')",
    "weight": f"{_FETCH}.then((answer) => answer.arrayBuffer())",
}


class TestFindings:
    async def test_planted(self, page):
        """
        Every fault that is planted in a page without any is found.
        """
        await page.goto("/sign-in")
        for script in _PLANTED.values():
            await page.evaluate(f"async () => void (await ({script}))")

        assert set(_PLANTED) == set(await findings(page))
