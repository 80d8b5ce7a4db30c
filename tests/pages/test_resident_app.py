"""What makes the resident's pages an app that is installed and works without a network."""

import posixpath
import re

import msgspec
import pytest

from tests.fixtures.region import LI
from wallet.pages.assets import assets

IMPORT = re.compile(r'^import .*?from "(.+?)";', re.MULTILINE)


def imported(name):
    """
    Return a script and all that it imports, by their paths.
    """
    found = {name}
    for path in IMPORT.findall(assets()[name].content.decode()):
        found |= imported(posixpath.normpath(posixpath.join(posixpath.dirname(name), path)))
    return found


class TestManifest:
    @pytest.mark.parametrize(("language", "name"), [("zh-CN", "一码通"), ("en", "One code")])
    async def test_language(self, browser, language, name):
        """
        It is in the reader's language, and every picture it names is there.
        """
        browser.client.cookies.set("language", language)
        answer = await browser.client.get("/manifest.webmanifest")
        manifest = answer.json()
        icons = [await browser.client.get(each["src"]) for each in manifest["icons"]]

        assert "application/manifest+json" == answer.headers["content-type"]
        assert (language, "/code", "/", "standalone") == (
            *(manifest[key] for key in ("lang", "start_url", "scope", "display")),
        )
        assert manifest["name"].startswith(name)
        assert [(200, each["type"]) for each in manifest["icons"]] == [
            (each.status_code, each.headers["content-type"].split(";")[0]) for each in icons
        ]


class TestWorker:
    async def test_files(self, browser):
        """
        It is asked for anew each time, may fetch from us alone, and keeps files that are there.
        """
        answer = await browser.client.get("/sw.js")
        kept = msgspec.json.decode(re.match(r"self\.kept = (.+);\n", answer.text)[1])
        imported = re.search(r'importScripts\("(.+)"\)', answer.text)[1]
        missing = [
            path
            for path in (*kept["files"], imported, kept["shell"])
            if (await browser.client.get(path)).status_code != 200
        ]

        assert "no-cache" == answer.headers["cache-control"]
        assert "connect-src 'self'" in answer.headers["content-security-policy"]
        assert [] == missing
        assert any(path.endswith("/vendor/uqr.js") for path in kept["files"])


class TestShell:
    async def test_knows_nobody(self, signed_in):
        """
        The page of the code without a network is the same whoever is signed in.
        """
        mine = (await signed_in.client.get("/code/offline")).text
        signed_in.client.cookies.clear()
        anybodys = (await signed_in.client.get("/code/offline")).text

        assert mine == anybodys
        assert "data-code" in mine
        assert "csrf" not in mine

    async def test_scripts(self, browser):
        """
        Every script that the code needs is named in the page, so that none waits for another.
        """
        page = (await browser.client.get("/code/offline")).text
        named = re.findall(r'rel="modulepreload" href="/assets/\w+/(\S+?)"', page)

        assert sorted(imported("resident/code.js") - {"resident/code.js"}) == named

    async def test_is_one_persons(self, region, signed_in):
        """
        The page of the code tells its scripts whose it is, by a word that says nothing.
        """
        page = (await signed_in.client.get("/code")).text
        tag = re.search(r'data-tag="(\w{32})"', page)[1]
        signed = await region.people.sessions.sign_in_for_demo(LI)

        assert f'data-tag="{tag}"' in (await signed_in.client.get("/devices")).text
        assert f"{signed.resident_id:x}" not in tag

    async def test_signed_out(self, browser):
        """
        Who signed out is told that nothing is left, by a page whose script sees to it.
        """
        page = (await browser.client.get("/signed-out")).text

        assert "本机上的码和密钥已清除" in page
        assert "resident/signed_out.js" in page

    async def test_not_signed_out(self, signed_in):
        """
        A link from elsewhere costs nobody who is signed in their key and passes.
        """
        answer = await signed_in.client.get("/signed-out")

        assert (303, "/code") == (answer.status_code, answer.headers["location"])
