"""
Alipay's own books: people, payment codes, agreements, trades and refunds. Amounts are fen.
"""

from datetime import datetime
from importlib import resources
from typing import Annotated, Literal

import msgspec

Decision = Literal["confirm", "decline"]
TradeStatus = Literal["WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"]
AgreementStatus = Literal["NORMAL", "STOP"]
TradeKey = tuple[str, str]
"""The application and its own number for the trade."""
Fen = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A buyer and how he pays.

    `asks_buyer` says when the cashier page asks: never, above `password_free_fen`, or always,
    which then holds for charges by agreement too. `decides_after_seconds` answers the question by
    itself after that time; without it somebody has to.
    """

    key: str
    user_id: str
    logon_id: str
    balance_fen: Fen
    password_free_fen: Fen = 100_000
    asks_buyer: Literal["never", "over_limit", "always"] = "over_limit"
    decides_after_seconds: Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None = None
    decision: Decision = "confirm"


class Barcode(msgspec.Struct, frozen=True, kw_only=True):
    """
    A payment code on somebody's screen; void after one use and after `expires_at`.
    """

    auth_code: str
    person: str
    expires_at: datetime
    used: bool = False


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """
    A person's agreement that one application may charge without asking; NORMAL or STOP.
    """

    agreement_no: str
    app_id: str
    person: str
    external_agreement_no: str
    personal_product_code: str
    sign_scene: str
    status: AgreementStatus
    single_limit_fen: int | None
    signed_at: datetime
    invalid_at: datetime
    notify_url: str | None


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """
    One refund of a trade, by the merchant's own request number.
    """

    out_request_no: str
    amount_fen: int
    refunded_at: datetime
    by: Literal["refund", "cancel"]


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """
    One trade; `closes_at` is when it closes by itself while it waits for the buyer.
    """

    app_id: str
    out_trade_no: str
    trade_no: str
    subject: str
    total_fen: int
    person: str
    status: TradeStatus
    created_at: datetime
    closes_at: datetime
    decides_at: datetime | None = None
    decision: Decision = "confirm"
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    auth_code: str | None = None
    agreement_no: str | None = None
    notify_url: str | None = None
    refunds: tuple[Refund, ...] = ()

    @property
    def refunded_fen(self) -> int:
        """
        What was refunded so far.
        """
        return sum(refund.amount_fen for refund in self.refunds)


class TradeNotice(msgspec.Struct, frozen=True):
    """
    A merchant is to be told of a trade as it now is, and of the refund that changed it.
    """

    trade: Trade
    refund: Refund | None = None


class AgreementNotice(msgspec.Struct, frozen=True):
    """
    A merchant is to be told that an agreement was signed or ended.
    """

    agreement: Agreement
    ended: bool


Notice = TradeNotice | AgreementNotice


class BillLink(msgspec.Struct, frozen=True, kw_only=True):
    """
    A link to one day's statement, `yyyy-MM-dd` in China; it dies soon.
    """

    app_id: str
    day: str
    expires_at: datetime


class Books:
    """
    The state of the platform. Rows are immutable, so that a copy is cheap.
    """

    def __init__(self, people: tuple[Person, ...]) -> None:
        self.people = {person.key: person for person in people}
        self.barcodes: dict[str, Barcode] = {}
        self.agreements: dict[str, Agreement] = {}
        self.trades: dict[TradeKey, Trade] = {}
        self.waiting: set[TradeKey] = set()
        self.numbers: dict[str, TradeKey] = {}
        """The trades by Alipay's own number."""
        self.never: set[TradeKey] = set()
        """Numbers that were cancelled before any payment with them arrived."""
        self.bill_links: dict[str, BillLink] = {}
        self.outbox: list[Notice] = []
        self.sequence = 0

    def copy(self) -> "Books":
        """
        Books that can be written in without touching these.
        """
        copied = Books(tuple(self.people.values()))
        copied.barcodes = dict(self.barcodes)
        copied.agreements = dict(self.agreements)
        copied.trades = dict(self.trades)
        copied.waiting = set(self.waiting)
        copied.numbers = dict(self.numbers)
        copied.never = set(self.never)
        copied.bill_links = dict(self.bill_links)
        copied.sequence = self.sequence
        return copied

    def next_number(self) -> int:
        """
        The next number of the platform's own sequence.
        """
        self.sequence += 1
        return self.sequence

    def write(self, trade: Trade, *, refund: Refund | None = None, told: bool = True) -> Trade:
        """
        Enter a trade as it now is; the merchant is told unless it is still unpaid.
        """
        key = (trade.app_id, trade.out_trade_no)
        self.trades[key] = trade
        self.numbers[trade.trade_no] = key
        if trade.status == "WAIT_BUYER_PAY":
            self.waiting.add(key)
        else:
            self.waiting.discard(key)
        if told and trade.notify_url:
            self.outbox.append(TradeNotice(trade, refund))
        return trade

    def find(
        self, app_id: str, out_trade_no: str | None, trade_no: str | None = None
    ) -> Trade | None:
        """
        A trade of this application, `trade_no` winning over `out_trade_no` as at the partner.
        """
        key = self.numbers.get(trade_no) if trade_no else (app_id, out_trade_no or "")
        return self.trades.get(key) if key is not None and key[0] == app_id else None

    def move_money(self, person_key: str, amount_fen: int) -> None:
        """
        Add to (or, negative, take from) a person's balance.
        """
        person = self.people[person_key]
        self.people[person_key] = msgspec.structs.replace(
            person, balance_fen=person.balance_fen + amount_fen
        )


def seeded_people() -> tuple[Person, ...]:
    """
    The invented people of the demonstration.
    """
    text = resources.files("integrations.alipay.sandbox").joinpath("people.json").read_bytes()
    return msgspec.json.decode(text, type=tuple[Person, ...])
