"""Operators sign in with a real provider, once an administrator has linked them."""

import pytest

from tests.fixtures.oidc_provider import MFA
from tests.oidc.conftest import parameters
from wallet.operators.words import Role

PATH = "/operator/sign-in/oidc"
STRONG = {"amr": "pwd otp", "acr": MFA}


@pytest.fixture
async def gong(region, oidc_provider):
    """
    The administration, with an operator who is linked and never chose a password.
    """
    administration = region.people.operators.administration
    await administration.add("gong", display="龚工", role=Role.OPERATOR)
    await administration.link("gong", issuer=oidc_provider.issuer, subject="sub-gong")
    return administration


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

    async def test_counts_as_a_code(self, region, browser):
        """
        Showing the factors there lets an operator look at people for ten minutes, as a code does.
        """
        await browser.sign_in("sub-gong", PATH, **STRONG)
        token = browser.wallet.cookies["__Host-operator"]
        operators = region.people.operators
        caller = await operators.sessions.operator(token)
        now = operators.events.stepped_up(caller)
        region.clock.advance(601)

        assert (True, False) == (now, operators.events.stepped_up(caller))

    async def test_again(self, region, browser):
        """
        Asked to, the provider wants the factors anew although somebody is signed in there.
        """
        await browser.sign_in("sub-gong", PATH, **STRONG)
        address = await browser.begin(f"{PATH}?again=true")
        answer = await browser.outside.get(address)
        asked = parameters(address)

        assert ("login", "0") == (asked["prompt"], asked["max_age"])
        assert "/interaction/" in answer.headers["location"]

    async def test_silent(self, region, browser):
        """
        An old sign-in there does not pass for the new one that was asked for.
        """
        await browser.sign_in("sub-gong", PATH, **STRONG)
        region.clock.advance(35)
        begun = await browser.begin(f"{PATH}?again=true")
        quietly = begun.replace("prompt=login&max_age=0", "max_age=9999")
        answer = await browser.back(await browser.at_provider(quietly))

        assert begun != quietly
        assert 403 == answer.status_code


@pytest.mark.usefixtures("gong")
class TestRefused:
    @pytest.mark.parametrize("given", [{}, {"amr": "pwd"}, {"amr": "otp"}, {"acr": MFA}], ids=str)
    async def test_one_factor(self, browser, given):
        """
        Without a second factor nobody comes in.
        """
        answer = await browser.sign_in("sub-gong", PATH, **given)

        assert 403 == answer.status_code
        assert "验证强度不够" in answer.text
        assert "__Host-operator" not in browser.wallet.cookies

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
        Failures lock the account at the provider for a while, and not the login name.
        """
        await gong.disable("gong")
        seen = [(await browser.sign_in("sub-gong", PATH, **STRONG)).status_code for _ in range(6)]
        await gong.enable("gong")
        region.clock.advance(61)
        after = await browser.sign_in("sub-gong", PATH, **STRONG)

        assert [401] * 5 + [429] == seen
        assert 200 == after.status_code
        assert ("locked", "gong", "account") in await told(region)


class TestPage:
    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    async def test_offers(self, browser, language):
        """
        The page offers the provider beside password and code.
        """
        browser.wallet.cookies.set("language", language)
        page = (await browser.wallet.get("/operator/sign-in")).text

        assert {"zh-CN": "用省统一认证登录", "en": "Sign in with Province ID"}[language] in page
        assert 'name="password"' in page
