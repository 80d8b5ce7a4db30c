"""Residents sign in with a real provider, a process of its own."""

import pytest

from tests.fixtures.region import LI, ZHANG
from wallet.residents.errors import IdentityMismatchError


async def me(browser):
    return (await browser.wallet.get("/v1/me")).json()


class TestSignIn:
    async def test_first_and_again(self, browser):
        """
        Who the provider proves becomes a resident, and is the same one the next time.
        """
        first = await browser.sign_in("sub-li")
        known = await me(browser)
        browser.wallet.cookies.clear()
        second = await browser.sign_in("sub-li")
        again = await me(browser)

        assert (303, "/code") == (first.status_code, first.headers["location"])
        assert (303, "/code") == (second.status_code, second.headers["location"])
        assert ("李明", LI.document_number, "13800138001") == (
            known["name"],
            known["document_number"],
            known["phone"],
        )
        assert known == again

    async def test_known_by_document(self, region, browser):
        """
        Somebody who is in the index already is found by the document.
        """
        resident_id = await region.resident(LI)
        await browser.sign_in("sub-li")

        assert region.people.residents.handle(resident_id) == (await me(browser))["resident"]


class TestRefused:
    @pytest.mark.parametrize(
        ("account", "status", "said"),
        [
            ("sub-bare", 403, "没有提供您的姓名和证件"),
            ("sub-odd", 422, "证件号码不正确"),
        ],
    )
    async def test_person(self, browser, account, status, said):
        """
        Whom the provider does not prove well enough is told so in a sentence.
        """
        answer = await browser.sign_in(account)

        assert (status, True) == (answer.status_code, said in answer.text)
        assert "__Host-session" not in browser.wallet.cookies

    async def test_name(self, region, browser):
        """
        A document that is somebody's of another name, proved as well, binds nobody.
        """
        async with region.database.transaction() as session:
            await region.people.residents.match_or_create(session, ZHANG, 3)
        answers = [await browser.sign_in("sub-zhang") for _ in range(2)]

        assert [409, 409] == [answer.status_code for answer in answers]
        assert "__Host-session" not in browser.wallet.cookies

    async def test_bound_meanwhile(self, region):
        """
        An account is one person's for ever, and a person may have several accounts.
        """
        sessions = region.people.sessions
        first = await sessions.sign_in_first("https://id", "a", person=LI, level=2)
        other = await sessions.sign_in_first("https://id", "b", person=LI, level=2)
        elsewhere = await sessions.sign_in_known("https://id2", "a")

        with pytest.raises(IdentityMismatchError):
            await sessions.sign_in_first("https://id", "a", person=ZHANG, level=2)
        assert first.resident_id == other.resident_id
        assert elsewhere is None

    async def test_replayed(self, browser):
        """
        The same answer lets nobody in twice, even with the cookie put back.
        """
        begun = await browser.begin()
        kept = dict(browser.wallet.cookies)
        back = await browser.at_provider(begun, account="sub-li")
        first = await browser.back(back)
        browser.wallet.cookies.clear()
        browser.wallet.cookies.update(kept)
        second = await browser.back(back)

        assert (303, 400) == (first.status_code, second.status_code)
        assert "__Host-session" not in browser.wallet.cookies
