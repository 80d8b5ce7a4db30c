"""The way to a real provider and back, whatever the database."""

import pytest

from tests.oidc.conftest import parameters
from tests.pages.conftest import PROOF


@pytest.fixture
def url(sqlite_url):
    """
    One kind of database is enough here.
    """
    return sqlite_url


class TestBegin:
    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    async def test_page(self, browser, language):
        """
        The sign-in page names the provider, beside the demo login that is on.
        """
        browser.wallet.cookies.set("language", language)
        page = (await browser.wallet.get("/sign-in")).text

        assert {"zh-CN": "用省统一认证登录", "en": "Sign in with Province ID"}[language] in page
        assert 'href="/sign-in/oidc"' in page
        assert 'name="document_number"' in page

    async def test_what_is_asked(self, browser, oidc_provider):
        """
        The provider is told no more than it needs, and nothing of a person.
        """
        asked = parameters(await browser.begin())

        assert ("code", "S256", "https://wallet.example/sign-in/oidc/callback") == (
            asked["response_type"],
            asked["code_challenge_method"],
            asked["redirect_uri"],
        )
        assert "zh-CN" == asked["ui_locales"]
        assert {43} == {len(asked[name]) for name in ("state", "nonce", "code_challenge")}
        assert oidc_provider.key["d"] not in str(asked)

    async def test_cookie(self, browser):
        """
        What the browser keeps meanwhile is sealed, bound to us and short-lived, and gone after.
        """
        begun = await browser.wallet.get("/sign-in/oidc")
        cookie = begun.headers["set-cookie"]
        asked = parameters(begun.headers["location"])
        done = await browser.back(
            await browser.at_provider(begun.headers["location"], account="sub-li")
        )

        assert cookie.startswith("__Host-signing-in=")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"} <= set(
            cookie.split("; ")
        )
        assert asked["state"] not in cookie
        assert "__Host-signing-in" not in browser.wallet.cookies
        assert "code=" not in done.headers["location"]

    async def test_fixation(self, browser):
        """
        A session that was there before is not the one that is signed in.
        """
        browser.wallet.cookies.set("__Host-session", "planted", domain="wallet.example")
        await browser.sign_in("sub-li")

        assert [False] == [
            each.value == "planted"
            for each in browser.wallet.cookies.jar
            if each.name == "__Host-session"
        ]


class TestRefused:
    async def test_cancelled(self, browser):
        """
        Who turns round at the provider is told so, in the language of their choice.
        """
        browser.wallet.cookies.set("language", "en")
        back = await browser.at_provider(await browser.begin(), error="access_denied")
        answer = await browser.back(back)

        assert 403 == answer.status_code
        assert "You did not finish signing in there." in answer.text

    async def test_code_of_another_sign_in(self, browser):
        """
        A stolen code does not fit another sign-in: its verifier is another.
        """
        theirs = parameters(await browser.at_provider(await browser.begin(), account="sub-li"))
        browser.wallet.cookies.clear()
        ours = parameters(await browser.begin())
        answer = await browser.wallet.get(
            "/sign-in/oidc/callback",
            params={"code": theirs["code"], "state": ours["state"], "iss": theirs["iss"]},
        )

        assert 400 == answer.status_code

    @pytest.mark.parametrize("change", ["no cookie", "cookie", "state", "late", "operator's"])
    async def test_not_ours(self, region, browser, change):
        """
        An answer that this browser did not ask for, or too late, lets nobody in.
        """
        door = "/operator/sign-in/oidc" if change == "operator's" else "/sign-in/oidc"
        back = parameters(await browser.at_provider(await browser.begin(door), account="sub-li"))
        if change == "no cookie":
            browser.wallet.cookies.clear()
        elif change == "cookie":
            browser.wallet.cookies.set("__Host-signing-in", "Zm9v" * 40, domain="wallet.example")
        elif change == "state":
            back["state"] = "x" * 43
        elif change == "late":
            region.clock.advance(600)
        answer = await browser.wallet.get("/sign-in/oidc/callback", params=back)

        assert 400 == answer.status_code
        assert "这次登录已失效" in answer.text

    @pytest.mark.parametrize("iss", [None, "https://another.example"])
    async def test_issuer_of_the_answer(self, browser, iss):
        """
        An answer that does not name the provider, which says it always does, is refused.
        """
        back = parameters(await browser.at_provider(await browser.begin(), account="sub-li"))
        del back["iss"]
        given = back if iss is None else back | {"iss": iss}
        answer = await browser.wallet.get("/sign-in/oidc/callback", params=given)

        assert 403 == answer.status_code


class TestAddress:
    @pytest.mark.parametrize("door", ["/sign-in", "/operator/sign-in"])
    async def test_without_parameters(self, browser, door):
        """
        The address alone, as after choosing a language there, leads to the sign-in page.
        """
        answer = await browser.wallet.get(f"{door}/oidc/callback")

        assert door == answer.headers["location"]

    @pytest.mark.parametrize("state", ["%ff", "%ed%a0%80", "x" * 5_000, "%00"])
    async def test_odd(self, browser, state):
        """
        Whatever stands in the address, it is an answer that nobody asked for.
        """
        await browser.begin()
        answer = await browser.wallet.get(f"/sign-in/oidc/callback?state={state}&code=x")

        assert 400 == answer.status_code


class TestSignOut:
    async def test_at_the_provider_too(self, browser, oidc_provider):
        """
        Signing out here offers to sign out there, where nothing of the person is sent.
        """
        await browser.sign_in("sub-li")
        proof = PROOF.search((await browser.wallet.get("/devices")).text)
        out = await browser.wallet.post("/sign-out", data={"csrf": proof[1]})
        page = (await browser.wallet.get(out.headers["location"])).text
        leave = await browser.wallet.get("/sign-in/oidc/leave")
        there = await browser.outside.get(leave.headers["location"])

        assert "/sign-in/oidc/left" == out.headers["location"]
        assert 'href="/sign-in/oidc/leave"' in page
        assert leave.headers["location"].startswith(f"{oidc_provider.issuer}/session/end?")
        assert {"client_id", "post_logout_redirect_uri"} == set(
            parameters(leave.headers["location"])
        )
        assert 200 == there.status_code

    async def test_not_signed_out(self, browser):
        """
        A link from elsewhere to the page that forgets costs nobody who is signed in their key.
        """
        await browser.sign_in("sub-li")
        answer = await browser.wallet.get("/sign-in/oidc/left")

        assert (303, "/code") == (answer.status_code, answer.headers["location"])


class TestBack:
    async def test_back(self, browser):
        """
        Signing in leads back to where one was.
        """
        await browser.wallet.get("/payments")
        answer = await browser.sign_in("sub-li")

        assert "/payments" == answer.headers["location"]
        assert "back" not in browser.wallet.cookies

    @pytest.mark.parametrize(
        "planted", ["//evil.example", "https://evil.example", "/%5Cevil", "/operator", "/sign-in"]
    )
    async def test_leads_nowhere_else(self, browser, planted):
        """
        Whatever was planted, signing in leads to a page of ours behind the same door.
        """
        browser.wallet.cookies.set("back", planted, domain="wallet.example")
        answer = await browser.sign_in("sub-li")

        assert "/code" == answer.headers["location"]

    async def test_script(self, browser):
        """
        What a script asked for is no place to go to.
        """
        answer = await browser.wallet.get("/code/drawn", headers={"accept": "*/*"})

        assert "set-cookie" not in answer.headers
