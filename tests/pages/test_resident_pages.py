"""The resident's pages through the whole application."""

import re

import pytest
import zxingcpp
from PIL import Image

from integrations.spi import Refused, UnavailableError
from tests.fixtures.region import LI, ZHANG
from wallet.http.cookies import CSRF_HEADER

INLINE = re.compile(r"\son\w+=|style=|<style|<script(?! type=\"module\" src)")
PAGES = ("/code", "/payments", "/looks", "/contexts", "/devices")


class TestSignIn:
    async def test_leads_to_the_code(self, browser):
        """
        A right name and number lead to the code, with a cookie that no script can read.
        """
        answer = await browser.sign_in()
        cookie = answer.headers["set-cookie"]

        assert (303, "/code") == (answer.status_code, answer.headers["location"])
        assert cookie.startswith("__Host-session=ses_")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))

    @pytest.mark.parametrize(
        ("field", "value", "status", "said"),
        [
            ("document_number", "440106199001011234", 422, "证件号码不正确"),
            ("document_number", "四四", 400, "填写不正确"),
            ("document_type", "library_card", 400, "填写不正确"),
            ("name", "", 400, "填写不正确"),
        ],
    )
    async def test_wrong(self, browser, field, value, status, said):
        """
        What is wrong is told in a sentence, without what was typed.
        """
        answer = await browser.sign_in(**{field: value})

        assert status == answer.status_code
        assert said in answer.text
        assert not value or value not in answer.text

    async def test_another_site(self, browser):
        """
        A form that another site's page sends signs nobody in.
        """
        browser.client.headers["sec-fetch-site"] = "cross-site"
        answer = await browser.sign_in()

        assert "/sign-in" == answer.headers["location"]
        assert "set-cookie" not in answer.headers

    async def test_not_a_demonstration(self, region, browser, monkeypatch):
        """
        Where the demo login is off nobody gets in with a name and a number.
        """
        monkeypatch.setattr(region.people.sessions, "_demo_login", False)
        answer = await browser.sign_in()

        assert 404 == answer.status_code
        assert "set-cookie" not in answer.headers

    async def test_out(self, signed_in):
        """
        Signing out ends the session and takes the cookie away.
        """
        kept = dict(signed_in.client.cookies)
        answer = await signed_in.send("/devices", "/sign-out")
        signed_in.client.cookies.update(kept)
        later = await signed_in.client.get("/code")

        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert (303, "/sign-in") == (later.status_code, later.headers["location"])


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    async def test_signed_out(self, browser, path):
        """
        Who is not signed in is sent to sign in.
        """
        answer = await browser.client.get(path)

        assert (303, "/sign-in") == (answer.status_code, answer.headers["location"])

    @pytest.mark.parametrize("path", PAGES)
    @pytest.mark.parametrize("language", ["zh-CN", "en"])
    async def test_whole(self, signed_in, path, language):
        """
        Each page is whole in each language, small, kept nowhere, and runs only our own files.
        """
        signed_in.client.cookies.set("language", language)
        answer = await signed_in.client.get(path)
        policy = answer.headers["content-security-policy"]

        assert f'<html lang="{language}"' in answer.text
        assert f'<a href="{path}" aria-current="page">' in answer.text
        assert "no-store" == answer.headers["cache-control"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert len(answer.content) < 100_000
        assert [] == re.findall(r"(?:src|href)=\"(?!/|#)", answer.text)
        assert [] == INLINE.findall(answer.text)

    @pytest.mark.parametrize("path", PAGES)
    async def test_files(self, signed_in, path):
        """
        Every file a page names is there, and may be kept for ever.
        """
        text = (await signed_in.client.get(path)).text
        for address in set(re.findall(r'"(/assets/[^"]+)"', text)):
            answer = await signed_in.client.get(address)

            assert 200 == answer.status_code
            assert "immutable" in answer.headers["cache-control"]

    @pytest.mark.parametrize(
        "address", ["/assets/0000000000000000/wallet.css", "/assets/x/..%2Ftexts%2Fen.json"]
    )
    async def test_no_such_file(self, browser, address):
        """
        Nothing else is served.
        """
        assert 404 == (await browser.client.get(address)).status_code


class TestChoose:
    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ("en-GB,en;q=0.9", "en"),
            ("zh-TW", "zh-CN"),
            ("fr, en", "en"),
            ("fr", "zh-CN"),
            ("", "zh-CN"),
        ],
    )
    async def test_browser(self, browser, asked, expected):
        """
        The language is the first of the browser's that there is, else Chinese.
        """
        answer = await browser.client.get("/sign-in", headers={"accept-language": asked})

        assert f'<html lang="{expected}"' in answer.text

    async def test_kept(self, browser):
        """
        A choice is kept and leads back to where it was made.
        """
        answer = await browser.client.post(
            "/choose", data={"language": "en", "text_size": "large", "back": "/sign-in"}
        )
        page = (await browser.client.get("/sign-in")).text

        assert "/sign-in" == answer.headers["location"]
        assert '<html lang="en" data-text="large">' in page

    @pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil", ""])
    async def test_leads_nowhere_else(self, browser, back):
        """
        It leads to no other site.
        """
        answer = await browser.client.post("/choose", data={"back": back})

        assert "/code" == answer.headers["location"]

    async def test_unknown(self, browser):
        """
        What there is not is not kept.
        """
        answer = await browser.client.post("/choose", data={"language": "fr", "back": "/"})

        assert "set-cookie" not in answer.headers


