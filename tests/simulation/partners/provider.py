"""A payment provider by its own rules: trades, buyers who type passwords, refunds.

The same number is the same trade. A cancel closes a trade, gives its money back, or keeps a number
that was never paid with from ever being paid with.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

OPEN_FOR = timedelta(seconds=180)


class Trade(Struct, kw_only=True):
    """
    A trade: ``waiting``, ``paid`` or ``closed``.
    """

    number: str
    amount: int
    status: str
    closes_at: datetime
    decides_at: datetime | None = None
    pays: bool = False
    taken: int = 0
    refunds: dict[str, int] = {}

    @property
    def held(self) -> int:
        """
        What the provider holds of it.
        """
        return self.taken - sum(self.refunds.values())


class Said(Struct, frozen=True, kw_only=True):
    """
    What goes back: ``done``, ``waiting``, ``repeated``, ``refused``, ``missing``.
    """

    said: str
    code: str = ""
    status: str = ""
    amount: int = 0
    refunded: bool = False


class Provider:
    """
    The provider's side.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.refuses: set[str] = set()
        self.trades: dict[str, Trade] = {}
        self.never: set[str] = set()
        self.used: set[str] = set()
        self.hesitates: tuple[float, bool] | None = None
        self.pretends = False

    def advance(self, now: datetime) -> None:
        """
        Let buyers decide and trades run out.
        """
        for trade in self.trades.values():
            if trade.status != "waiting":
                continue
            if trade.decides_at is not None and trade.decides_at <= min(now, trade.closes_at):
                self._decided(trade)
            elif trade.closes_at <= now:
                trade.status = "closed"

    def charge(self, number: str, body: dict[str, Any], now: datetime) -> Said:
        """
        Charge, or find the trade of the same number as it is.
        """
        self.advance(now)
        trade = self.trades.get(number)
        if trade is not None:
            return self._again(trade, body)
        if number in self.never:
            return Said(said="refused", code="TRADE_CLOSED")
        code = body.get("code", "")
        if code and code in self.used:
            return Said(said="refused", code="CODE_REJECTED")
        if code:
            self.used.add(code)
        if "charge" in self.refuses:
            return Said(said="refused", code="BALANCE_INSUFFICIENT")
        trade = Trade(
            number=number,
            amount=body["amount_minor"],
            status="waiting",
            closes_at=now + OPEN_FOR,
            refunds={},
        )
        self.trades[number] = trade
        if self.hesitates is None:
            trade.pays = True
            self._decided(trade)
            return Said(said="done", amount=trade.amount)
        after, trade.pays = self.hesitates
        trade.decides_at = now + timedelta(seconds=after)
        return Said(said="waiting")

    def cancel_charge(self, number: str, body: dict[str, Any], now: datetime) -> Said:
        """
        Close a trade, give its money back, or rule a number out.
        """
        del number
        self.advance(now)
        trade = self.trades.get(body["original"])
        if trade is None:
            self.never.add(body["original"])
            return Said(said="done")
        if trade.status == "paid" and "cancel_charge" in self.refuses:
            return Said(said="refused", code="TOO_LATE")
        if trade.status == "paid" and trade.refunds:
            return Said(said="refused", code="REFUND_REFUSED")
        if trade.status == "paid":
            trade.refunds["cancel"] = trade.taken
            trade.status = "closed"
            return Said(said="done", refunded=True)
        if not self.pretends:
            trade.status = "closed"
        return Said(said="done")

    def refund(self, number: str, body: dict[str, Any], now: datetime) -> Said:
        """
        Give back, once per number.
        """
        self.advance(now)
        trade = self.trades.get(body["original"])
        if trade is None:
            return Said(said="refused", code="REFUND_REFUSED")
        if number in trade.refunds:
            return Said(said="repeated")
        if "refund" in self.refuses or trade.status != "paid":
            return Said(said="refused", code="REFUND_REFUSED")
        if body["amount_minor"] > trade.held:
            return Said(said="refused", code="AMOUNT_INVALID")
        trade.refunds[number] = body["amount_minor"]
        if trade.held == 0:
            trade.status = "closed"
        return Said(said="done", amount=body["amount_minor"])

    def look(self, number: str, now: datetime) -> Said:
        """
        Tell how a trade stands.
        """
        self.advance(now)
        trade = self.trades.get(number)
        if trade is None:
            return Said(said="missing")
        return Said(said="done", status=trade.status, amount=trade.amount)

    def look_refund(self, number: str, original: str, now: datetime) -> Said:
        """
        Tell whether a refund was made.
        """
        self.advance(now)
        trade = self.trades.get(original)
        if trade is None or number not in trade.refunds:
            return Said(said="missing")
        return Said(said="done", amount=trade.refunds[number])

    def _again(self, trade: Trade, body: dict[str, Any]) -> Said:
        if trade.amount != body["amount_minor"]:
            return Said(said="refused", code="TRADE_CONFLICT")
        if trade.status == "waiting":
            return Said(said="waiting")
        if trade.status == "paid":
            return Said(said="repeated")
        return Said(said="refused", code="TRADE_CLOSED")

    def _decided(self, trade: Trade) -> None:
        if trade.pays:
            trade.status, trade.taken = "paid", trade.amount
        else:
            trade.status = "closed"
