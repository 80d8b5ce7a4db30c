"""What a browser shows once an operator has retired the key of its passes."""

import asyncio
import secrets
from contextlib import suppress

import pytest
from playwright.async_api import expect

from codes.text import parse
from tests.browser.test_resident_device import SEEN, said
from tests.browser.test_troubles import PROVOKED
from tests.fixtures.steps import DRAWN, kept, read_code, sign_in
from wallet.clock import SystemClock, seconds
from wallet.vault import keyfile, rotation
from wallet.vault.keyfile import SuiteName
from wallet.vault.renewal import EVERY_SECONDS

PATIENCE_SECONDS = 40.0


class TestRetired:
    @pytest.fixture(autouse=True)
    async def key(self, site):
        """
        A key of its own: passes that other tests have under an older one stay good.
        """
        rotated(site)
        await asyncio.sleep(EVERY_SECONDS + 1)

    async def test_looked_at(self, page, site):
        """
        A page that is looked at fetches passes of the new key and shows them by itself.
        """
        await sign_in(page, site.stranger())
        await kept(page)
        await page.reload()
        await drawn_under(page, retire(site))
        status, _ = await site.scan(await read_code(page))

        assert 200 == status

    async def test_next_load(self, page, site, watch):
        """
        A page that was away shows no code of the old key, with a network or without.
        """
        watch.allow("ERR_INTERNET_DISCONNECTED")
        await sign_in(page, site.stranger())
        await kept(page)
        await page.evaluate(SEEN, "hidden")
        key_id = retire(site)
        await asyncio.sleep(2 * EVERY_SECONDS)
        await page.reload()
        first, _ = await shown(page)
        await kept(page)
        await page.context.set_offline(offline=True)
        await page.reload()
        code = await read_code(page)

        assert key_id == first == parse(code).header.key_id
        assert 200 == (await site.scan(code))[0]

    async def test_no_room(self, page, site, watch):
        """
        A page that nothing can be pushed to asks for it.
        """
        watch.allow(*PROVOKED)
        await page.route("**/code/events*", lambda route: route.fulfill(status=503))
        await sign_in(page, site.stranger())
        await kept(page)
        await page.reload()
        await drawn_under(page, retire(site))

    async def test_signed_out(self, page, site):
        """
        Whose session is over is asked to sign in, and holds up no code that is refused.
        """
        await sign_in(page, site.stranger())
        await kept(page)
        await page.context.clear_cookies()
        await page.goto("/code/offline")
        await read_code(page)
        retire(site)
        line = page.locator("[data-line]")
        await expect(line).to_have_text(said("code.signed_out.none"), timeout=40_000)

        await expect(page.locator(DRAWN)).to_have_count(0)


async def drawn_under(page, key_id):
    """
    Wait for a code of the browser's own under a key.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        found = None
        while found != (key_id, "SIGNED"):
            await asyncio.sleep(0.2)
            with suppress(ValueError):  # it was taken away at that moment
                found = await shown(page)


async def shown(page):
    header = parse(await read_code(page)).header
    return header.key_id, header.profile.name


def rotated(site):
    """
    Have another key issue from now on, and return it.
    """
    path, now = site.region.settings.key_file, seconds(SystemClock().now())
    keys = keyfile.load(path)
    # the first key may be of this very second
    begins = max(now, 1 + max(key.not_before for key in keys.code_keys))
    suite = SuiteName.INTERNATIONAL
    keys = rotation.rotate_code_key(keys, suite, now, begins, secrets.token_bytes)
    keyfile.replace(path, keys)
    return keys.code_keys[-1].key_id


def retire(site):
    """
    Retire the key that issues, after another one is there; return that one.
    """
    path, now = site.region.settings.key_file, seconds(SystemClock().now())
    old = max(keyfile.load(path).code_keys, key=lambda key: key.not_before).key_id
    new = rotated(site)
    keyfile.replace(path, rotation.retire_code_key(keyfile.load(path), old, now))
    return new
