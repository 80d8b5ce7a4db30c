"""
What the till shows, with one flaw if it is told to.
"""

from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec
from aiohttp import web

from integrations.conformance import Refusal, Safe, Unsafe, Validation, serving
from integrations.spi import (
    CancelCharge,
    Charge,
    PartyView,
    Purpose,
    Query,
    Scene,
    SecureRequest,
    ValidateRequest,
)
from tests.unit.integrations.conformance.till.plugin import KEY

CARD = "card-of-li-ming"


class TillExhibit:
    def __init__(self, flaw=""):
        self.flaw = flaw
        name = (
            "gone.md" if flaw == "no_page" else "short.md" if flaw == "short_page" else "page.md"
        )
        self.page = Path(__file__).parent / name

    @asynccontextmanager
    async def start(self, _clock):
        stage = TillStage(self.flaw)
        app = web.Application()
        app.router.add_post("/", stage.serve)
        async with serving(app) as sandbox:
            stage.address = sandbox.address
            yield stage


class TillStage:
    def __init__(self, flaw):
        self.flaw = flaw
        self.paid = []
        self.strange = False

    async def serve(self, request):
        body = await request.json()
        if body["op"] == "card":
            known = body["card"] == CARD
            answer = {"status": "known" if known else "unknown", "balance_minor": 5, "name": CARD}
        elif body["op"] == "find":
            answer = {"status": "paid" if body["id"] in self.paid else "unknown"}
        elif self.strange:
            answer = {"status": "quantum"}
        elif body["id"] in self.paid:
            answer = {"status": "again"}
        else:
            self.paid.append(body["id"])
            answer = {"status": "paid", "name": CARD}
        return web.json_response(answer)

    def settings(self, base_url):
        return msgspec.json.encode({"url": f"{base_url}/", "key": KEY})

    def party(self, _base_url):
        return PartyView(id="p", name="示范市第一人民医院", kind="hospital")

    def secret_keys(self):
        return (KEY,)

    def personal(self):
        return () if self.flaw == "names_nobody" else (CARD,)

    @property
    def validations(self):
        async def known(bench):
            return self.verdict(bench, CARD)

        async def unknown(bench):
            return self.verdict(bench, "nobody")

        cases = (Validation("", known), Validation("UNKNOWN_CARD", unknown))
        return cases[1:] if self.flaw == "nothing_valid" else cases

    @property
    def refusals(self):
        async def cancel(bench):
            request = CancelCharge(original="T1")
            return bench.integration.prepare(request, b"", bench.numbers(), bench.party)

        expect = "UNKNOWN_CARD" if self.flaw == "wrong_expectation" else "NOT_OFFERED"
        return (Refusal(expect, cancel),)

    @property
    def safe(self):
        async def secure(bench):
            request = SecureRequest(
                subject=CARD, amount_minor=5, party=bench.party, now=bench.clock()
            )
            return partial(bench.integration.secure, request)

        async def query(bench):
            prepared = bench.integration.prepare(self.charge(), b"", bench.numbers(), bench.party)
            question = Query(prepared=prepared, continuation=b"", now=bench.clock())
            return partial(bench.integration.query, question, bench.party)

        async def statement(bench):
            return partial(bench.integration.statement, bench.clock().date(), bench.party)

        cases = (Safe("secure", secure), Safe("query", query), Safe("statement", statement))
        return cases[1:] if self.flaw == "unshown_method" else cases

    @property
    def unsafe(self):
        async def request(_bench):
            return self.charge(), b""

        async def effects(prepared):
            return sum(each.startswith(prepared.reference) for each in self.paid)

        async def unlisted():
            self.strange = True

        case = Unsafe(name="charge", request=request, effects=effects, unlisted=unlisted)
        return () if self.flaw == "unshown_unsafe" else (case,)

    def charge(self):
        return Charge(subject=CARD, amount_minor=5, hospital="示范市第一人民医院", terminal="T")

    def verdict(self, bench, subject):
        return ValidateRequest(
            subject=subject,
            purpose=Purpose.PAYMENT,
            scene=Scene.OUTPATIENT_SETTLEMENT,
            party=bench.party,
            now=bench.clock(),
        )
