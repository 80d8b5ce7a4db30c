"""
What the health card's integration shows the conformance suite.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec

from integrations.conformance import (
    Bench,
    Clock,
    Refusal,
    Safe,
    Sandbox,
    Unsafe,
    Validation,
    serving,
)
from integrations.health_card.sandbox import (
    HealthCardSandboxSettings,
    create_app,
    default_settings,
)
from integrations.spi import (
    DecodeRequest,
    LinkRequest,
    PartyView,
    Person,
    PersonKey,
    Purpose,
    ScannedCode,
    Scene,
    ValidateRequest,
)

PAGE = Path(__file__).parents[2] / "docs" / "integrations" / "health-card.md"
CANCELLED = "2007"

LI = Person(
    name="李明",
    document_type=PersonKey.ID_CARD,
    document_number="440104198807213314",
    phone="13800138001",
)
ZHOU = Person(
    name="周杰",
    document_type=PersonKey.ID_CARD,
    document_number="440112198304075175",
    phone="13800138007",
)


class HealthCardExhibit:
    """
    Starts sandboxes that share one set of keys.
    """

    def __init__(self) -> None:
        self._settings = default_settings()

    @property
    def page(self) -> Path:
        """
        The page that documents the integration.
        """
        return PAGE

    @asynccontextmanager
    async def start(self, clock: Clock) -> AsyncIterator["HealthCardStage"]:
        """
        Start the partner afresh.
        """
        async with serving(create_app(self._settings, clock)) as sandbox:
            yield HealthCardStage(self._settings, sandbox)


class HealthCardStage:
    """
    A running sandbox and the cases played on it.
    """

    def __init__(self, settings: HealthCardSandboxSettings, sandbox: Sandbox) -> None:
        self._app = settings.apps[0]
        self._sandbox = sandbox
        self._cards: list[str] = []

    @property
    def address(self) -> str:
        """
        Where the sandbox listens.
        """
        return self._sandbox.address

    def settings(self, base_url: str) -> bytes:
        """
        The demo application; the region's code for a cancelled card is one of its own.
        """
        return msgspec.json.encode(
            {
                "url": f"{base_url}/",
                "application": self._application(),
                "return_codes": {CANCELLED: "CARD_CANCELLED"},
            }
        )

    def party(self, base_url: str) -> PartyView:  # noqa: ARG002 - the address is the deployment's
        """
        The demo hospital.
        """
        return PartyView(
            id="party-1",
            name="示范市第一人民医院",
            kind="hospital",
            profile=self._profile(self._app.terminal_codes[0]),
        )

    def secret_keys(self) -> tuple[str, ...]:
        """
        The application's key.
        """
        return (self._app.key,)

    def personal(self) -> tuple[str, ...]:
        """
        The holders, their cards, and what the platform encrypts of them.
        """
        people = [text for each in (LI, ZHOU) for text in (each.name, each.document_number)]
        return (*people, LI.phone, ZHOU.phone, *self._cards)

    @property
    def validations(self) -> tuple[Validation, ...]:
        """
        Requests for a verdict.
        """

        async def known(bench: Bench) -> ValidateRequest:
            return _verdict(bench, await self._linked(bench))

        async def unknown(bench: Bench) -> ValidateRequest:
            return _verdict(bench, '{"erhc_card_no":"AB","empi":"CD"}')

        async def cancelled(bench: Bench) -> ValidateRequest:
            subject = await self._linked(bench)
            await self._answers("getPersonInfo", CANCELLED)
            return _verdict(bench, subject)

        async def unbound(bench: Bench) -> ValidateRequest:
            return _verdict(bench, "")

        return (
            Validation("", known),
            Validation("NOT_REGISTERED", unknown),
            Validation("CARD_CANCELLED", cancelled),
            Validation("NOT_BOUND", unbound),
        )

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """
        Calls that the platform, or the integration itself, refuses.
        """

        async def proved(bench: Bench) -> object:
            return await bench.integration.prove(msgspec.structs.replace(LI, name="李鸣"))

        async def linked(bench: Bench, **changes: object) -> object:
            changed = msgspec.structs.replace(ZHOU, **changes)
            return await bench.integration.link(_link(bench, changed))

        birth = PersonKey.BIRTH_CERTIFICATE
        return (
            Refusal("NAME_MISMATCH", proved),
            Refusal("NAME_MISMATCH", partial(linked, name="周捷")),
            Refusal("DOCUMENT_INVALID", partial(linked, document_number="440112198304075170")),
            Refusal("DOCUMENT_UNSUPPORTED", partial(linked, document_type=birth)),
            Refusal("CODE_REJECTED", partial(self._decoded, text="0" * 64)),
            Refusal("CODE_EXPIRED", partial(self._decoded, wait=timedelta(minutes=10))),
            Refusal("CODE_USED", partial(self._decoded, times=2)),
            Refusal("TERMINAL_UNKNOWN", partial(self._decoded, terminal="T9999")),
            Refusal("PARTY_NOT_SET_UP", partial(self._decoded, terminal="")),
        )

    @property
    def safe(self) -> tuple[Safe, ...]:
        """
        Calls that change nothing, or converge.
        """

        async def prove(bench: Bench) -> Callable[[], Awaitable[object]]:
            return partial(bench.integration.prove, LI)

        async def link(bench: Bench) -> Callable[[], Awaitable[object]]:
            return partial(bench.integration.link, _link(bench, ZHOU))

        async def unlink(bench: Bench) -> Callable[[], Awaitable[object]]:
            return partial(bench.integration.unlink, await self._linked(bench))

        async def decode(bench: Bench) -> Callable[[], Awaitable[object]]:
            text = await self._shown()
            return partial(bench.integration.decode, _decode(bench, text, bench.party))

        return (
            Safe("prove", prove),
            Safe("link", link),
            Safe("unlink", unlink),
            Safe("decode", decode),
        )

    @property
    def unsafe(self) -> tuple[Unsafe, ...]:
        """
        None: nothing here moves money or settles.
        """
        return ()

    async def _linked(self, bench: Bench) -> str:
        linked = await bench.integration.link(_link(bench, LI))
        subject: str = linked.subject
        self._cards += msgspec.json.decode(subject, type=dict[str, str]).values()
        return subject

    async def _shown(self) -> str:
        body = await self._sandbox.post("/_sandbox/qr", {"id_number": LI.document_number})
        text: str = body["qrCode"]
        self._cards.append(text)
        return text

    async def _decoded(
        self,
        bench: Bench,
        *,
        text: str = "",
        terminal: str = "T0001",
        wait: timedelta = timedelta(),
        times: int = 1,
    ) -> object:
        profile = self._profile(terminal) if terminal else b""
        party = msgspec.structs.replace(bench.party, profile=profile)
        request = _decode(bench, text or await self._shown(), party)
        bench.clock.advance(wait)
        for _ in range(times - 1):
            await bench.integration.decode(request)
        return await bench.integration.decode(request)

    async def _answers(self, method: str, code: str) -> None:
        fault = {"kind": "answer", "operation": method, "code": code, "times": 0}
        await self._sandbox.post("/_sandbox/faults", fault)

    def _application(self) -> dict[str, str]:
        return {
            "app_id": self._app.app_id,
            "key": self._app.key,
            "org_code": self._app.org_code,
            "app_record_no": self._app.app_record_no,
        }

    def _profile(self, terminal: str) -> bytes:
        return msgspec.json.encode({"application": self._application(), "terminal_code": terminal})


def exhibit() -> HealthCardExhibit:
    """
    What the conformance suite asks for.
    """
    return HealthCardExhibit()


def _verdict(bench: Bench, subject: str) -> ValidateRequest:
    return ValidateRequest(
        subject=subject,
        purpose=Purpose.REGISTRATION,
        scene=Scene.OUTPATIENT_REGISTRATION,
        party=bench.party,
        now=bench.clock(),
    )


def _link(bench: Bench, person: Person) -> LinkRequest:
    return LinkRequest(person=person, reference="REF1", now=bench.clock())


def _decode(bench: Bench, text: str, party: PartyView) -> DecodeRequest:
    return DecodeRequest(
        code=ScannedCode(family="health_card", text=text),
        purpose=Purpose.IDENTIFICATION,
        scene=Scene.CONSULTATION,
        party=party,
        now=bench.clock(),
    )
