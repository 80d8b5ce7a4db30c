"""The desk in a browser: scanned with, settled at, cut off, and never charging twice."""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import expect

from tests.fixtures.camera import show
from tests.fixtures.checkups import findings
from tests.fixtures.desk_pages import ALL_CASH, PLACE, WIDE, ZH, DeskPage, PatientScreen
from tests.fixtures.steps import kept, read_code, sign_in
from wallet.cli.demo import bills
from wallet.clock import SystemClock
from wallet.pages.texts import text
from wallet.parties.words import TerminalKind

SECRETS = re.compile("缬沙坦|支气管炎|呼吸内科|李")
PROBLEMS = "Failed to load resource: the server responded with a status of 4"
OPEN = """(url) => {
    window.heard = [];
    addEventListener("message", ({ data }) => heard.push([data.type, data.status ?? null]));
    window.desk = open(url);
}"""
EVERYTHING_KEPT = """async () => {
    const heard = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)));
    const opened = await heard(indexedDB.open("fusion-desk"));
    const kept = [...opened.objectStoreNames].map((name) =>
        heard(opened.transaction(name).objectStore(name).getAll()));
    return JSON.stringify([await Promise.all(kept), { ...localStorage }, { ...sessionStorage }]);
}"""
CAMERAS = """() => {
    const media = navigator.mediaDevices;
    const open = media.getUserMedia.bind(media);
    window.streams = [];
    media.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        streams.push(stream);
        return stream;
    };
}"""
CUT_OFF = "Failed to load resource: net::ERR_"


@pytest.fixture
async def desk(new_context, site):
    """
    An enrolled desk.
    """
    return await DeskPage.enrolled(await new_context(**WIDE), await site.desk_token())


@pytest.fixture
def person(site):
    """
    Somebody insured.
    """
    return site.stranger()


@pytest.fixture
async def phone(site, person):
    """
    Their phone, which pays by agreement.
    """
    await site.region.sandboxes.behave()
    return await site.region.phone(person)


@pytest.fixture
async def careful(new_context, site):
    """
    A desk with a screen to sign on, where every payment by agreement wants an approval.
    """
    limits = {"otp_limit_minor": 0, "signed_limit_minor": 0, "screen_limit_minor": 10_000}
    party_id = await site.region.found(**limits)
    token = await site.region.enrolment_token(party_id, TerminalKind.DESK)
    return await DeskPage.enrolled(await new_context(**WIDE), token)


@pytest.fixture
async def resident(new_context, site, person):
    """
    A page of somebody whose browser is their device, and who pays by agreement.
    """
    page = await (await new_context()).new_page()
    await sign_in(page, person)
    await kept(page)
    await site.region.sandboxes.behave()
    await site.region.linked(person)
    return page


async def approve(resident, amount):
    """
    Approve what was pushed to a resident's page, with the key of their browser.
    """
    await resident.get_by_role("link", name=text(ZH, "news.approve")).click()
    go = text(ZH, "payment.approve.go", amount=amount)
    await resident.get_by_role("button", name=go).click()


