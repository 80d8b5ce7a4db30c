"""
The HTTP server: routes, one lock around each state change, faults.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from aiohttp import web

from integrations.nhsa.sandbox.books import Books
from integrations.nhsa.sandbox.calls import Output, Platform, Transaction
from integrations.nhsa.sandbox.catalogue import catalogue
from integrations.nhsa.sandbox.control import ControlDesk
from integrations.nhsa.sandbox.electronic import (
    decode_answer,
    grant_answer,
    grant_token,
    query_code,
)
from integrations.nhsa.sandbox.envelope import Reply, open_envelope, seal_reply
from integrations.nhsa.sandbox.faulting import (
    bare_error,
    distinct_infcodes,
    forged_signature,
    work_under_fault,
)
from integrations.nhsa.sandbox.gateway import GatewayRefusal, TifGateway
from integrations.nhsa.sandbox.ledger import show_books
from integrations.nhsa.sandbox.people import PersonRegister, cast
from integrations.nhsa.sandbox.queries import (
    query_settlements,
    query_visits,
    sign_in,
    statement,
)
from integrations.nhsa.sandbox.refusals import (
    INFNO_MISMATCH,
    INFNO_UNKNOWN,
    INSTITUTION_MISMATCH,
    Refusal,
)
from integrations.nhsa.sandbox.settings import Institution, NhsaSandboxSettings
from integrations.nhsa.sandbox.settlements import pre_settle, settle_bill
from integrations.nhsa.sandbox.undoing import cancel_settlement, reverse
from integrations.nhsa.sandbox.uploads import cancel_upload, upload_fees
from integrations.nhsa.sandbox.visits import (
    cancel_registration,
    person_info,
    register,
    upload_details,
)
from integrations.nhsa.sandbox.wire import CHINA, parse_object
from integrations.sandboxing import (
    REQUEST_KINDS,
    Fault,
    FaultMenu,
    add_control_routes,
    answer_under_fault,
)

TIF_PATH = "/fsi/api/"
SINGLE_PATH = "/hss-call-service-interface"
EC_PATH = "/ec/query"
GRANT_PATH = "/grant/ectoken"
BODY_LIMIT = 512 * 1024

TRANSACTIONS: Mapping[str, Transaction] = {
    "1101": person_info,
    "2201": register,
    "2202": cancel_registration,
    "2203": upload_details,
    "2204": upload_fees,
    "2205": cancel_upload,
    "2206": pre_settle,
    "2207": settle_bill,
    "2208": cancel_settlement,
    "2601": reverse,
    "3202": statement,
    "5201": query_visits,
    "5203": query_settlements,
    "9001": sign_in,
}
_INFNO = re.compile(r"[0-9A-Za-z]{4}")


def create_app(settings: NhsaSandboxSettings, now: Callable[[], datetime]) -> web.Application:
    """
    The sandbox as an aiohttp application.

    `now` gives the platform's time as an aware instant; what people have used this year counts
    for the year in which the application is made.
    """
    server = SandboxServer(settings, now)
    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_post(TIF_PATH + "{infno}", server.tif)
    app.router.add_post(SINGLE_PATH, server.single)
    app.router.add_post(EC_PATH, server.ec_query)
    app.router.add_post(GRANT_PATH, server.grant)
    add_control_routes(app, server.menu, lambda: show_books(server.platform.books))
    app.add_routes(ControlDesk(server.platform, now).routes())
    return app


def _http_answer(value: Output, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value), content_type="application/json", status=status
    )


def _turned_away(refusal: GatewayRefusal) -> web.Response:
    return _http_answer({"code": refusal.code, "message": refusal.message, "data": None}, 401)


class SandboxServer:
    """
    The platform behind its gateways.
    """

    def __init__(self, settings: NhsaSandboxSettings, now: Callable[[], datetime]) -> None:
        people = cast() if settings.people is None else settings.people
        self.menu = FaultMenu()
        self.platform = Platform(
            settings, PersonRegister(people), catalogue(), Books(token_key=settings.token_key)
        )
        self.platform.books.seat(people, now().astimezone(CHINA).year)
        self._now = now
        self._lock = asyncio.Lock()
        self._replies = 0
        self._gateway = TifGateway(settings.institutions, settings.skew_seconds)
        self._institutions = {one.fixmedins_code: one for one in settings.institutions}

    async def tif(self, request: web.Request) -> web.StreamResponse:
        """
        A transaction through the TIF gateway: its number is in the address.
        """
        infno = request.match_info["infno"]
        body = parse_object(await request.read())

        def admit() -> Institution | GatewayRefusal:
            return self._gateway.admit(request.headers, self._now())

        return await self._serve(request, infno, body, admit)

    async def single(self, request: web.Request) -> web.StreamResponse:
        """
        A transaction through the single address: its number is in the body only.
        """
        body = parse_object(await request.read())
        infno = "" if isinstance(body, Refusal) else str(body.get("infno", ""))
        return await self._serve(request, infno if _INFNO.fullmatch(infno) else "", body, None)

    async def ec_query(self, request: web.Request) -> web.StreamResponse:
        """
        `ec.query`, the local decoding component (fault operation `ec.query`).
        """
        body = parse_object(await request.read())
        fault = self.menu.take("ec.query", among=REQUEST_KINDS)

        def work(platform: Platform) -> Output | Refusal:
            return body if isinstance(body, Refusal) else query_code(platform, body, self._now())

        async def process() -> web.Response:
            async with self._lock:
                answer = work_under_fault(self.platform, work, fault)
            org_id = "" if isinstance(body, Refusal) else body.get("orgId")
            return bare_error(fault) or _http_answer(decode_answer(answer, org_id))

        return await answer_under_fault(request, fault, process)

    async def grant(self, request: web.Request) -> web.StreamResponse:
        """
        The regional grant, signed like the TIF gateway (fault operation `grant.ectoken`).
        """
        body = parse_object(await request.read())
        fault = self.menu.take("grant.ectoken", among=REQUEST_KINDS)

        async def process() -> web.Response:
            async with self._lock:
                now = self._now()
                institution = self._gateway.admit(request.headers, now)
                if isinstance(institution, GatewayRefusal):
                    return _turned_away(institution)

                def work(platform: Platform) -> Output | Refusal:
                    if isinstance(body, Refusal):
                        return body
                    return grant_token(platform, institution, body, now)

                answer = work_under_fault(self.platform, work, fault)
            return bare_error(fault) or _http_answer(grant_answer(answer))

        return await answer_under_fault(request, fault, process)

    async def _serve(
        self,
        request: web.Request,
        infno: str,
        body: dict[str, object] | Refusal,
        admit: Callable[[], Institution | GatewayRefusal] | None,
    ) -> web.StreamResponse:
        fault = self.menu.take(infno, among=REQUEST_KINDS)

        async def process() -> web.Response:
            async with self._lock:
                sender = admit() if admit else None
                if isinstance(sender, GatewayRefusal):
                    return _turned_away(sender)
                return self._transact(infno, body, sender, fault)

        return await answer_under_fault(request, fault, process)

    def _transact(
        self,
        infno: str,
        body: dict[str, object] | Refusal,
        sender: Institution | None,
        fault: Fault | None,
    ) -> web.Response:
        arrived = self._now()
        institution = sender or self._institution_of(body)

        def work(platform: Platform) -> Output | Refusal:
            return self._perform(platform, infno, body, sender, arrived)

        answer = work_under_fault(self.platform, work, fault)
        reply = Reply.to(answer, distinct_infcodes=distinct_infcodes(self.platform, fault))
        self._replies += 1
        sealed = seal_reply(reply, institution, self._replies, (arrived, self._now()))
        return bare_error(fault) or _http_answer(sealed | forged_signature(fault))

    def _perform(
        self,
        platform: Platform,
        infno: str,
        body: dict[str, object] | Refusal,
        sender: Institution | None,
        now: datetime,
    ) -> Output | Refusal:
        if isinstance(body, Refusal):
            return body
        call = open_envelope(body, self._institutions, platform.settings, platform.books, now)
        if isinstance(call, Refusal):
            return call
        foreign = call.institution != sender if sender else call.institution.profile != "single"
        if foreign:
            return INSTITUTION_MISMATCH
        if call.infno != infno:
            return INFNO_MISMATCH
        transaction = TRANSACTIONS.get(infno)
        return INFNO_UNKNOWN.about(infno) if transaction is None else transaction(platform, call)

    def _institution_of(self, body: dict[str, object] | Refusal) -> Institution | None:
        code = None if isinstance(body, Refusal) else body.get("fixmedins_code")
        return self._institutions.get(code) if isinstance(code, str) else None
