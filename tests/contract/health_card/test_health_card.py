"""
The health card against the running sandbox, over real HTTP.
"""

import secrets
from datetime import UTC, date, datetime, timedelta

import aiohttp
import msgspec
import pytest
from aiohttp.test_utils import TestServer

from integrations.health_card.plugin import HealthCardPlugin
from integrations.health_card.sandbox import create_app, default_settings
from integrations.spi import (
    Decoded,
    DecodeRequest,
    Environment,
    Linked,
    LinkRequest,
    PartyView,
    Person,
    PersonKey,
    Proved,
    Purpose,
    Refused,
    ScannedCode,
    Scene,
    UnavailableError,
    Unlinked,
    Valid,
    ValidateRequest,
)

LI = Person(
    name="李明",
    document_type=PersonKey.ID_CARD,
    document_number="440104198807213314",
    phone="13800138001",
)
ZHOU = Person(name="周杰", document_type=PersonKey.ID_CARD, document_number="440112198304075175")


class Platform:
    """
    The sandbox with its clock, and the plugin opened towards it.
    """

    def __init__(self):
        self.settings = default_settings()
        self.at = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
        self.exchanges = []

    def now(self):
        return self.at

    async def post(self, path, body):
        async with self.http.post(self.server.make_url(path), json=body) as response:
            return await response.json(content_type=None)

    async def books(self):
        async with self.http.get(self.server.make_url("/_sandbox/books")) as response:
            return await response.json()

    def application(self):
        app = self.settings.apps[0]
        return {
            "app_id": app.app_id,
            "key": app.key,
            "org_code": app.org_code,
            "app_record_no": app.app_record_no,
        }

    def environment(self):
        own = {"url": str(self.server.make_url("/")), "application": self.application()}
        return Environment(
            settings=msgspec.json.encode(own),
            now=self.now,
            token=secrets.token_bytes,
            observe=self.exchanges.append,
        )

    def party(self):
        profile = {"application": self.application(), "terminal_code": "T0001"}
        return PartyView(id="p", name="n", kind="hospital", profile=msgspec.json.encode(profile))

    async def link(self, person):
        return await self.card.link(LinkRequest(person=person, reference="R", now=self.at))

    async def validate(self, subject, purpose):
        return await self.card.validate(
            ValidateRequest(
                subject=subject,
                purpose=purpose,
                scene=Scene.CONSULTATION,
                party=self.party(),
                now=self.at,
            )
        )

    async def decode(self, text, scene=Scene.CONSULTATION):
        return await self.card.decode(
            DecodeRequest(
                code=ScannedCode(family="health_card", text=text),
                purpose=Purpose.IDENTIFICATION,
                scene=scene,
                party=self.party(),
                now=self.at,
            )
        )


@pytest.fixture
async def platform():
    platform = Platform()
    app = create_app(platform.settings, platform.now)
    async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as http:
        platform.server, platform.http = server, http
        platform.card = HealthCardPlugin().open(platform.environment())
        yield platform
        await platform.card.close()


class TestLink:
    async def test_converges(self, platform):
        """
        Applying twice gives one card.
        """
        before = len((await platform.books())["cards"])

        first, second = await platform.link(ZHOU), await platform.link(ZHOU)

        assert isinstance(first, Linked)
        assert first == second
        assert before + 1 == len((await platform.books())["cards"])

    async def test_unlink(self, platform):
        """
        Giving up the binding leaves the person's card alone.
        """
        linked = await platform.link(LI)

        assert Unlinked() == await platform.card.unlink(linked.subject)
        assert isinstance(await platform.validate(linked.subject, Purpose.PAYMENT), Valid)


class TestProve:
    async def test_records_agree(self, platform):
        """
        Name and document that belong together are proved by the records.
        """
        assert Proved(level=1) == await platform.card.prove(LI)

    async def test_without_a_card(self, platform):
        """
        Somebody without a card is not proved.
        """
        assert Refused("NOT_REGISTERED") == await platform.card.prove(ZHOU)


class TestValidate:
    async def test_by_purpose(self, platform):
        """
        The card's number and index are shown for registration alone.
        """
        linked = await platform.link(LI)
        names = msgspec.json.decode(linked.subject)

        shown = {
            purpose: (await platform.validate(linked.subject, purpose)).fields
            for purpose in Purpose
        }

        masked = {"card_no": f"****{names['erhc_card_no'][-4:]}"}
        assert {
            Purpose.IDENTIFICATION: masked,
            Purpose.REGISTRATION: masked | names,
            Purpose.SETTLEMENT: masked,
            Purpose.PAYMENT: {},
        } == shown

    @pytest.mark.parametrize("kind", ["wrong_signature", "cut_before_response", "answer"])
    async def test_fault(self, platform, kind):
        """
        An answer that cannot be trusted is no verdict.
        """
        linked = await platform.link(LI)
        await platform.post("/_sandbox/faults", {"kind": kind})

        with pytest.raises(UnavailableError):
            await platform.validate(linked.subject, Purpose.IDENTIFICATION)

    async def test_clock(self, platform):
        """
        A platform that finds our clock wrong is unavailable, not a refusal.
        """
        linked = await platform.link(LI)
        platform.card._client._environment = msgspec.structs.replace(
            platform.environment(), now=lambda: platform.at - timedelta(hours=1)
        )

        with pytest.raises(UnavailableError):
            await platform.validate(linked.subject, Purpose.IDENTIFICATION)


class TestDecode:
    async def shown(self, platform, **changes):
        body = {"id_number": LI.document_number} | changes
        return (await platform.post("/_sandbox/qr", body))["qrCode"]

    async def test_says_who(self, platform):
        """
        A shown code names the person, and the subject that linking would give.
        """
        linked = await platform.link(LI)

        decoded = await platform.decode(await self.shown(platform))

        person = msgspec.structs.replace(LI, birth_date=date(1988, 7, 21), sex="M")
        assert Decoded(person=person, subject=linked.subject) == decoded

    async def test_once_in_each_step(self, platform):
        """
        A code serves each step of care once.
        """
        text = await self.shown(platform)

        assert isinstance(await platform.decode(text), Decoded)
        assert Refused("CODE_USED") == await platform.decode(text)
        again = await platform.decode(text, Scene.OUTPATIENT_SETTLEMENT)
        assert isinstance(again, Decoded)
        steps = [scan["med_step_code"] for scan in (await platform.books())["scans"]]
        assert ["010102", "010105"] == steps

    async def test_too_old(self, platform):
        """
        A code that is too old is refused; a printed one lasts.
        """
        text, printed = await self.shown(platform), await self.shown(platform, printed=True)
        platform.at += timedelta(minutes=10)

        assert Refused("CODE_EXPIRED") == await platform.decode(text)
        assert isinstance(await platform.decode(printed), Decoded)