class TestKey:
    async def test_stays(self, desk):
        """
        The terminal's key is in the browser's database, and nothing gets it out.
        """
        kept = await desk.page.evaluate(
            """async () => {
                const opened = indexedDB.open("fusion-desk");
                await new Promise((done) => (opened.onsuccess = done));
                const asked = opened.result.transaction("terminal").objectStore("terminal").get("own");
                await new Promise((done) => (asked.onsuccess = done));
                const { key } = asked.result;
                const out = await crypto.subtle.exportKey("pkcs8", key).then(() => "out", (e) => e.name);
                return [key.type, key.extractable, out, localStorage.length, sessionStorage.length];
            }"""  # noqa: E501
        )

        assert ["private", False, "InvalidAccessError", 0, 0] == kept

    async def test_used_token(self, new_context, site, watch):
        """
        A token is good once: a second browser is told to ask for another, and keeps what it typed.
        """
        watch.allow(PROBLEMS)
        token = await site.desk_token()
        await DeskPage.enrolled(await new_context(), token)
        page = await (await new_context()).new_page()
        await page.goto(f"/desk/enrol#{token}")
        await page.get_by_label(text(ZH, "desk.enrol.name")).fill("4 号窗口")
        await page.get_by_role("button", name=text(ZH, "desk.enrol.do")).click()

        await expect(page.locator("[data-said]")).to_have_text(text(ZH, "desk.enrol.refused"))
        assert [token, ""] == [
            await page.locator("[name=token]").input_value(),
            await page.evaluate("location.hash"),
        ]

    async def test_suspended(self, desk, site, phone, watch):
        """
        A terminal that is not accepted any more says so, and what can be done.
        """
        watch.allow(PROBLEMS)
        administration = site.region.services.people.administration
        terminals = await administration.list_terminals(site.window.party_id)
        newest = max(terminals, key=lambda each: each.terminal_id)
        await administration.revoke_terminal(site.window.party_id, newest.terminal_id)
        await desk.gun(phone.draw())

        await expect(desk.said).to_contain_text(text(ZH, "desk.gone"))
        await expect(desk.said.get_by_role("link")).to_have_attribute("href", "/desk/enrol")


class TestScanning:
    async def test_gun(self, desk, phone):
        """
        A gun is heard wherever the cursor stands, with Enter or without, and leaves nothing there.
        """
        await desk.page.locator('[data-place] [name="doctor_name"]').fill("周医生")
        for enter in (True, False):
            await desk.gun(phone.draw(), enter=enter)
            await expect(desk.said).to_have_text(text(ZH, "desk.scan.ok"))
            await desk.idle()
            await desk.said.evaluate("(place) => place.replaceChildren()")

        valid = desk.page.locator('[data-verdicts] [data-status="valid"]')
        assert ["insurance", "payment"] == [
            await each.get_attribute("data-context") for each in await valid.all()
        ]
        assert "周医生" == await desk.page.locator('[name="doctor_name"]').input_value()
        seen = await desk.page.locator("[data-verdicts]").inner_text()
        assert "李*" in seen
        assert phone.holder.number not in seen

    async def test_camera(self, desk, person, new_context, camera):
        """
        The camera reads the code of a live resident's page; it goes off by itself.
        """
        resident = await (await new_context()).new_page()
        await sign_in(resident, person)
        show(camera, await read_code(resident))
        await desk.page.get_by_role("button", name=text(ZH, "desk.camera")).click()

        await expect(desk.said).to_have_text(text(ZH, "desk.scan.ok"), timeout=20_000)
        await expect(desk.page.locator("video")).to_be_hidden()

    async def test_camera_pressed_twice(self, desk, phone, camera):
        """
        A button that is pressed twice opens one camera, and so none stays on behind the page.
        """
        show(camera, phone.draw())
        await desk.page.evaluate(CAMERAS)
        button = desk.page.locator("[data-camera]")
        await button.evaluate("(button) => { button.click(); button.click(); }")
        await expect(desk.said).to_have_text(text(ZH, "desk.scan.ok"), timeout=20_000)
        await expect(desk.page.locator("video")).to_be_hidden()

        assert [False] == await desk.page.evaluate("() => streams.map((each) => each.active)")

    async def test_bad_codes(self, desk, phone, watch):
        """
        A code that was used, is foreign or was cut short gets its own sentence.
        """
        watch.allow(PROBLEMS)
        code = phone.draw()
        await desk.scanned(code, "consultation")
        for bad, said in (
            (code, text(ZH, "desk.problem.CODE_USED")),
            (code[:40], text(ZH, "desk.scan.broken", count=40)),
            ("hello, this is no code", text(ZH, "desk.problem.CODE_MALFORMED")),
        ):
            await desk.gun(bad, enter=True)
            await expect(desk.said).to_have_text(said)
            await desk.idle()


