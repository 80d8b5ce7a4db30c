"""What an operator has to show at a real provider, and when."""

import pytest

from tests.fixtures.oidc_provider import MFA
from tests.oidc.conftest import OPERATORS as PATH
from tests.oidc.conftest import STRONG, parameters


@pytest.fixture
def url(sqlite_url):
    """
    One kind of database is enough here.
    """
    return sqlite_url


@pytest.mark.usefixtures("gong")
class TestFactors:
    @pytest.mark.parametrize("given", [{}, {"amr": "pwd"}, {"amr": "otp"}, {"acr": MFA}], ids=str)
    async def test_one_factor(self, browser, given):
        """
        Without a second factor nobody comes in.
        """
        answer = await browser.sign_in("sub-gong", PATH, **given)

        assert 403 == answer.status_code
        assert "验证强度不够" in answer.text
        assert "__Host-operator" not in browser.wallet.cookies

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

    async def test_again(self, browser):
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