class TestCode:
    async def test_drawn(self, region, signed_in):
        """
        The drawn code is one that a desk accepts, once.
        """
        drawn = (await signed_in.client.get("/code/drawn")).json()
        text = read(drawn["picture"])
        desk = await region.hospital()
        resolved = await region.resolve(desk, text)

        assert "李*" == resolved.person.name
        assert 1 <= drawn["seconds"] <= 30

    async def test_news(self, region, signed_in):
        """
        A scan is told once: who, what for.
        """
        await signed_in.send("/contexts", "/contexts/link", integration="fake_payment")
        quiet = await signed_in.client.get("/code/news")
        drawn = (await signed_in.client.get("/code/drawn")).json()
        desk = await region.hospital()
        await region.resolve(desk, read(drawn["picture"]))
        told = await signed_in.client.get("/code/news")
        seen = re.search(r'data-news="(\w+)"', told.text)[1]
        again = await signed_in.client.get(f"/code/news?seen={seen}")

        assert 204 == quiet.status_code
        assert "查看了信息" in told.text
        assert "支付" in told.text
        assert 204 == again.status_code

    async def test_barcode(self, region, signed_in):
        """
        The digits behind the tap are accepted once.
        """
        page = (await signed_in.send("/code", "/code/barcode")).text
        digits = "".join(re.findall(r"<span>(\d+)</span>", page))
        resolved = await region.resolve(await region.hospital(), digits)

        assert 20 == len(digits)
        assert "李*" == resolved.person.name

    async def test_frozen(self, signed_in):
        """
        Who froze their codes is told so instead of being shown one.
        """
        await signed_in.send("/devices", "/devices/freeze")
        page = (await signed_in.client.get("/code")).text

        assert "您的码已冻结" in page
        assert "data-code" not in page


