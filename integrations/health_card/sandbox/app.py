"""
The health-card sandbox as a web application.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from aiohttp import web

from integrations.health_card.sandbox.answers import Datas, Refusal
from integrations.health_card.sandbox.books import ID_CARD, Books, seeded_people
from integrations.health_card.sandbox.calls import Call, Method
from integrations.health_card.sandbox.cards import (
    activate,
    create,
    has_registered,
    modify,
    person_info,
)
from integrations.health_card.sandbox.envelope import Envelope, admit, answer, parse
from integrations.health_card.sandbox.qr import dynamic_code, static_code
from integrations.health_card.sandbox.settings import HealthCardSandboxSettings
from integrations.health_card.sandbox.showing import active_code, person_info_by_code, report_use
from integrations.sandboxing import (
    REQUEST_KINDS,
    Fault,
    FaultKind,
    FaultMenu,
    add_control_routes,
    answer_under_fault,
    json_answer,
)

METHODS: dict[str, Method] = {
    "createVmcardQRcode": create,
    "activateVmcardQRcode": activate,
    "queryIfHasRegistered": has_registered,
    "modifyVmcardInfo": modify,
    "getPersonInfo": person_info,
    "getActiveQrCode": active_code,
    "getPersonInfoByQrCode": person_info_by_code,
    "reportHISData": report_use,
}
KNOWN_METHODS = frozenset(METHODS)
ISSUER = "440000"


class Minting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Whose code is wanted, by identity number; `printed` for the lasting one.
    """

    id_number: str
    printed: bool = False


def create_app(
    settings: HealthCardSandboxSettings, now: Callable[[], datetime]
) -> web.Application:
    """
    The sandbox: `POST /` and `POST /api/do`, and `/_sandbox/`.

    `now` tells the time as an aware UTC datetime.
    """
    platform = Platform(settings, now)
    app = web.Application()
    app.router.add_post("/", platform.serve)
    app.router.add_post("/api/do", platform.serve)
    app.router.add_post("/_sandbox/qr", platform.mint)
    add_control_routes(app, platform.menu, platform.shown_books)
    return app


class Platform:
    """
    All state of one running sandbox. `lock` is held around each change of the books.
    """

    def __init__(self, settings: HealthCardSandboxSettings, now: Callable[[], datetime]) -> None:
        self.settings = settings
        self.now = now
        self.menu = FaultMenu()
        self.books = Books(seeded_people(), ISSUER)
        self.lock = asyncio.Lock()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """
        Answer one request of the interface.
        """
        envelope = parse(await request.read())
        method = envelope.method if isinstance(envelope, Envelope) else ""
        fault = self.menu.take(method, among=REQUEST_KINDS)

        async def process() -> web.StreamResponse:
            now = self.now()
            async with self.lock:
                result = self._result(envelope, fault, now)
            app_id = envelope.app_id if isinstance(envelope, Envelope) else ""
            app = next((app for app in self.settings.apps if app.app_id == app_id), None)
            spoil = fault is not None and fault.kind is FaultKind.WRONG_SIGNATURE
            return json_answer(answer(result, app, self.settings, now, spoil=spoil))

        return await answer_under_fault(request, fault, process)

    async def mint(self, request: web.Request) -> web.Response:
        """
        `POST /_sandbox/qr` (`Minting`): a code as the person's phone or paper shows it.
        """
        try:
            form = msgspec.json.decode(await request.read(), type=Minting)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        card = self.books.find(ID_CARD, form.id_number)
        if card is None:
            raise web.HTTPNotFound(text="no card of that number")
        if form.printed:
            return json_answer({"qrCode": static_code(card, self.settings)}, status=201)
        now = self.now()
        expires_at = now + timedelta(seconds=self.settings.qr_life_seconds)
        code = dynamic_code(self.books, card, self.settings, now)
        return json_answer({"qrCode": code, "expires_at": expires_at}, status=201)

    def shown_books(self) -> dict[str, Any]:
        """
        The platform's books as plain values: cards, scans and reports of use.
        """
        return {
            "cards": [
                {
                    "erhc_card_no": card.erhc_card_no,
                    "empi": card.empi,
                    "id_number": card.id_number,
                    "phone": card.phone,
                    "details": card.details,
                    "claimed_by": sorted(card.claimed_by),
                }
                for card in self.books.cards.values()
            ],
            "scans": self.books.scans,
            "reports": list(self.books.reports),
        }

    def _result(
        self, envelope: Envelope | Refusal, fault: Fault | None, now: datetime
    ) -> Datas | Refusal:
        if isinstance(envelope, Refusal):
            return envelope
        call = admit(self.books, envelope, self.settings, KNOWN_METHODS, now)
        if isinstance(call, Refusal):
            return call
        return self._do(call, fault)

    def _do(self, call: Call, fault: Fault | None) -> Datas | Refusal:
        method = METHODS[call.method]
        if fault is not None and fault.kind is FaultKind.ANSWER:
            if fault.processed:
                method(self.books, call)
            return Refusal(fault.code or "9999")
        if fault is not None and fault.kind is FaultKind.LIE:
            return method(self.books.copy(), call)
        return method(self.books, call)
