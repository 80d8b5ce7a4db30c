"""What is wrong with a page is found: each fault is planted in a page that has none."""

import pytest

from tests.fixtures.checkups import findings

_HEAVY = "vendor/barcode-detector/zxing_reader.wasm"
_FETCH = f"fetch(document.querySelector('link').href.replace('wallet.css', '{_HEAVY}'))"
_PLANTED = {
    "axe": ("document.documentElement.removeAttribute('lang')", {"axe"}),
    "dark": ("document.querySelector('.lead').style.color = '#4a5a55'", {"dark"}),
    "wide": ("document.querySelector('h1').style.width = '20rem'", {"wide"}),
    "unseen": ("document.querySelector('[name=name]').style.outline = 'none'", {"keyboard"}),
    "order": ("document.querySelector('main button').tabIndex = 1", {"keyboard", "axe"}),
    "shift": ("document.querySelector('h1').style.marginTop = '5rem'", {"shift"}),
    "weight": (f"{_FETCH}.then((answer) => answer.arrayBuffer())", {"weight"}),
}


class TestFindings:
    @pytest.mark.parametrize("fault", _PLANTED)
    async def test_planted(self, page, fault):
        """
        A planted fault is found, and nothing else that is wrong.
        """
        script, expected = _PLANTED[fault]
        await page.goto("/sign-in")
        await page.evaluate(f"async () => void (await ({script}))")
        found = await findings(page)

        assert expected == set(found)