class TestContexts:
    async def test_link_and_unlink(self, signed_in):
        """
        A context is linked with one tap and unlinked with another.
        """
        linked = await signed_in.send("/contexts", "/contexts/link", integration="fake_payment")
        page = (await signed_in.client.get("/contexts")).text
        handle = re.search(r'name="binding" value="(\w+)"', page)[1]
        unlinked = await signed_in.send("/contexts", "/contexts/unlink", binding=handle)
        after = (await signed_in.client.get("/contexts")).text

        assert (303, 303) == (linked.status_code, unlinked.status_code)
        assert "解除关联" in page
        assert "解除关联" not in after

    async def test_somebody_elses(self, region, signed_in):
        """
        Nobody unlinks for somebody else.
        """
        other = await region.people.linking.link(await region.resident(ZHANG), "fake_payment")
        handle = region.people.linking.handle(other.binding)
        answer = await signed_in.send("/contexts", "/contexts/unlink", binding=handle)

        assert 404 == answer.status_code

    @pytest.mark.parametrize(
        ("released", "status"),
        [(Refused("SUSPENDED"), 409), (UnavailableError("down"), 503)],
        ids=["refused", "unavailable"],
    )
    async def test_unlinked_here_alone(self, region, signed_in, released, status):
        """
        Where the other side does not release it, the page says that it is unlinked all the same.
        """
        region.registry.get("fake_payment").unlink_result = released
        await signed_in.send("/contexts", "/contexts/link", integration="fake_payment")
        page = (await signed_in.client.get("/contexts")).text
        handle = re.search(r'name="binding" value="(\w+)"', page)[1]
        answer = await signed_in.send("/contexts", "/contexts/unlink", binding=handle)

        assert status == answer.status_code
        assert "本处已解除关联" in answer.text
        assert f'value="{handle}"' not in answer.text

    async def test_nothing_to_link(self, signed_in):
        """
        What there is not is told in a sentence on the same page.
        """
        answer = await signed_in.send("/contexts", "/contexts/link", integration="nothing")

        assert 404 == answer.status_code
        assert "没有找到" in answer.text

    async def test_partner_is_away(self, region, signed_in):
        """
        Where a partner is away it is told when to try again.
        """
        region.fake("payment").link_result = ConnectionError()
        answer = await signed_in.send("/contexts", "/contexts/link", integration="fake_payment")

        assert 503 == answer.status_code
        assert 0 < int(answer.headers["retry-after"])


class TestDevices:
    async def test_freeze_and_unfreeze(self, signed_in):
        """
        One tap freezes, another unfreezes.
        """
        await signed_in.send("/devices", "/devices/freeze")
        frozen = (await signed_in.client.get("/devices")).text
        await signed_in.send("/devices", "/devices/unfreeze")
        free = (await signed_in.client.get("/devices")).text

        assert "/devices/unfreeze" in frozen
        assert "/devices/freeze" in free

    async def test_revoke(self, region, signed_in):
        """
        A removed device is gone.
        """
        resident_id = (await region.people.sessions.sign_in_for_demo(LI)).resident_id
        phone = await region.phone(resident_id)
        before = (await signed_in.client.get("/devices")).text
        await signed_in.send("/devices", "/devices/revoke", device_no=str(phone.device_no))
        after = (await signed_in.client.get("/devices")).text

        assert "移除此设备" in before
        assert "移除此设备" not in after

    @pytest.mark.parametrize("number", ["", "x", "-1", "999999", "٣"])
    async def test_no_such_device(self, signed_in, number):
        """
        A made-up number is nothing.
        """
        assert (
            404
            == (await signed_in.send("/devices", "/devices/revoke", device_no=number)).status_code
        )


class TestProof:
    @pytest.mark.parametrize("proof", ["", "0" * 64, "ü"])
    async def test_without(self, signed_in, proof):
        """
        A form without its page's proof changes nothing.
        """
        answer = await signed_in.client.post("/devices/freeze", data={"csrf": proof})
        page = (await signed_in.client.get("/devices")).text

        assert "/sign-in" == answer.headers["location"]
        assert "/devices/unfreeze" not in page

    async def test_interface(self, signed_in):
        """
        With the cookie the interface reads, and changes something only with the proof.
        """
        page = (await signed_in.client.get("/devices")).text
        proof = re.search(r'name="csrf" value="(\w+)"', page)[1]
        read_only = await signed_in.client.get("/v1/devices")
        without = await signed_in.client.post("/v1/freeze")
        proven = await signed_in.client.post("/v1/freeze", headers={CSRF_HEADER: proof})

        assert (200, 401) == (read_only.status_code, without.status_code)
        assert proven.is_success


def read(picture):
    """
    Read a drawn code as a scanner would: rasterized, from its own SVG.
    """
    size = int(re.search(r'viewBox="0 0 (\d+) ', picture)[1])
    bitmap = Image.new("L", (size, size), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", picture.split('fill="#000"')[1]):
        for column in range(int(width)):
            bitmap.putpixel((int(x) + column, int(y)), 0)
    return zxingcpp.read_barcodes(bitmap.resize((size * 6, size * 6)))[0].text
