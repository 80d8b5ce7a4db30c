"""
A till: a payment integration with a wire of its own, and with one flaw if it is told to.
"""

import asyncio
import itertools
from typing import Annotated

import aiohttp
import msgspec
from msgspec import Meta

from integrations.spi import (
    Charge,
    Charged,
    Declined,
    DidNotHappen,
    Exchange,
    Happened,
    InvalidSettingsError,
    Manifest,
    NotSent,
    Prepared,
    Purpose,
    Refused,
    Secured,
    Succeeded,
    Text,
    UnavailableError,
    Undecided,
    Unknown,
    Valid,
)

KEY = "till-key-0123456789"


class TillSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: Annotated[str, Meta(pattern=r"\Ahttp://")]
    key: str


class OpenSettings(msgspec.Struct, frozen=True):
    url: str
    key: str


class SoftSettings(msgspec.Struct, forbid_unknown_fields=True):
    url: str
    key: str


SETTINGS = {"open_settings": OpenSettings, "soft_settings": SoftSettings}


def manifest(flaw):
    return Manifest(
        id="tilt" if flaw == "other_id" else "till",
        spi_version=2 if flaw == "other_version" else 1,
        context="payment",
        title=Text("收银台", "Till"),
        releases={Purpose.PAYMENT: ("balance_minor",)},
        refusals={
            "UNKNOWN_CARD": Text("" if flaw == "no_chinese" else "没有此卡", "No such card"),
            "NOT_OFFERED": Text("不支持", "Not offered"),
        }
        | ({"NEVER_SHOWN": Text("无", "Never shown")} if flaw == "unshown_code" else {})
        | ({"lower": Text("无", "Lower case")} if flaw == "lower_code" else {}),
        foreign_families=("till_qr",) if flaw == "no_decoder" else (),
        credential_purposes=(Purpose.PAYMENT,) if flaw == "no_credentials" else (),
        local=flaw == "claims_local",
        settings=SETTINGS.get(flaw, TillSettings),
    )


class TillPlugin:
    def __init__(self, flaw=""):
        self.flaw = flaw
        self.manifest = manifest(flaw)

    def open(self, environment):
        try:
            settings = msgspec.json.decode(environment.settings, type=TillSettings)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if self.flaw == "settings_fault":
                raise
            if self.flaw == "settings_echo":
                raise InvalidSettingsError(environment.settings.decode()) from None
            raise InvalidSettingsError(type(error).__name__) from None
        if self.flaw == "other_manifest":
            return Till(environment, settings, self.flaw, manifest("unshown_code"))
        return Till(environment, settings, self.flaw, self.manifest)


class Till:
    def __init__(self, environment, settings, flaw, declared):
        self.environment = environment
        self.settings = settings
        self.flaw = flaw
        self.manifest = declared
        self.count = itertools.count(1)
        self.closed = False

    async def close(self):
        if self.flaw == "closes_once" and self.closed:
            raise RuntimeError
        self.closed = True

    def scrub(self, transcript):
        if self.flaw == "scrub_grows":
            return transcript + "."
        if self.flaw == "scrub_nothing":
            return transcript
        return "***" if transcript else ""

    async def validate(self, request):
        try:
            told = await self._ask({"op": "card", "card": request.subject})
        except (aiohttp.ClientError, OSError, UnavailableError):
            if self.flaw == "believes":
                return Valid({})
            if self.flaw == "raises_aiohttp":
                raise
            text = request.subject if self.flaw == "error_names_card" else "card"
            raise UnavailableError(text) from None
        if self.flaw == "noise" and "\x00" in request.subject:
            raise ValueError
        if told["status"] != "known":
            guess = self.flaw == "unlisted_code" and request.subject.startswith("{")
            return Refused("NOBODY_KNOWS" if guess else "UNKNOWN_CARD")
        return self._valid(request, told)

    def _valid(self, request, told):
        fields = {"balance_minor": told["balance_minor"]}
        if self.flaw == "moody":
            fields["balance_minor"] += next(self.count)
        if self.flaw == "releases_more":
            return Valid(fields | {"card": request.subject})
        return Valid(fields if request.purpose is Purpose.PAYMENT else {})

    async def secure(self, request):
        await self._safe({"op": "card", "card": request.subject})
        return Secured(continuation=b"")

    def prepare(self, request, _continuation, numbers, _party):
        if not isinstance(request, Charge):
            return Refused("NOT_OFFERED")
        reference = f"T{numbers.serial}"
        if self.flaw == "impure":
            reference += str(next(self.count))
        body = {"op": "pay", "id": reference, "card": request.subject, "fen": request.amount_minor}
        if self.flaw == "key_in_payload":
            body["key"] = KEY
        operation = "pay" if self.flaw == "other_name" else "charge"
        return Prepared(
            operation=operation, reference=reference, payload=msgspec.json.encode(body)
        )

    async def perform(self, prepared, _party):
        body = self._body(prepared)
        if body is None:
            return NotSent(reason="malformed")
        if self.flaw == "doubles":
            body["id"] += f"-{next(self.count)}"
        denied = Declined(code="UNKNOWN_CARD")
        try:
            told = await self._ask(body)
        except (aiohttp.ClientError, OSError, UnavailableError):
            told = {"status": "lost"}
        if told["status"] == "lost":
            guesses = {"gives_up": denied, "denies_lost": denied, "assumes": self._done(body)}
            return guesses.get(self.flaw, Unknown(reason="no answer"))
        if told["status"] == "again" and self.flaw == "denies_repeat":
            return denied
        if told["status"] in {"paid", "again"} or self.flaw == "unlisted_is_done":
            return self._done(body)
        return Unknown(reason=told["status"])

    def _body(self, prepared):
        try:
            body = msgspec.json.decode(prepared.payload)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return body if isinstance(body, dict) and "id" in body else None

    async def query(self, query, _party):
        if self.flaw == "query_denies":
            return DidNotHappen(code="UNKNOWN_CARD")
        body = self._body(query.prepared)
        if body is None:
            return Undecided(reason="malformed")
        told = await self._safe({"op": "find", "id": body["id"]})
        if told["status"] == "paid" or self.flaw == "query_assumes":
            done = self._done(body)
            return Happened(result=done.result, continuation=b"")
        return Undecided(reason="not there")

    async def statement(self, _day, _party):
        await self._safe({"op": "find", "id": ""})
        return ()

    def _done(self, body):
        charged = Charged(
            amount_minor=body.get("fen", 0), provider_reference="", at=self.environment.now()
        )
        return Succeeded(result=charged, continuation=b"")

    async def _safe(self, body):
        try:
            return await self._ask(body)
        except (aiohttp.ClientError, OSError):
            raise UnavailableError(body["op"]) from None

    async def _ask(self, body):
        seconds = 60 if self.flaw == "patient" else 1
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(self.settings.url, json=body) as response,
        ):
            text = await response.text()
        await asyncio.sleep(0)
        try:
            told = msgspec.json.decode(text, type=dict[str, str | int])
        except msgspec.DecodeError:
            raise UnavailableError("malformed") from None
        shown = text if self.flaw == "observes_raw" else self.scrub(text)
        exchange = Exchange(
            integration="till",
            operation=str(body["op"]),
            reference="",
            request=shown,
            response=shown,
            result="",
            milliseconds=0,
        )
        if self.flaw != "observes_nothing":
            self.environment.observe(exchange)
        return told
