"""The code that a browser signs by itself, with and without a network."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from codes.text import parse
from tests.fixtures.steps import kept, read_code, sign_in
from wallet.clock import SystemClock
from wallet.pages.assets import address, edition
from wallet.pages.language import Language
from wallet.pages.texts import text

SIGNED_LETTERS = 178
VECTORS = Path(__file__).parents[1] / "vectors" / "codes"
GOLDEN = """
async ([drawing, crockford, point, cases]) => {
  const { drawn, passAt, signedMessage } = await import(drawing);
  const { codeText } = await import(crockford);
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (each) => parseInt(each, 16));
  const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(point), ecdsa, false, ["verify"]);
  const told = [];
  for (const { raw, header, sealed, signature, counter, expires } of cases) {
    if (!signature) { told.push([codeText(bytes(raw))]); continue; }
    const window = { startsAt: expires - 600, passSeconds: 600 };
    const one = { header: bytes(header), passes: [bytes(sealed)], ...window };
    const message = signedMessage(bytes(header), bytes(sealed), counter);
    told.push([
      await drawn(one, counter, () => bytes(signature)),
      await crypto.subtle.verify(ecdsa, key, bytes(signature), message),
      passAt(one, expires - 601) === null && passAt(one, expires) === null,
      await drawn(one, (expires / 30) * 8, () => bytes(signature)),
    ]);
  }
  return told;
}
"""
COUNTERS = """
async (store) => {
  const { nextCounter } = await import(store);
  return Promise.all([0, 0, 0].map(() => nextCounter(100)));
}
"""


class TestOffline:
    async def test_accepted_once(self, page, watch, site):
        """
        Without a network the page signs a code that a desk reads, once; then the next at one tap.
        """
        watch.allow("ERR_INTERNET_DISCONNECTED")
        await sign_in(page, site.stranger())
        await kept(page)
        await page.context.set_offline(True)
        await page.reload()
        code = await read_code(page)
        await expect(page.locator("[data-line]")).to_contain_text("没有网络，码照常可用，有效期至")
        first, second = await site.scan(code), await site.scan(code)
        await page.locator("[data-fresh]").click()
        third = await site.scan(await read_code(page))

        assert SIGNED_LETTERS == len(code)
        assert (200, 409, "CODE_USED") == (first[0], second[0], second[1]["code"])
        assert 200 == third[0]

    @pytest.mark.parametrize("status", [0, 503])
    async def test_no_answer(self, page, watch, site, status):
        """
        A network that says nothing, and a wallet with no room, keep nobody's code away.
        """
        watch.allow("Failed to load resource")
        await sign_in(page, site.stranger())
        await kept(page)

        async def refuse(route):
            if status:
                await route.fulfill(status=status)

        await page.context.route("**/code", refuse)
        await page.goto("/code", timeout=15_000)

        assert SIGNED_LETTERS == len(await read_code(page))

    async def test_release_is_rolled_out(self, page, watch, site):
        """
        A page of another release, whose files the browser does not have, is not kept.
        """
        watch.allow("ERR_INTERNET_DISCONNECTED")
        answered = asyncio.Event()

        async def newer(route):
            answer = await route.fetch()
            body = (await answer.text()).replace(edition(), "0" * len(edition()))
            await route.fulfill(response=answer, body=body)
            answered.set()

        await sign_in(page, site.stranger())
        await kept(page)
        await page.context.route("**/code/offline", newer)
        await page.reload()
        async with asyncio.timeout(20):
            await answered.wait()
        await asyncio.sleep(0.5)
        await page.context.set_offline(True)
        await page.reload()

        assert SIGNED_LETTERS == len(await read_code(page))

    async def test_signed_out(self, page, site):
        """
        Whose session is over signs in again, or shows the code of the browser without it.
        """
        await sign_in(page, site.stranger())
        await kept(page)
        await page.context.clear_cookies()
        await page.goto("/payments")
        await page.get_by_role("link", name=text(Language.ZH, "sign_in.own_code")).click()
        status, _ = await site.scan(await read_code(page))

        assert 200 == status

    async def test_wrong_clock(self, page, site):
        """
        A phone whose clock is wrong is told so, and shows a code that is accepted.
        """
        await page.clock.install(time=SystemClock().now() + timedelta(minutes=5))
        await sign_in(page, site.stranger())
        await kept(page)
        warning = text(Language.ZH, "code.clock.ahead", minutes=5)
        await expect(page.locator("[data-line]")).to_have_text(warning)
        await page.locator("[data-fresh]").click()
        status, _ = await site.scan(await read_code(page))

        assert 200 == status


class TestDrawing:
    async def test_golden(self, page):
        """
        The scripts make of the golden vectors' parts, to the letter, what a stranger would make.
        """
        cases = [case for each in ("international", "text") for case in golden(each)]
        point = json.loads((VECTORS / "world.json").read_text())["public_keys"]["international"]
        await page.goto("/code/offline")
        scripts = [address("resident/drawing.js"), address("resident/crockford.js")]
        told = await page.evaluate(GOLDEN, [*scripts, point, cases])

        assert 5 <= sum(bool(each["signature"]) for each in cases)
        assert [
            [each["text"], True, True, None] if each["signature"] else [each["text"]]
            for each in cases
        ] == told


class TestCounters:
    async def test_two_tabs(self, page):
        """
        However many tabs ask at once, no counter is given twice, and no more than a step has.
        """
        other = await page.context.new_page()
        for each in (page, other):
            await each.goto("/code/offline")
        store = address("resident/store.js")
        given = [await each.evaluate(COUNTERS, store) for each in (page, other, page)]
        flat = [each for three in given for each in three]

        assert [*range(800, 808), None] == flat


def golden(name):
    """
    Return the parts of every golden code that verifies or parses.
    """
    for case in json.loads((VECTORS / f"{name}.json").read_text()):
        expected = case["expected"]
        accepted = isinstance(expected, dict) and expected["result"] == "ACCEPTED"
        if not accepted and expected != "PARSED":
            continue
        code = parse(case["text"])
        raw = code.header_bytes + code.sealed_pass + bytes([code.counter_low]) + code.proof
        signed = accepted and len(case["text"]) == SIGNED_LETTERS
        yield {
            "text": case["text"],
            "raw": raw.hex(),
            "header": code.header_bytes.hex(),
            "sealed": code.sealed_pass.hex(),
            "signature": code.proof.hex() if signed else "",
            "counter": int(expected["counter"]) if signed else 0,
            "expires": expected["pass_expires_at"] if signed else 0,
        }
