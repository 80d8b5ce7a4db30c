"""A browser as one of the resident's devices: its key, freezing, removing, approving, alarms."""

import asyncio
import re

from playwright.async_api import expect

from tests.fixtures.steps import DRAWN, kept, read_code, sign_in
from wallet.app import examples
from wallet.clock import SystemClock
from wallet.pages.assets import address
from wallet.pages.language import Language
from wallet.pages.texts import text

KEY = """
async (store) => {
  const { kept } = await import(store);
  const device = await kept("device");
  const exported = ["pkcs8", "jwk", "raw"].map((form) =>
    crypto.subtle.exportKey(form, device.key).then(() => form, (fault) => fault.name));
  const { type, extractable, usages } = device.key;
  return [type, extractable, usages, ...(await Promise.all(exported))];
}
"""
LEFT = """
async (store) => {
  const { kept } = await import(store);
  const values = await Promise.all(["device", "topUp", "counter"].map(kept));
  return {
    kept: values.filter((each) => each !== null).length,
    caches: (await caches.keys()).length,
    stored: localStorage.length + sessionStorage.length,
  };
}
"""
CACHED = """
async () => {
  const told = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      told[new URL(request.url).pathname] = await (await cache.match(request)).text();
    }
  }
  return told;
}
"""
SEEN = """
(visible) => {
  Object.defineProperty(document, "visibilityState", { get: () => visible, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
STORE = "resident/store.js"


class TestKey:
    async def test_stays(self, page, site):
        """
        Nobody can read the key; what is cached names nobody; signing out leaves nothing.
        """
        person = site.stranger()
        await sign_in(page, person)
        await kept(page)
        key = await page.evaluate(KEY, address(STORE))
        cached = await page.evaluate(CACHED)
        held = await page.evaluate(LEFT, address(STORE))
        await page.goto("/devices")
        await expect(page.locator("[data-this]:not([hidden])")).to_be_visible()
        await page.get_by_role("button", name=said("sign_out")).click()
        await page.wait_for_url("**/signed-out")
        await expect(page.locator("html[data-forgotten]")).to_be_attached()
        left = await page.evaluate(LEFT, address(STORE))

        assert ["private", False, ["sign"], *["InvalidAccessError"] * 3] == key
        assert {"kept": 2, "caches": 1, "stored": 0} == held
        assert "/code/offline" in cached
        assert {"/code/offline"} == {path for path in cached if not path.startswith("/assets/")}
        assert [] == [
            path for path, content in cached.items() if person.psn_name[0] + "*" in content
        ]
        assert {"kept": 0, "caches": 0, "stored": 0} == left


class TestScan:
    async def test_pushed(self, page, site):
        """
        What a scan showed is told at once; one tap, or coming back, makes a fresh code.
        """
        await early_in_a_step()
        await sign_in(page, site.stranger())
        status, _ = await site.scan(await read_code(page))
        told = page.locator("[data-said]")
        await expect(told).to_contain_text("示范市第一人民医院", timeout=5_000)
        await expect(told).to_contain_text(said("purpose.identification"))
        await expect(page.locator("[data-picture] svg")).to_have_count(0)
        await page.locator("[data-fresh]").click()
        again, _ = await site.scan(await read_code(page))

        assert (200, 200) == (status, again)

    async def test_back_from_the_background(self, page, site):
        """
        Whoever comes back to the page after a while finds another code than they left.
        """
        await page.clock.install()
        await sign_in(page, site.stranger())
        await kept(page)
        await early_in_a_step()
        await page.reload()
        before = await read_code(page)
        await page.evaluate(SEEN, "hidden")
        await page.clock.fast_forward(31_000)
        hidden = await read_code(page)
        await page.locator(DRAWN).evaluate("(picture) => { picture.dataset.left = 'yes'; }")
        await page.evaluate(SEEN, "visible")
        await expect(page.locator(f"{DRAWN}:not([data-left])")).to_be_visible()

        assert before == hidden
        assert before != await read_code(page)


class TestKeeping:
    async def test_freeze_and_remove(self, page, site):
        """
        A frozen code is refused, until it is unfrozen; a removed browser has nothing left.
        """
        await sign_in(page, site.stranger())
        await kept(page)
        await page.reload()
        code = await read_code(page)
        await page.goto("/devices")
        await page.get_by_role("button", name=said("devices.freeze.go")).click()
        await expect(page.get_by_role("button", name=said("devices.unfreeze.go"))).to_be_visible()
        frozen = await site.scan(code)
        await page.goto("/code")
        await expect(page.get_by_text(said("code.frozen"))).to_be_visible()
        await page.goto("/devices")
        await page.get_by_role("button", name=said("devices.unfreeze.go")).click()
        await page.get_by_role("button", name=said("devices.revoke")).click()
        await expect(page.locator("[data-this]")).to_have_count(1)
        removed = await site.scan(code)
        left = await page.evaluate(LEFT, address(STORE))
        await page.goto("/code")
        await page.get_by_role("button", name=said("code.removed.again")).click()
        await kept(page)

        assert (423, "DEVICE_FROZEN") == (frozen[0], frozen[1]["code"])
        assert (410, "CODE_REVOKED") == (removed[0], removed[1]["code"])
        assert {"kept": 0, "caches": 0, "stored": 0} == left


class TestAlarm:
    async def test_cleared(self, page, site):
        """
        One code at two hospitals raises an alarm; the page names both, and its key clears it.
        """
        elsewhere = await site.region.window(name="示范市中医院")
        await sign_in(page, site.stranger())
        await kept(page)
        await page.reload()
        code = await read_code(page)
        await site.scan(code)
        body = {"code": code, "purpose": "identification", "scene": "consultation"}
        second = await elsewhere.client.call("POST", "/v1/resolve", body)
        await page.get_by_role("link", name=said("code.alarmed.what")).click()
        places = page.get_by_role("listitem")
        await expect(places).to_have_text([re.compile("第一人民医院"), re.compile("中医院")])
        await page.get_by_role("button", name=said("alarm.clear")).click()
        await expect(page.get_by_text(said("alarm.none"))).to_be_visible()

        assert 409 == second.status


class TestApproval:
    async def test_paid(self, page, site):
        """
        A payment over the limit is pushed to the page, approved with its key, charged, receipted.
        """
        person = site.stranger()
        desk = Desk(await site.region.window(otp_limit_minor=0, signed_limit_minor=0))
        await sign_in(page, person)
        await kept(page)
        await site.region.linked(person)
        visit = await desk.scanned("/v1/visits", "openVisit", await read_code(page))
        await page.locator("[data-fresh]").click()
        target = f"/v1/visits/{visit['id']}/settlements"
        opened = await desk.scanned(target, "openSettlement", await read_code(page))
        confirmed = {"cash_minor": opened["cash_minor"], "cash_by": "agreement"}
        await desk.post(f"/v1/settlements/{opened['id']}/confirm", confirmed)
        await page.get_by_role("link", name=said("news.approve")).click()
        yuan = f"¥{opened['cash_minor'] / 100:,.2f}"
        await page.get_by_role("button", name=said("payment.approve.go", amount=yuan)).click()
        await expect(page.get_by_text(said("phase.completed"))).to_be_visible(timeout=40_000)
        await expect(page.get_by_role("heading", name=said("payment.receipt"))).to_be_visible()

        assert opened["cash_minor"] > 0


class Desk:
    """
    A terminal that wants what it asks for.
    """

    def __init__(self, window):
        self.window = window

    async def post(self, target, body):
        answered = await self.window.client.call("POST", target, body)
        assert answered.status < 300, answered.json()
        return answered.json()

    async def scanned(self, target, operation, code):
        """
        Scan a code for a registration or a settlement, and send the example of an operation.
        """
        purpose = {"openVisit": "registration", "openSettlement": "settlement"}[operation]
        scan = {"code": code, "purpose": purpose, "scene": f"outpatient_{purpose}"}
        presentation = (await self.post("/v1/resolve", scan))["presentation"]
        body = examples()[operation] | {"presentation": presentation}
        if "use_account" in body:
            body["use_account"] = False
        return await self.post(target, body)


async def early_in_a_step():
    """
    Wait until the page draws no other code by itself for a while.
    """
    rest = 30 - SystemClock().now().timestamp() % 30
    if rest < 10:
        await asyncio.sleep(rest)


def said(key, **values):
    return text(Language.ZH, key, **values)