class TestBeforeItsScript:
    async def test_code_stays_out_of_the_address(self, new_context, phone, watch):
        """
        A gun that is faster than the page's script scans nothing, and sends the code nowhere.
        """
        watch.allow(CUT_OFF)
        page = await (await new_context()).new_page()
        await page.route("**/desk/desk.js", lambda route: route.abort())
        await page.goto("/desk")
        await page.locator("[data-code]").evaluate("(field) => field.focus()")
        await page.keyboard.type(phone.draw())
        await page.keyboard.press("Enter")

        await expect(page.locator("[data-code]")).to_have_value("")
        assert "/desk" == re.sub("^https?://[^/]+", "", page.url)


class TestBill:
    async def test_wrong_input_is_kept(self, desk):
        """
        Broken JSON, fractions of fen and wrong sums each get a sentence, and nothing is lost.
        """
        broken = json.dumps(bills.two_lines())[:-20]
        await desk.load(broken)
        await expect(desk.said).to_contain_text("JSON")
        bill = bills.two_lines()
        bill["lines"][1]["amount_minor"] = 15.5
        await desk.load(bill)
        await expect(desk.said).to_contain_text("bill.lines[1].amount_minor")
        await desk.load()
        row = desk.page.locator("[data-lines] tr").nth(1)
        await row.locator('[name="amount"]').fill("45.601")
        for name, value in PLACE.items():
            await desk.page.locator(f'[data-place] [name="{name}"]').fill(value)
        await desk.page.keyboard.press("F4")

        wrong = desk.page.locator("[data-bill-wrong]")
        await expect(wrong).to_have_text(text(ZH, "desk.bill.bad_amount", number=2))
        await desk.page.wait_for_timeout(400)
        await desk.page.reload()
        await desk.ready()
        assert "45.601" == await row.locator('[name="amount"]').input_value()

    async def test_by_hand(self, desk):
        """
        Yuan become fen without a fraction in between, and the amount follows quantity and price.
        """
        row = desk.page.locator("[data-lines] tr").first
        await row.locator('[name="quantity"]').fill("3")
        await row.locator('[name="price"]').fill("0.1")
        assert "0.30" == await row.locator('[name="amount"]').input_value()
        await row.locator('[name="quantity"]').fill("１２.5")
        await row.locator('[name="price"]').fill("1234567.89")

        assert "15432098.63" == await row.locator('[name="amount"]').input_value()
        await expect(desk.page.locator("[data-bill-total]")).to_have_text("¥15,432,098.63")


