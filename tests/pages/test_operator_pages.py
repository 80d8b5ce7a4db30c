"""The operator's pages through the whole application."""

import re

import pyotp
import pytest

from tests.pages.conftest import PROOF
from wallet.operators.words import Role

PASSWORD = "correct horse battery 9"
PAGES = ("/operator", "/operator/parties", "/operator/review", "/operator/events")


class Operator:
    """
    Somebody with an account, an authenticator and a browser.
    """

    def __init__(self, region, client):
        self.region, self.client = region, client
        self.secret = ""

    async def enrol(self, role=Role.OPERATOR):
        """
        Use a token up, set the authenticator up, confirm with a code; return the last page.
        """
        administration = self.region.people.operators.administration
        issued = await administration.add("zhang", display="张工", role=role)
        asked = {"token": issued.token, "password": PASSWORD}
        page = await self.client.post("/operator/enrol", data=asked)
        self.secret = re.search(r"<code>([A-Z2-7]+)</code>", page.text)[1]
        confirmation = re.search(r'name="confirmation" value="([^"]+)"', page.text)[1]
        return await self.client.post(
            "/operator/confirm", data={"confirmation": confirmation, "code": self.code()}
        )

    def code(self):
        return pyotp.TOTP(self.secret).at(self.region.clock.now())

    async def sign_in(self, **other):
        """
        Sign in with the authenticator's next code.
        """
        self.region.clock.advance(30)
        fields = {"name": "zhang", "password": PASSWORD, "code": self.code()} | other
        return await self.client.post("/operator/sign-in", data=fields)

    async def send(self, page, action, **fields):
        """
        Send a form with what its page proves.
        """
        proof = PROOF.search((await self.client.get(page)).text)
        return await self.client.post(action, data={"csrf": proof[1], **fields})


@pytest.fixture
def operator(region, browser):
    return Operator(region, browser.client)


@pytest.fixture
async def at_work(operator):
    """
    An operator who is signed in.
    """
    await operator.enrol()
    await operator.sign_in()
    return operator


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
        administration = region.people.operators.administration
        issued = await administration.add("zhang", display="张工", role=Role.OPERATOR)
        asked = {"token": issued.token, "password": PASSWORD} | fields
        page = await operator.client.post("/operator/enrol", data=asked)

        assert page.is_client_error
        assert said in page.text
        assert PASSWORD not in page.text

    async def test_wrong_code(self, region, operator):
        """
        After a wrong code another one may be tried.
        """
        administration = region.people.operators.administration
        issued = await administration.add("zhang", display="张工", role=Role.OPERATOR)
        asked = {"token": issued.token, "password": PASSWORD}
        first = (await operator.client.post("/operator/enrol", data=asked)).text
        operator.secret = re.search(r"<code>([A-Z2-7]+)</code>", first)[1]
        confirmation = re.search(r'name="confirmation" value="([^"]+)"', first)[1]
        wrong = await operator.client.post(
            "/operator/confirm", data={"confirmation": confirmation, "code": "000000x"}
        )
        right = await operator.client.post(
            "/operator/confirm", data={"confirmation": confirmation, "code": operator.code()}
        )

        assert "验证码不正确" in wrong.text
        assert f'value="{confirmation}"' in wrong.text
        assert 200 == right.status_code


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

    @pytest.mark.parametrize(
        "fields",
        [{"name": "nobody"}, {"password": "x"}, {"code": "000000"}, {"code": ""}],
        ids=str,
    )
    async def test_wrong(self, operator, fields):
        """
        Whatever is wrong, the sentence is the same, and no cookie comes.
        """
        await operator.enrol()
        answer = await operator.sign_in(**fields)

        assert 401 == answer.status_code
        assert "登录失败：请检查用户名、密码和验证码。" in answer.text
        assert "set-cookie" not in answer.headers

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
    @pytest.mark.parametrize("path", PAGES)
    async def test_signed_out(self, operator, path):
        """
        Who is not signed in is sent to sign in.
        """
        answer = await operator.client.get(path)

        assert (303, "/operator/sign-in") == (answer.status_code, answer.headers["location"])

    @pytest.mark.parametrize("path", PAGES)
    async def test_resident(self, signed_in, path):
        """
        A resident's session opens none of them.
        """
        answer = await signed_in.client.get(path)

        assert "/operator/sign-in" == answer.headers["location"]

    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    async def test_whole(self, region, at_work, language):
        """
        Each is whole in both languages.
        """
        await region.hospital()
        at_work.client.cookies.set("language", language)
        pages = [await at_work.client.get(path) for path in PAGES]

        assert [200] * len(PAGES) == [page.status_code for page in pages]
        assert [] == [page for page in pages if f'<html lang="{language}"' not in page.text]
        assert [] == [page for page in pages if 'aria-current="page"' not in page.text]


