"""Operators sign in with a real provider, once an administrator has linked them."""

import pytest

from tests.oidc.conftest import OPERATORS as PATH
from tests.oidc.conftest import STRONG


async def told(region):
    """
    Return kinds and details of what was written down, the oldest first.
    """
    page = await region.people.operators.events.page(limit=50)
    return [(each.kind, each.name, each.detail) for each in reversed(page.events)]


@pytest.mark.usefixtures("gong")
class TestSignIn:
    async def test_linked(self, region, browser, gong):
        """
        A linked operator comes in, to where they were, by a page that goes on by itself.
        """
        await browser.wallet.get("/operator/parties")
        answer = await browser.sign_in("sub-gong", PATH, **STRONG)
        inside = await browser.wallet.get("/operator/parties")

        assert 200 == answer.status_code
        assert '<meta http-equiv="refresh" content="0;url=/operator/parties">' in answer.text
        assert "SameSite=strict" in str(answer.headers.get_list("set-cookie"))
        assert 200 == inside.status_code
        assert {
            ("created", "gong", ""),
            ("enrolled", "gong", "provider"),
            ("signed_in", "gong", "provider"),
        } == set(await told(region))
        assert [True] == [each.linked for each in await gong.listed()]


@pytest.mark.usefixtures("gong")
class TestRefused:
    async def test_unlinked(self, region, browser, gong):
        """
        Nobody is made an operator by signing in; it is written down.
        """
        answer = await browser.sign_in("sub-li", PATH, **STRONG)

        assert 401 == answer.status_code
        assert "该账号未获准进入此处" in answer.text
        assert ("refused", None, "link") in await told(region)
        assert 1 == len(await gong.listed())

    async def test_disabled(self, region, browser, gong):
        """
        A disabled operator is refused in the same words, and comes in again once enabled.
        """
        await gong.disable("gong")
        refused = await browser.sign_in("sub-gong", PATH, **STRONG)
        await gong.enable("gong")
        enabled = await browser.sign_in("sub-gong", PATH, **STRONG)

        assert (401, 200) == (refused.status_code, enabled.status_code)
        assert "该账号未获准进入此处" in refused.text
        assert ("refused", "gong", "status") in await told(region)

    async def test_unlink(self, browser, gong):
        """
        Unlinking ends the sessions and the way in; so does a reset.
        """
        await browser.sign_in("sub-gong", PATH, **STRONG)
        await gong.unlink("gong")
        inside = await browser.wallet.get("/operator")
        again = await browser.sign_in("sub-gong", PATH, **STRONG)

        assert (303, 401) == (inside.status_code, again.status_code)

    async def test_locked(self, region, browser, gong):
        """
        Failures lock the account at the provider, until it is enabled or time passes.
        """
        await gong.disable("gong")
        seen = [(await browser.sign_in("sub-gong", PATH, **STRONG)).status_code for _ in range(6)]
        await gong.enable("gong")
        after = await browser.sign_in("sub-gong", PATH, **STRONG)

        assert [401] * 5 + [429] == seen
        assert 200 == after.status_code
        assert ("locked", "gong", "account") in await told(region)