class TestCheckout:
    async def test_in_two_windows(self, careful, resident):
        """
        Registered and settled, approved in the resident's page, charged, returned in part.
        """
        desk = careful
        await desk.register(await read_code(resident))
        async with desk.page.expect_popup() as opened:
            await desk.page.keyboard.press("F8")
        screen = await opened.value
        await resident.locator("[data-fresh]").click()
        await desk.settle(await read_code(resident), bills.five_lines())
        await desk.confirm("agreement")
        waits = text(ZH, "desk.screen.approval", cash="¥539.27")
        await expect(screen.locator("[data-said]")).to_have_text(waits)
        await approve(resident, "¥539.27")
        await desk.phase("completed")
        await expect(screen.locator("[data-said]")).to_have_text(text(ZH, "desk.screen.done"))
        assert not SECRETS.search(await screen.locator("main").inner_text())

        await desk.page.locator("[data-receipt-show]").click()
        await desk.page.get_by_label("缬沙坦").check()
        await desk.page.locator("[data-preview]").click()
        await expect(desk.page.locator("[data-net-said]")).to_contain_text("先退回 ¥539.27")
        await desk.idle()
        await desk.page.locator("[data-return-do]").click()
        await resident.goto("/code")
        await desk.gun(await read_code(resident))
        await desk.phase("cancelled")
        await desk.page.locator("[data-follow]").click()
        await desk.phase("awaiting_approval")
        await expect(desk.page.locator("[data-settlement] table.split tfoot")).to_contain_text(
            "¥1,314.00"
        )

    async def test_signed_on_the_screen(self, careful, phone, watch):
        """
        Who has no phone at hand signs on the second screen; a dot is refused, and nothing is kept.
        """
        watch.allow(PROBLEMS)
        watch.allow(CUT_OFF)
        desk = careful
        await desk.register(phone.draw())
        screen = await PatientScreen.opened(desk)
        await desk.settle(phone.draw(), ALL_CASH)
        await desk.confirm("agreement")
        await screen.hears("empty")
        assert {} == await findings(screen.page, in_place=True)
        await screen.draw((300, 100), (304, 100))
        await screen.hears("ink")
        await expect(desk.signing).to_have_text(text(ZH, "desk.sign.ink"))
        await expect(screen.ink).to_have_count(0)
        await screen.draw((100, 200), (300, 60), (340, 220), (520, 120))
        await screen.draw((600, 100), (700, 200))
        await desk.page.context.set_offline(offline=True)
        await screen.hears("offline")
        await desk.page.context.set_offline(offline=False)
        await desk.page.get_by_role("button", name=text(ZH, "desk.sign.compared")).click()
        async with desk.page.expect_request(re.compile("/approve-on-screen$")) as sent:
            await screen.agree.click()
        await desk.phase("completed")

        await expect(screen.said).to_have_text(text(ZH, "desk.screen.done"))
        await expect(screen.agree).to_be_hidden()
        signed = (await sent.value).post_data_json
        seen = signed["operator"], signed["identity_checked"], len(signed["strokes"])
        assert ("C007", True, 2) == seen
        assert "strokes" not in await desk.page.evaluate(EVERYTHING_KEPT)

    async def test_declined_is_finished_otherwise(self, desk, phone, site):
        """
        A declined charge leaves the insurer's part alone; a card and cash meet the rest.
        """
        await site.region.sandboxes.behave(balance_fen=0)
        await desk.register(phone.draw())
        await desk.settle(phone.draw(), ALL_CASH)
        await desk.confirm("agreement")
        await desk.phase("cash_due")
        await expect(desk.say).to_contain_text("扣款没有成功")
        due = await desk.page.locator('[data-tender] [name="amount"]').input_value()
        await desk.pay("cash", "9999")
        await expect(desk.said).to_have_text(text(ZH, "desk.tender.wrong", due=f"¥{due}"))
        await desk.pay("card", "1.5")
        await expect(desk.page.locator('[data-tender-phase="charged"]')).to_have_count(1)
        await desk.idle()
        await desk.pay("cash")
        await desk.phase("completed")

        await desk.page.get_by_role("button", name=text(ZH, "desk.shift")).click()
        drawer = desk.page.locator("[data-drawer]")
        await expect(drawer).to_have_text(f"¥{float(due) - 1.5:.2f}")

    async def test_unknown(self, desk, phone, site):
        """
        While nobody knows whether it was charged, the desk says to charge nothing; then it knows.
        """
        await desk.register(phone.draw())
        await desk.settle(phone.draw(), ALL_CASH)
        await site.region.sandboxes.fault(
            "alipay", operation="alipay.trade.pay", kind="cut_before_response"
        )
        # the key leads to the button, and only Enter presses it
        await desk.page.keyboard.press("F4")
        await desk.page.keyboard.press("F4")
        await desk.phase("awaiting_approval")
        await desk.page.keyboard.press("Enter")
        await expect(desk.say).to_have_text(text(ZH, "desk.doubt"), timeout=20_000)
        await expect(desk.page.locator("[data-tender]")).to_be_hidden()
        await desk.phase("completed")


