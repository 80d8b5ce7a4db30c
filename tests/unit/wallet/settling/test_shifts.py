"""What a terminal's shift comes to."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.fixtures.desks import SCOPES, TERMINAL
from wallet.errors import ValidationFailedError
from wallet.parties.errors import ScopeDeniedError
from wallet.settling.returns import Return
from wallet.settling.service import Offered
from wallet.settling.shifts import SCOPE

READS = SCOPES | {SCOPE}


async def shift(desk, since="", until="", **caller):
    return await desk.shifts.totals(desk.caller(**({"scopes": READS} | caller)), since, until)


async def paid(desk, *offers):
    folder = await desk.settled("desk")
    for method, amount in offers:
        offered = Offered(method=method, amount_minor=amount)
        name = desk.name_of(folder.settlement)
        folder = await desk.settling.tender(desk.intent(), name, offered)
    return folder


def by_method(totals):
    return {each.method: (each.taken_minor, each.given_back_minor) for each in totals.methods}


class TestTotals:
    async def test_by_method(self, desk):
        """
        Each way a cash part was met has its sums, and the drawer holds only the cash.
        """
        await desk.settled()
        await paid(desk, ("card", 1_500), ("cash", 3_000))
        totals = await shift(desk)

        assert {
            "agreement": (4_500, 0),
            "card": (1_500, 0),
            "cash": (3_000, 0),
        } == by_method(totals)
        assert (2, 30_000, 21_000) == (
            totals.settled.count,
            totals.settled.total_minor,
            totals.settled.insured_minor,
        )
        assert (9_000, 3_000) == (totals.net_minor, totals.drawer_minor)

    async def test_money_handed_back_elsewhere(self, desk):
        """
        Cash that another terminal hands back leaves that terminal's drawer, not this one's.
        """
        folder = await paid(desk, ("cash", 4_500))
        name = desk.name_of(folder.settlement)
        gone = await desk.returns.give_back(desk.intent(), name, Return())
        refund = desk.counter.name("rfd", "party:7", 4711, gone.refunds[0].refund_id)
        await desk.returns.pay_out(desk.intent(terminal_id=71), name, refund, "K1")
        here, there = await shift(desk), await shift(desk, terminal_id=71)

        assert (4_500, -4_500) == (here.drawer_minor, there.drawer_minor)
        assert (1, 1) == (here.settled.count, here.undone.count)

    async def test_by_the_route_it_came(self, desk):
        """
        What a provider pays back counts at the terminal that took it.
        """
        folder = await desk.settled()
        name = desk.name_of(folder.settlement)
        await desk.returns.give_back(desk.intent(), name, Return())
        totals = await shift(desk)

        assert {"agreement": (4_500, 4_500)} == by_method(totals)
        assert 0 == totals.net_minor

    async def test_only_its_own_time(self, desk):
        """
        What was taken before a shift began, or at another party, is not in it.
        """
        await desk.settled()
        desk.clock.advance(60)
        since = (desk.clock.now() - timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")

        assert [] == (await shift(desk, since)).methods
        assert [] == (await shift(desk, party_id=8)).methods
        assert TERMINAL == desk.caller().terminal_id

    @pytest.mark.parametrize("until", ["", "2026-03-02T16:00:00Z"])
    async def test_last_second_of_the_day(self, desk, until):
        """
        A shift that ends at midnight in China is that of the day that ends then.
        """
        desk.clock.set(datetime(2026, 3, 2, 15, 59, 59, 500_000, UTC))
        await paid(desk, ("cash", 4_500))
        totals = await shift(desk, until=until)

        assert {"cash": (4_500, 0)} == by_method(totals)
        assert (timedelta(days=1), 16) == (totals.until - totals.since, totals.until.hour)

    @pytest.mark.parametrize(
        ("since", "until"),
        [
            ("", "0001-01-01T00:00:00Z"),
            ("", "9999-12-31T23:59:59Z"),
            ("2026-02-30T00:00:00Z", ""),
            ("2000-01-01T00:00:00Z", ""),
            ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
        ],
    )
    async def test_no_such_time(self, desk, since, until):
        """
        A day that is none, a shift of years or one that ends before it begins is refused.
        """
        with pytest.raises(ValidationFailedError):
            await shift(desk, since, until)

    async def test_needs_the_scope(self, desk):
        """
        Whoever may only settle does not see what a shift comes to.
        """
        with pytest.raises(ScopeDeniedError):
            await shift(desk, scopes=SCOPES)
