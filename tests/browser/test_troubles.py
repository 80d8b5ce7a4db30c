"""What goes wrong around a browser: full storage, lost answers, other tabs, another settlement."""

import asyncio

from playwright.async_api import expect

from tests.browser.test_resident_device import LEFT, SEEN, STORE, said
from tests.fixtures.desk_pages import ALL_CASH, WIDE, DeskPage
from tests.fixtures.steps import drawn, kept, read_code, sign_in
from wallet.cli.demo import bills
from wallet.pages.assets import address

NUMBERS = """
async () => (await (await fetch("/v1/devices")).json()).devices.map((each) => each.device_no)
"""
NOTHING_KEPT = """
indexedDB.open = () => {
  const asked = new EventTarget();
  setTimeout(() => {
    asked.error = new DOMException("no", "InvalidStateError");
    asked.onerror();
  });
  return asked;
};
"""
FAR_AHEAD = "{ const now = Date.now.bind(Date); Date.now = () => now() + 400 * 86400e3; }"
PROVOKED = ("Failed to load resource", "EventSource's response has a MIME type")
SETTLEMENT = """
() => new Promise((resolve) => {
  const opened = indexedDB.open("fusion-desk");
  opened.onsuccess = () => {
    const asked = opened.result.transaction("kept").objectStore("kept").get("settlement");
    asked.onsuccess = () => { opened.result.close(); resolve(asked.result); };
  };
})
"""
PAY_TEN = """
() => {
  const form = document.querySelector("[data-tender]");
  form.elements.method.value = "cash";
  form.elements.amount.value = "10";
  form.querySelector("button").click();
}
"""


async def fill(page, site):
    """
    Let the browser have no room for anything of ours.
    """
    session = await page.context.new_cdp_session(page)
    quota = {"origin": site.origin, "quotaSize": 1}
    await session.send("Storage.overrideQuotaForOrigin", quota)


async def sign_out(page):
    await page.goto("/devices")
    await expect(page.locator("[data-this]:not([hidden])")).to_be_visible()
    await page.get_by_role("button", name=said("sign_out")).click()


async def two_settled(new_context, site):
    """
    Two patients settle and pay; returns the desk, which shows the second, and the second's phone.
    """
    await site.region.sandboxes.behave()
    desk = await DeskPage.enrolled(await new_context(**WIDE), await site.desk_token())
    for phone in [await site.region.phone(site.stranger()) for _ in range(2)]:
        await desk.page.locator("[data-fresh]").click()
        await desk.idle()
        await desk.register(phone.draw())
        await desk.settle(phone.draw(), bills.five_lines())
        await desk.confirm("desk")
        await desk.phase("cash_due")
        await desk.pay("cash")
        await desk.phase("completed")
    return desk, phone


class TestResident:
    async def test_no_room(self, page, site, watch):
        """
        A browser that can keep nothing shows the server's codes, and is no device.
        """
        watch.allow(*PROVOKED)
        await page.goto("/sign-in")
        await fill(page, site)
        await sign_in(page, site.stranger())
        for _ in range(2):
            await page.reload()
            await drawn(page)
        status, _ = await site.scan(await read_code(page))

        assert 200 == status
        assert [] == [number for number in await page.evaluate(NUMBERS) if number]

    async def test_answer_to_the_enrolment_lost(self, page, site, watch):
        """
        The next load finds the device that this browser has become.
        """
        watch.allow(*PROVOKED)

        async def lose(route):
            if route.request.method == "POST":
                await route.fetch()
                await route.abort()
            else:
                await route.continue_()

        lost = asyncio.Event()
        page.on("requestfailed", lambda _: lost.set())
        await page.route("**/v1/devices", lose)
        await sign_in(page, site.stranger())
        await lost.wait()
        await page.unroute("**/v1/devices", lose)
        await page.reload()
        await kept(page)

        assert [1] == [number for number in await page.evaluate(NUMBERS) if number]

    async def test_signs_out_of_a_session_that_is_over(self, page, site, watch):
        """
        Whoever signs out leaves nothing, though nobody is signed in any more.
        """
        watch.allow(*PROVOKED)
        await sign_in(page, site.stranger())
        await kept(page)
        await page.goto("/devices")
        await expect(page.locator("[data-this]:not([hidden])")).to_be_visible()
        await page.context.clear_cookies()
        await page.get_by_role("button", name=said("sign_out")).click()
        await expect(page.locator("html[data-forgotten]")).to_be_attached()

        assert {"kept": 0, "caches": 0, "stored": 0} == await page.evaluate(LEFT, address(STORE))

    async def test_another_tab_signed_out(self, page, site, watch):
        """
        A tab that was open meanwhile shows no code of whoever left, and keeps nothing again.
        """
        watch.allow(*PROVOKED)
        await sign_in(page, site.stranger())
        await kept(page)
        await page.reload()
        await drawn(page)
        await page.evaluate(SEEN, "hidden")
        other = await page.context.new_page()
        await sign_out(other)
        await expect(other.locator("html[data-forgotten]")).to_be_attached()
        await page.evaluate(SEEN, "visible")
        await page.wait_for_url("**/sign-in")

        assert {"kept": 0, "caches": 0, "stored": 0} == await page.evaluate(LEFT, address(STORE))

    async def test_clock_was_far_ahead(self, page, site):
        """
        A look with a clock that is far ahead costs no code of later.
        """
        await sign_in(page, site.stranger())
        await kept(page)
        other = await page.context.new_page()
        await other.add_init_script(FAR_AHEAD)
        await other.goto("/code")
        await drawn(other)
        await other.close()
        await page.context.set_offline(offline=True)
        await page.reload()
        code = await read_code(page)
        await page.context.set_offline(offline=False)

        assert 200 == (await site.scan(code))[0]

    async def test_silent_stream(self, page, site):
        """
        Where nothing comes through the stream, as after a sleep, the page asks instead.
        """
        await page.clock.install()
        await page.route("**/code/events*", lambda _: asyncio.sleep(0))
        await sign_in(page, site.stranger())
        await kept(page)
        await site.scan(await read_code(page))
        await page.clock.fast_forward(50_000)

        told = said("purpose.identification")
        await expect(page.locator("[data-said]")).to_contain_text(told, timeout=10_000)


