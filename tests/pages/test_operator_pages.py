"""The operator's pages through the whole application."""

import re

import pytest

from tests.pages.at_work import PASSWORD
from wallet.operators.words import Role

PAGES = (
    "/operator",
    "/operator/events",
    "/operator/keys",
    "/operator/parties",
    "/operator/people",
    "/operator/review",
    "/operator/settlements",
    "/operator/systems",
)


def known(region, desk):
    """
    Return the id under which operators know a party.
    """
    return region.people.administration.names.party(desk.party_id)


async def begun(region, operator, **fields):
    """
    Post the first page of an enrolment; return the answer.
    """
    administration = region.people.operators.administration
    issued = await administration.add("zhang", display="张工", role=Role.OPERATOR)
    asked = {"token": issued.token, "password": PASSWORD} | fields
    return await operator.client.post("/operator/enrol", data=asked)


async def confirmation_of(region, operator):
    """
    Begin an enrolment and keep the authenticator's secret; return what confirms it.
    """
    first = (await begun(region, operator)).text
    operator.secret = re.search(r"<code>([A-Z2-7]+)</code>", first)[1]
    return re.search(r'name="confirmation" value="([^"]+)"', first)[1]


class TestEnrol:
    async def test_shows_recovery_codes_once(self, operator):
        """
        Token, password and one code of the authenticator lead to ten recovery codes.
        """
        page = await operator.enrol()

        assert 10 == len(re.findall(r"<li><code>", page.text))

    @pytest.mark.parametrize(
        ("fields", "said"),
        [({"token": "x"}, "口令无效"), ({"password": "short"}, "密码太短")],
        ids=["token", "password"],
    )
    async def test_refused(self, region, operator, fields, said):
        """
        A wrong token and a weak password are told apart, on the same page.
        """
        page = await begun(region, operator, **fields)

        assert page.is_client_error
        assert said in page.text
        assert PASSWORD not in page.text

    async def test_wrong_code(self, region, operator):
        """
        After a wrong code another one may be tried.
        """
        confirmation = await confirmation_of(region, operator)
        wrong = await operator.client.post(
            "/operator/confirm", data={"confirmation": confirmation, "code": "000000x"}
        )
        right = await operator.client.post(
            "/operator/confirm", data={"confirmation": confirmation, "code": operator.code()}
        )

        assert "验证码不正确" in wrong.text
        assert f'value="{confirmation}"' in wrong.text
        assert 200 == right.status_code

    @pytest.mark.parametrize("when", ["late", "again"])
    async def test_over(self, region, operator, when):
        """
        Who confirms too late, or once more, is told that nothing came of it.
        """
        confirmation = await confirmation_of(region, operator)
        given = {"confirmation": confirmation, "code": operator.code()}
        if when == "late":
            region.clock.advance(900)
        else:
            await operator.client.post("/operator/confirm", data=given)
        answer = await operator.client.post("/operator/confirm", data=given)

        assert 401 == answer.status_code
        assert "这次登记已过期或已完成" in answer.text


class TestSignIn:
    async def test_leads_to_the_overview(self, operator):
        """
        Password and code lead in, with a cookie that goes nowhere else.
        """
        await operator.enrol()
        answer = await operator.sign_in()
        again = await operator.client.get("/operator/sign-in")

        assert (303, "/operator") == (answer.status_code, answer.headers["location"])
        assert answer.headers["set-cookie"].startswith("__Host-operator=")
        assert {"HttpOnly", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))
        assert "/operator" == again.headers["location"]

    async def test_wrong(self, operator):
        """
        Whatever is wrong, the sentence is the same, and no cookie comes.
        """
        await operator.enrol()
        names = ({"name": "nobody"}, {"name": "zh\0ang"})
        wrong = (*names, {"password": "x"}, {"code": "000000"}, {"code": ""})
        answers = [await operator.sign_in(**fields) for fields in wrong]

        assert {401} == {answer.status_code for answer in answers}
        assert [] == [answer for answer in answers if "登录失败：" not in answer.text]
        assert [] == [answer for answer in answers if "set-cookie" in answer.headers]

    async def test_locked(self, operator):
        """
        After too many failures it says to wait, and how long.
        """
        await operator.enrol()
        for _ in range(6):
            answer = await operator.client.post(
                "/operator/sign-in", data={"name": "zhang", "password": "x", "code": "1"}
            )

        assert 429 == answer.status_code
        assert 0 < int(answer.headers["retry-after"])

    async def test_out(self, at_work):
        """
        Signing out ends it.
        """
        answer = await at_work.send("/operator", "/operator/sign-out")
        later = await at_work.client.get("/operator")

        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert "/operator/sign-in" == later.headers["location"]

    async def test_idle(self, at_work):
        """
        After a quarter of an hour without a request the next one leads to sign-in.
        """
        at_work.region.clock.advance(16 * 60)
        later = await at_work.client.get("/operator")

        assert (303, "/operator/sign-in") == (later.status_code, later.headers["location"])


class TestEveryPage:
    async def test_signed_out(self, operator):
        """
        Who is not signed in is sent to sign in.
        """
        answers = [await operator.client.get(path) for path in PAGES]

        assert {"/operator/sign-in"} == {answer.headers["location"] for answer in answers}

    async def test_resident(self, signed_in):
        """
        A resident's session opens none of them.
        """
        answers = [await signed_in.client.get(path) for path in PAGES]

        assert {"/operator/sign-in"} == {answer.headers["location"] for answer in answers}

    async def test_whole(self, region, at_work):
        """
        Each is whole in both languages, and says where it is.
        """
        await region.hospital()
        for language in ("zh-CN", "en"):
            at_work.client.cookies.set("language", language)
            pages = [await at_work.client.get(path) for path in PAGES]

            assert [200] * len(PAGES) == [page.status_code for page in pages]
            assert [] == [page for page in pages if f'<html lang="{language}"' not in page.text]
            assert [] == [page for page in pages if 'aria-current="page"' not in page.text]


class TestProof:
    async def test_without(self, region, at_work):
        """
        A form without its page's proof changes nothing.
        """
        desk = await region.hospital()
        answer = await at_work.client.post(
            "/operator/parties/status",
            data={"party": known(region, desk), "status": "suspended", "csrf": "0" * 64},
        )
        page = (await at_work.client.get("/operator/parties")).text

        assert "/operator/sign-in" == answer.headers["location"]
        assert "已暂停" not in page
