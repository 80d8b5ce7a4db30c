"""The code as a resident's phone shows it and a desk reads it."""

from tests.fixtures.steps import read_code, sign_in


class TestCode:
    async def test_accepted_once(self, page, site):
        """
        A desk reads the code from the screen; the server accepts it, and not a second time.
        """
        await sign_in(page, site.stranger())
        code = await read_code(page)
        first, second = await site.scan(code), await site.scan(code)

        assert (200, 409, "CODE_USED") == (first[0], second[0], second[1]["code"])
