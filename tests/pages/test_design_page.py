"""The page of the design system."""

from dataclasses import replace

import pytest

from wallet.pages.design import scoped, themes


class TestThemes:
    def test_tokens(self):
        """
        Both themes have the same tokens, and no colour of the light one is left over in the dark.
        """
        light, dark = themes()
        colours = [name for name, value in light.tokens.items() if value.startswith("#")]

        assert list(light.tokens) == list(dark.tokens)
        assert [] == [name for name in colours if light.tokens[name] == dark.tokens[name]]

    def test_scoped(self):
        """
        A part of a page can be given either theme.
        """
        light, dark = (f" --ground: {theme.tokens['ground']};" for theme in themes())
        first, second, _ = scoped().split("\n")

        assert (True, True) == (light in first, dark in second)


class TestPage:
    async def test_shows_every_token(self, browser):
        """
        A demonstration shows every token, once for each theme.
        """
        page = (await browser.client.get("/design")).text

        assert [2] * len(themes()[0].tokens) == [
            page.count(f"<code>--{name}</code>") for name in themes()[0].tokens
        ]

    @pytest.mark.parametrize("path", ["/design", "/design/themes.css"])
    async def test_not_a_demonstration(self, region, path):
        """
        A real deployment has no such page.
        """
        real = region.basis.settings.model_copy(update={"demo_login": False})
        region.basis = replace(region.basis, settings=real)
        async with region.client() as client:
            answer = await client.get(path)

        assert 404 == answer.status_code