class TestHospitalsOwnPage:
    async def test_hands_over_a_bill(self, new_context, site, watch):
        """
        A listed page fills the form and hears back; one that is not listed is not heard.
        """
        listed, stranger = "https://his.example", "https://stranger.example"
        watch.origins |= {listed, stranger}
        context = await new_context(**WIDE)
        await (await DeskPage.enrolled(context, await site.desk_token())).page.close()

        async def list_it(route):
            answer = await route.fetch()
            body = (await answer.text()).replace('data-his=""', f'data-his="{listed}"')
            headers = answer.headers | {"cross-origin-opener-policy": "unsafe-none"}
            await route.fulfill(response=answer, body=body, headers=headers)

        async def own_page(route):
            await route.fulfill(content_type="text/html", body="<!doctype html><title>HIS</title>")

        await context.route(f"{site.origin}/desk", list_it)
        await context.route(re.compile("example"), own_page)
        message = {"type": "fusion-wallet.bill", "id": "HIS-1", "bill": bills.two_lines()}
        heard = {}
        for origin in (stranger, listed):
            page = await context.new_page()
            await page.goto(f"{origin}/")
            async with page.expect_popup() as opened:
                await page.evaluate(OPEN, f"{site.origin}/desk")
            handed = DeskPage(await opened.value)
            await handed.ready()
            heard[origin] = await page.evaluate(
                """async ([message, origin]) => {
                    desk.postMessage(message, origin);
                    await new Promise((done) => setTimeout(done, 1000));
                    return heard;
                }""",
                [message, site.origin],
            )
            await handed.page.close()

        assert {
            stranger: [],
            listed: [["fusion-wallet.ready", None], ["fusion-wallet.bill", "loaded"]],
        } == heard


class TestShift:
    async def test_elsewhere(self, new_context, site):
        """
        Times are China's where they are typed too, whatever zone the computer is set to.
        """
        context = await new_context(**WIDE, timezone_id="America/New_York")
        desk = await DeskPage.enrolled(context, await site.desk_token())
        await desk.page.get_by_role("button", name=text(ZH, "desk.shift")).click()
        since = (SystemClock().now() + timedelta(hours=8)).strftime("%Y-%m-%dT00:00")
        await desk.page.locator("[data-shift] [name=since]").fill(since)
        async with desk.page.expect_request("**/v1/shift-totals?*") as asked:
            await desk.page.locator("[data-shift-show]").click()
        sent = parse_qs(urlsplit((await asked.value).url).query)["since"]

        assert [datetime.fromisoformat(f"{since}+08:00")] == [*map(datetime.fromisoformat, sent)]


class TestCutOff:
    async def test_lost_answer(self, desk, phone, watch):
        """
        An answer that is lost is asked for again under the same number, also by the next page.
        """
        watch.allow(CUT_OFF)
        await desk.scanned(phone.draw(), "outpatient_registration")
        for name, value in PLACE.items():
            await desk.page.locator(f'[data-place] [name="{name}"]').fill(value)
        keys, visits = [], []

        async def lose(route):
            keys.append(route.request.headers["idempotency-key"])
            visits.append((await (await route.fetch()).json())["id"])
            await route.abort()

        await desk.page.route("**/v1/visits", lose)
        await desk.page.get_by_role("button", name=text(ZH, "desk.visit.open")).click()
        await expect(desk.said).to_have_text(text(ZH, "desk.net.asking"))
        await desk.page.unroute("**/v1/visits", lose)
        async with desk.page.expect_request(re.compile("/v1/visits$")) as again:
            await desk.page.reload()
        await desk.ready()

        assert {(await again.value).headers["idempotency-key"]} == set(keys)
        await expect(desk.page.locator("[data-visit]")).to_contain_text(visits[0])
        assert 1 == len(set(visits))

    async def test_offline(self, desk, phone):
        """
        Without a network the desk says so at once, sends nothing, queues nothing, loses nothing.
        """
        await desk.load()
        await expect(desk.said).to_contain_text("已载入")
        await desk.page.context.set_offline(offline=True)
        await expect(desk.said).to_have_text(text(ZH, "desk.net.offline"))
        await desk.gun(phone.draw())
        await expect(desk.said).to_have_text(text(ZH, "desk.net.offline"))
        await desk.page.context.set_offline(offline=False)

        await expect(desk.said).to_have_text(text(ZH, "desk.net.back"))
        await expect(desk.page.locator("[data-verdicts]")).to_be_empty()
        await expect(desk.page.locator("[data-lines] tr")).to_have_count(2)