class TestParties:
    async def test_suspend_and_resume(self, region, at_work):
        """
        A party is suspended and resumed.
        """
        desk = await region.hospital()
        form = {"party": str(desk.party_id)}
        await at_work.send(
            "/operator/parties", "/operator/parties/status", status="suspended", **form
        )
        suspended = (await at_work.client.get("/operator/parties")).text
        await at_work.send(
            "/operator/parties", "/operator/parties/status", status="active", **form
        )
        resumed = (await at_work.client.get("/operator/parties")).text

        assert "已暂停" in suspended
        assert "已暂停" not in resumed

    async def test_revoke(self, region, at_work):
        """
        A terminal is revoked for good.
        """
        desk = await region.hospital()
        form = {"party": str(desk.party_id), "terminal": str(desk.terminal_id)}
        first = await at_work.send("/operator/parties", "/operator/parties/revoke", **form)
        second = await at_work.send("/operator/parties", "/operator/parties/revoke", **form)

        assert (303, 404) == (first.status_code, second.status_code)

    async def test_enrolment(self, region, at_work):
        """
        A token for a new terminal is shown once, as text and picture.
        """
        desk = await region.hospital()
        page = await at_work.send(
            "/operator/parties",
            "/operator/parties/enrolment",
            party=str(desk.party_id),
            kind="desk",
        )

        assert "<svg" in page.text
        assert re.search(r"<code>\S{20,}</code>", page.text)

    @pytest.mark.parametrize(
        ("action", "fields", "status"),
        [
            ("status", {"party": "1", "status": "active"}, 404),
            ("status", {"party": "1", "status": "gone"}, 400),
            ("revoke", {"party": "x", "terminal": "1"}, 404),
            ("revoke", {"party": str(2**63), "terminal": "1"}, 404),
            ("enrolment", {"party": "1", "kind": "desk"}, 404),
            ("enrolment", {"party": "1", "kind": "sofa"}, 400),
        ],
    )
    async def test_made_up(self, at_work, action, fields, status):
        """
        What there is not is not found, what cannot be is refused.
        """
        answer = await at_work.send("/operator", f"/operator/parties/{action}", **fields)

        assert status == answer.status_code

    async def test_auditor(self, region, operator):
        """
        An auditor sees, and may not act.
        """
        desk = await region.hospital()
        await operator.enrol(Role.AUDITOR)
        await operator.sign_in()
        page = (await operator.client.get("/operator/parties")).text
        answer = await operator.send(
            "/operator", "/operator/parties/status", party=str(desk.party_id), status="suspended"
        )

        assert "暂停机构" not in page
        assert 403 == answer.status_code


class TestReview:
    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"kind": "visit", "id": "vis_x", "purpose": "核对", "ticket": "T-1"}, 404),
            ({"kind": "sofa", "id": "x", "purpose": "核对", "ticket": "T-1"}, 400),
            ({"kind": "visit", "id": "x", "purpose": "", "ticket": "T-1"}, 400),
            ({"kind": "visit", "id": "x", "purpose": "核对", "ticket": ""}, 400),
            ({"kind": "visit", "id": "x", "purpose": "核对", "ticket": "T 1"}, 400),
            ({"kind": "visit", "id": "x", "purpose": "核" * 61, "ticket": "T-1"}, 400),
        ],
    )
    async def test_made_up(self, at_work, fields, status):
        """
        Nothing is asked again without purpose and ticket, or about nothing.
        """
        answer = await at_work.send("/operator", "/operator/review", **fields)

        assert status == answer.status_code


class TestProof:
    async def test_without(self, region, at_work):
        """
        A form without its page's proof changes nothing.
        """
        desk = await region.hospital()
        answer = await at_work.client.post(
            "/operator/parties/status",
            data={"party": str(desk.party_id), "status": "suspended", "csrf": "0" * 64},
        )
        page = (await at_work.client.get("/operator/parties")).text

        assert "/operator/sign-in" == answer.headers["location"]
        assert "已暂停" not in page
