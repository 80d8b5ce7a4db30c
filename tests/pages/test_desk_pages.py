"""The desk's pages, as the server gives them; what scripts do in them is in tests/browser."""

import html
import json
import re
from dataclasses import replace

import pytest

from tests.fakes.integrations import FakeIntegration, manifest
from tests.fixtures.region import Region
from wallet.errors import WalletError
from wallet.pages import texts
from wallet.pages.desk.desk import SCENES
from wallet.pages.language import Language
from wallet.parties.errors import TerminalUnknownError
from wallet.resolving.controller import _ERRORS as RESOLVING
from wallet.settling.controller.common import SCANNED
from wallet.settling.errors import ApprovalRefusedError
from wallet.settling.states import PHASES
from wallet.settling.tendering import TENDER_PHASES
from wallet.visiting.machine import VISIT_PHASES
from wallet.visiting.requests import ACTING

TEXTS = re.compile(r"<template data-texts>(.*?)</template>", re.DOTALL)
PAGES = ("/desk", "/desk/patient", "/desk/enrol")


def told(page):
    """
    Return the texts that a page gives its scripts.
    """
    return json.loads(html.unescape(TEXTS.search(page.text)[1]))


def policy(page):
    return page.headers["content-security-policy"]


class TestPages:
    @pytest.mark.parametrize("path", PAGES)
    async def test_know_nobody(self, browser, path):
        """
        Anybody may open a page of the desk; it is empty until a terminal's key fills it.
        """
        page = await browser.client.get(path)

        assert 200 == page.status_code
        assert "desk.title" in told(page)
        assert "set-cookie" not in page.headers

    @pytest.mark.parametrize("path", PAGES)
    async def test_forms_send_nothing_by_themselves(self, browser, path):
        """
        A form that no script has taken over yet puts no code and no token into an address.
        """
        page = await browser.client.get(path)
        forms = re.findall("<form[^>]*>", page.text)

        assert [] == [form for form in forms if not re.search('method="(dialog|post)"', form)]

    async def test_language(self, browser):
        """
        Scripts get the texts of the language that the reader asked for.
        """
        page = await browser.client.get("/desk", headers={"accept-language": "en"})

        assert "Billing desk" == told(page)["desk.title"]

    async def test_reader_on_one_page(self, browser):
        """
        WebAssembly and the camera are allowed where codes are read, and nowhere else.
        """
        pages = {path: await browser.client.get(path) for path in (*PAGES, "/sign-in")}
        compiling = {path for path, page in pages.items() if "wasm-unsafe-eval" in policy(page)}
        seeing = {
            path
            for path, page in pages.items()
            if "camera=(self)" in page.headers["permissions-policy"]
        }

        assert {"/desk"} == compiling == seeing
        assert all("'unsafe-inline'" not in policy(page) for page in pages.values())

    async def test_refusals_of_integrations(self, browser, region):
        """
        What an integration may refuse is told in its own words.
        """
        refusals = region.fake("payment").manifest.refusals
        answer = await browser.client.get("/desk/refusals", headers={"accept-language": "en"})

        assert refusals
        assert {f"desk.reason.{code}": text.en for code, text in refusals.items()}.items() <= (
            answer.json().items()
        )


class TestHospitalsOwnPages:
    async def test_closed(self, browser):
        """
        Unless the deployment lists one, no other page keeps a handle on the desk's.
        """
        page = await browser.client.get("/desk")

        assert "same-origin" == page.headers["cross-origin-opener-policy"]
        assert 'data-his=""' in page.text

    async def test_listed(self, database, clock, ids, vault):
        """
        A listed one does, on the desk's page alone.
        """
        region = Region(database, clock, ids, vault, FakeIntegration(manifest("payment")))
        origins = "https://his.example, https://his2.example:8443"
        settings = region.basis.settings.model_copy(update={"desk_his_origins": origins})
        region.basis = replace(region.basis, settings=settings)
        async with region.client() as client:
            desk, enrol = await client.get("/desk"), await client.get("/desk/enrol")

        assert 'data-his="https://his.example https://his2.example:8443"' in desk.text
        assert "unsafe-none" == desk.headers["cross-origin-opener-policy"]
        assert "same-origin" == enrol.headers["cross-origin-opener-policy"]


class TestTexts:
    @pytest.mark.parametrize("language", Language)
    def test_every_problem_a_desk_can_hear(self, language):
        """
        Each has a sentence of its own that says what to do next.
        """
        answered: set[type[WalletError]] = {
            *(*RESOLVING, *ACTING, *SCANNED),
            *(ApprovalRefusedError, TerminalUnknownError),
        }
        codes = {each.code for each in answered} - {"IDEMPOTENCY_KEY_MISSING"}
        # the desk asks again by itself
        codes -= {"IDEMPOTENCY_IN_PROGRESS"}

        known = texts.catalogue(language)
        assert set() == {code for code in codes if f"desk.problem.{code}" not in known}

    @pytest.mark.parametrize("language", Language)
    def test_closed_words(self, language):
        """
        Every phase that a script writes has a name.
        """
        said = set(PHASES) - {"awaiting_approval"}
        shown = {
            *(f"desk.say.{name}" for name in said),
            *(f"desk.tender.is_{name}" for name in TENDER_PHASES),
            *(f"desk.visit.is_{name}" for name in VISIT_PHASES if name != "registering"),
            *(f"desk.scene.{scene.value}" for scene in SCENES),
        }

        assert set() == shown - set(texts.catalogue(language))

    def test_every_text_that_scripts_use(self):
        """
        Whatever a script of the desk asks for by its whole key is there.
        """
        folder = texts.files("wallet.pages").joinpath("assets/desk")
        used = {
            key
            for script in folder.iterdir()
            for key in re.findall(r'\bt\("([a-z_.]+)"', script.read_text())
        }

        assert used
        assert set() == used - set(texts.catalogue(Language.EN))


class TestFirstView:
    async def test_is_small(self, browser):
        """
        All that a browser fetches before the desk can be used is less than 100 kB.
        """
        page = await browser.client.get("/desk")
        names = set(re.findall(r'(?:href|src)="(/assets/[^"]+\.(?:css|js))"', page.text))
        sizes = [len((await browser.client.get(name)).content) for name in names]

        assert len(names) > 20
        assert len(page.content) + sum(sizes) < 100_000

    async def test_is_packed(self, browser):
        """
        A file goes out in gzip to whoever takes it, and as it is to whoever does not.
        """
        page = await browser.client.get("/desk")
        name = re.search(r'/assets/[^"]+/desk/desk.js', page.text)[0]
        packed = await browser.client.get(name)
        plain = await browser.client.get(name, headers={"accept-encoding": "identity"})

        assert ("gzip", None) == tuple(
            each.headers.get("content-encoding") for each in (packed, plain)
        )
        assert packed.content == plain.content
