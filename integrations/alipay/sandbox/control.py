"""
What the sandbox lets a test or a demonstration do in the place of a person with a phone.
"""

from datetime import timedelta
from typing import Any, Literal, TypeVar

import msgspec
from aiohttp import web

from integrations.alipay.sandbox.advancing import advance, decide
from integrations.alipay.sandbox.agreeing import Signing, end, sign
from integrations.alipay.sandbox.books import Barcode, Books, Decision, Fen, Trade
from integrations.alipay.sandbox.paying import settle
from integrations.alipay.sandbox.platform import Platform
from integrations.sandboxing import json_answer

Form = TypeVar("Form", bound=msgspec.Struct)


class Minting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    Whose payment code is wanted.
    """

    person: str


class Deciding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    How the buyer decides; `late` makes even a closed trade paid, as a delayed bank answer does.
    """

    late: bool = False


class PersonChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    What is to change about a person.
    """

    balance_fen: Fen | msgspec.UnsetType = msgspec.UNSET
    password_free_fen: Fen | msgspec.UnsetType = msgspec.UNSET
    asks_buyer: Literal["never", "over_limit", "always"] | msgspec.UnsetType = msgspec.UNSET
    decides_after_seconds: int | msgspec.UnsetType | None = msgspec.UNSET
    decision: Decision | msgspec.UnsetType = msgspec.UNSET


def add_person_routes(app: web.Application, platform: Platform) -> None:
    """
    Add the routes that play a person.

    - `POST /_sandbox/barcodes` `{person}`: a fresh payment code.
    - `POST /_sandbox/agreements` (`Signing`): the person signs; 409 when one is live.
    - `POST /_sandbox/agreements/{agreement_no}/{stop|resume|unsign}`.
    - `POST /_sandbox/trades/{out_trade_no}/{confirm|decline}`: the person at the password page.
    - `PATCH /_sandbox/people/{key}` (`PersonChange`): another balance, limit or habit.
    """
    routes = _PersonRoutes(platform)
    app.router.add_post("/_sandbox/barcodes", routes.mint)
    app.router.add_post("/_sandbox/agreements", routes.sign)
    app.router.add_post("/_sandbox/agreements/{number}/{change:stop|resume|unsign}", routes.change)
    app.router.add_post("/_sandbox/trades/{number}/{decision:confirm|decline}", routes.decide)
    app.router.add_patch("/_sandbox/people/{key}", routes.alter)


def books_of(platform: Platform) -> dict[str, Any]:
    """
    The platform's books as plain values: trades, refunds, agreements, people; amounts in fen.
    """
    books = platform.books
    advance(books, platform.now())
    platform.notify()
    return {
        "trades": [_trade_row(trade) for trade in books.trades.values()],
        "refunds": [
            {
                "app_id": trade.app_id,
                "out_trade_no": trade.out_trade_no,
                "trade_no": trade.trade_no,
                "out_request_no": refund.out_request_no,
                "amount_fen": refund.amount_fen,
                "by": refund.by,
                "refunded_at": refund.refunded_at,
            }
            for trade in books.trades.values()
            for refund in trade.refunds
        ],
        "agreements": list(books.agreements.values()),
        "people": list(books.people.values()),
    }


def _trade_row(trade: Trade) -> dict[str, Any]:
    return {
        "app_id": trade.app_id,
        "out_trade_no": trade.out_trade_no,
        "trade_no": trade.trade_no,
        "status": trade.status,
        "person": trade.person,
        "total_fen": trade.total_fen,
        "paid_fen": trade.total_fen if trade.paid_at is not None else 0,
        "refunded_fen": trade.refunded_fen,
        "agreement_no": trade.agreement_no,
        "created_at": trade.created_at,
        "paid_at": trade.paid_at,
    }


class _PersonRoutes:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def mint(self, request: web.Request) -> web.Response:
        form = await _form(request, Minting)
        books, now = self._platform.books, self._platform.now()
        _must_know(books, form.person)
        number = f"28{int(now.timestamp()) % 10**10:010d}{books.next_number() % 10**6:06d}"
        life = timedelta(seconds=self._platform.settings.barcode_life_seconds)
        code = Barcode(auth_code=number, person=form.person, expires_at=now + life)
        books.barcodes[number] = code
        return json_answer({"auth_code": number, "expires_at": code.expires_at}, status=201)

    async def sign(self, request: web.Request) -> web.Response:
        form = await _form(request, Signing)
        _must_know(self._platform.books, form.person)
        app_id = form.app_id or self._platform.settings.apps[0].app_id
        if app_id not in self._platform.registered:
            raise web.HTTPNotFound(text="no such application")
        async with self._platform.lock:
            agreement = sign(self._platform.books, form, app_id, self._platform.now())
            self._platform.notify()
        if agreement is None:
            raise web.HTTPConflict(text="the person has a live agreement of this kind")
        return json_answer(agreement, status=201)

    async def change(self, request: web.Request) -> web.Response:
        books = self._platform.books
        async with self._platform.lock:
            agreement = books.agreements.get(request.match_info["number"])
            if agreement is None:
                raise web.HTTPNotFound(text="no such agreement")
            match request.match_info["change"]:
                case "unsign":
                    end(books, agreement)
                case change:
                    agreement = msgspec.structs.replace(
                        agreement, status="STOP" if change == "stop" else "NORMAL"
                    )
                    books.agreements[agreement.agreement_no] = agreement
            self._platform.notify()
        return json_answer(agreement)

    async def decide(self, request: web.Request) -> web.Response:
        form = await _form(request, Deciding) if request.can_read_body else Deciding()
        app_id = request.query.get("app_id") or self._platform.settings.apps[0].app_id
        books, now = self._platform.books, self._platform.now()
        async with self._platform.lock:
            advance(books, now)
            trade = books.find(app_id, request.match_info["number"])
            if trade is None:
                raise web.HTTPNotFound(text="no such trade")
            confirms = request.match_info["decision"] == "confirm"
            if trade.status == "WAIT_BUYER_PAY":
                trade = decide(books, trade, "confirm" if confirms else "decline", now)
            elif form.late and confirms and trade.paid_at is None:
                trade = settle(books, trade, now)
            else:
                raise web.HTTPConflict(text=f"the trade is {trade.status}")
            self._platform.notify()
        return json_answer(_trade_row(trade))

    async def alter(self, request: web.Request) -> web.Response:
        form = await _form(request, PersonChange)
        people = self._platform.books.people
        _must_know(self._platform.books, request.match_info["key"])
        changes = {
            name: value
            for name, value in msgspec.structs.asdict(form).items()
            if value is not msgspec.UNSET
        }
        person = msgspec.structs.replace(people[request.match_info["key"]], **changes)
        people[person.key] = person
        return json_answer(person)


async def _form(request: web.Request, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(await request.read(), type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise web.HTTPBadRequest(text=str(error)) from error


def _must_know(books: Books, person: str) -> None:
    if person not in books.people:
        raise web.HTTPNotFound(text="no such person")