class TestDesk:
    async def test_keeps_nothing(self, new_context):
        """
        A browser that keeps nothing is told so, instead of a desk that hears nobody.
        """
        context = await new_context(**WIDE)
        await context.add_init_script(NOTHING_KEPT)
        page = await context.new_page()
        await page.goto("/desk")

        await expect(page.locator("[data-said]")).to_have_text(said("desk.storage"))

    async def test_another_settlement_is_shown(self, new_context, site):
        """
        A scan that was waited for to return something returns nothing of another settlement.
        """
        desk, phone = await two_settled(new_context, site)
        shown = await desk.page.evaluate(SETTLEMENT)
        await desk.page.locator("details:has([data-recent]) summary").click()
        recent = desk.page.locator("[data-recent] button")
        await recent.nth(1).click()
        await desk.idle()
        await desk.page.locator("[data-receipt-show]").click()
        await desk.idle()
        await desk.page.locator("[data-return-lines] input").first.check()
        await desk.page.locator("[data-preview]").click()
        await expect(desk.page.locator("[data-net-said]")).to_be_visible()
        await desk.idle()
        await desk.page.locator("[data-return-do]").click()
        await desk.idle()
        await expect(desk.page.locator("[data-scan-title]")).to_have_text(said("desk.scan.return"))
        await recent.nth(1).click()
        await desk.idle()
        await expect(desk.page.locator("[data-scan-title]")).to_have_text(said("desk.scan"))
        returned = []
        desk.page.on(
            "request", lambda each: returned.append(each.url) if "/refunds" in each.url else None
        )
        await desk.gun(phone.draw())
        await expect(desk.said).to_have_text(said("desk.scan.ok"), timeout=20_000)

        assert shown == await desk.page.evaluate(SETTLEMENT)
        assert [] == returned

    async def test_next_patient_stays(self, new_context, site):
        """
        A look at a visit that is answered late does not bring the patient before back.
        """
        await site.region.sandboxes.behave()
        desk = await DeskPage.enrolled(await new_context(**WIDE), await site.desk_token())
        phone = await site.region.phone(site.stranger())
        await desk.register(phone.draw())
        asked, answered = asyncio.Event(), asyncio.Event()

        async def late(route):
            asked.set()
            await answered.wait()
            await route.continue_()

        await desk.page.route("**/v1/visits/*", late)
        await desk.settle(phone.draw(), ALL_CASH)
        await asked.wait()
        await desk.page.locator("[data-fresh]").click()
        await desk.idle()
        async with desk.page.expect_response("**/v1/visits/*"):
            answered.set()
        await asyncio.sleep(0.5)

        await expect(desk.page.locator("[data-visit]")).to_be_hidden()

    async def test_asks_again_before_it_takes_more(self, new_context, site, watch):
        """
        After a reload nothing can be paid until what was asked before is answered.
        """
        watch.allow(*PROVOKED)
        await site.region.sandboxes.behave()
        desk = await DeskPage.enrolled(await new_context(**WIDE), await site.desk_token())
        phone = await site.region.phone(site.stranger())
        await desk.register(phone.draw())
        await desk.settle(phone.draw(), ALL_CASH)
        await desk.confirm("desk")
        await desk.phase("cash_due")
        keys, losing = [], [True]

        async def lose(route):
            keys.append(route.request.headers["idempotency-key"])
            await (route.abort() if losing else route.continue_())

        async def late(route):
            await asyncio.sleep(3)
            await route.continue_()

        await desk.page.route("**/tenders", lose)
        await desk.page.route("**/v1/visits/*", late)
        await desk.pay("cash", "10")
        await expect(desk.said).to_have_text(said("desk.net.asking"))
        await desk.page.reload()
        losing.clear()
        await expect(desk.page.locator("[data-tender]:not([hidden])")).to_be_attached()
        await desk.page.evaluate(PAY_TEN)
        await expect(desk.page.locator("[data-desk][data-ready]")).to_be_attached(timeout=20_000)

        assert 1 == len(set(keys))
