"""
What time and the buyer do to a trade: decide, run out, become final.
"""

from datetime import datetime

import msgspec

from integrations.alipay.sandbox.books import Books, Decision, Trade
from integrations.alipay.sandbox.paying import settle
from integrations.alipay.sandbox.wire import months_later

REFUND_MONTHS = 3


def advance(books: Books, now: datetime) -> None:
    """
    Move on each waiting trade whose buyer's time or whose own time has come.
    """
    for key in sorted(books.waiting):
        trade = books.trades[key]
        if trade.decides_at is not None and trade.decides_at <= min(now, trade.closes_at):
            decide(books, trade, trade.decision, trade.decides_at)
        elif trade.closes_at <= now:
            close(books, trade, trade.closes_at)


def decide(books: Books, trade: Trade, decision: Decision, now: datetime) -> Trade:
    """
    The buyer typed the password or turned away; without the money to pay it is the latter.
    """
    if decision == "confirm" and books.people[trade.person].balance_fen >= trade.total_fen:
        return settle(books, trade, now)
    return close(books, trade, now)


def close(books: Books, trade: Trade, now: datetime) -> Trade:
    """
    Close a trade that was not paid.
    """
    return books.write(msgspec.structs.replace(trade, status="TRADE_CLOSED", closed_at=now))


def aged(books: Books, trade: Trade, now: datetime) -> Trade:
    """
    The trade as it is now: three months after its payment it is final and cannot be refunded.
    """
    if trade.status != "TRADE_SUCCESS" or trade.paid_at is None:
        return trade
    if now < months_later(trade.paid_at, REFUND_MONTHS):
        return trade
    return books.write(msgspec.structs.replace(trade, status="TRADE_FINISHED"), told=False)
