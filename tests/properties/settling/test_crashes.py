"""The process dies at every named place on the way of money; the next one finishes the work."""

import asyncio
from datetime import timedelta

import pytest

from tests.fakes.outside import Insurer, Payer
from tests.fixtures.databases import engine_of
from tests.fixtures.desks import DETAILS, Desk, bill_of
from wallet import failpoints
from wallet.db.session import Database
from wallet.errors import WalletError
from wallet.settling.failpoints import FAILPOINTS
from wallet.settling.opening import Wish
from wallet.settling.returns import Return
from wallet.settling.service import Confirmation

SETTLING = timedelta(seconds=400)
RESTING = {"awaiting_approval", "cash_due", "completed", "cancelled", "review"}


class Died(BaseException):
    """
    The process is gone: nothing of ours may catch it.
    """


@pytest.fixture
def deadly(monkeypatch):
    """
    Lets the process die, once, at the failpoint that a test arms.
    """
    armed = {}

    def die(pid, signal):
        del pid, signal
        armed["died"] = True
        failpoints._armed.clear()
        raise Died

    monkeypatch.setattr(failpoints.os, "kill", die)
    yield armed
    failpoints._armed.clear()


@pytest.fixture
async def mortal(anyio_backend, sqlite_url, clock, ids, vault):
    """
    A desk over a fresh SQLite database.
    """
    del anyio_backend
    database = Database(engine_of(sqlite_url))
    yield Desk(database, clock, ids, vault, insurer=Insurer(), payer=Payer())
    await database.close()


class Client:
    """
    A desk's client that repeats each request with the same key until it is answered.
    """

    def __init__(self, desk):
        self.desk = desk

    async def until_answered(self, ask):
        for _ in range(5):
            try:
                answer = await ask()
            except Died:
                await self.desk.crash()
                continue
            except WalletError:
                await self.settle_down()
                continue
            return answer
        raise AssertionError("never answered")

    async def settle_down(self):
        await self.desk.crash()
        until = self.desk.clock.now() + SETTLING
        while True:
            if await self.desk.loop.run_due():
                continue
            due = await self.desk.next_due()
            if due is None or due > until:
                return
            self.desk.clock.advance(max(1, (due - self.desk.clock.now()).total_seconds()))

    async def visit(self):
        desk, intent, scan = self.desk, self.desk.intent(), self.desk.scan()

        visit = await self.until_answered(lambda: desk.visits.open(intent, scan, DETAILS))
        await self.settle_down()
        return desk.visits.name(visit.party_id, visit)

    async def open(self, visit):
        desk, intent = self.desk, self.desk.intent()

        wish = Wish(presentation=desk.scan(), bill=bill_of(), use_account=True)
        folder = await self.until_answered(lambda: desk.settling.open(intent, visit, wish))
        await self.settle_down()
        return await desk.look(folder)

    async def confirm(self, folder):
        desk, intent = self.desk, self.desk.intent()
        said = Confirmation(cash_minor=4_500, cash_by="agreement")
        name = desk.name_of(folder.settlement)
        await self.until_answered(lambda: desk.settling.confirm(intent, name, said))
        await self.settle_down()
        return await desk.look(folder)

    async def give_back(self, folder):
        desk, intent = self.desk, self.desk.intent()
        name = desk.name_of(folder.settlement)
        await self.until_answered(lambda: desk.returns.give_back(intent, name, Return()))
        await self.settle_down()
        return await desk.look(folder)


async def through(client):
    """
    A whole life: registered, settled, charged, returned; stops where something was given up.
    """
    visit = await client.visit()
    folder = await client.open(visit)
    if folder.settlement.state.phase != "awaiting_approval":
        return folder
    folder = await client.confirm(folder)
    if folder.settlement.state.phase != "completed":
        return folder
    await agree(client.desk, folder)
    return await client.give_back(folder)


async def agree(desk, folder):
    """
    Insurer, payer and books tell the same.
    """
    balances = await desk.balances()
    live = sum(split.fund_minor for split in desk.insurer.live.values())

    assert 0 == sum(balances.values())
    assert live == balances.get(("insurer:fund", "CNY"), 0)
    assert desk.payer.net == balances.get(("provider:payer", "CNY"), 0)
    assert len(desk.insurer.ever_settled) == len(set(desk.insurer.ever_settled))
    assert len(desk.payer.taken) <= 1
    assert folder.settlement.state.phase in RESTING
    assert folder.locked == (folder.settlement.state.phase == "review")


def reached():
    """
    The failpoints that lie on the way of `through`.
    """
    elsewhere = (
        "tenders",
        "cancel.",
        "payout",
        "invoice",
        "approve",
        "expiry",
        "visit.",
        "reverse",
    )
    skipped = ("cancel_registration", "cancel_charge")
    return [
        name
        for name in FAILPOINTS
        if not name.startswith((*elsewhere, *skipped)) and not name.endswith("_query")
    ]


class TestCrash:
    @pytest.mark.slow
    @pytest.mark.parametrize("name", reached())
    async def test_at(self, mortal, deadly, name):
        """
        Whenever the process dies, everything ends once and the books agree.
        """
        failpoints.arm(name)
        folder = await through(Client(mortal))
        await asyncio.sleep(0)

        assert deadly.get("died")
        await agree(mortal, folder)

    @pytest.mark.slow
    @pytest.mark.parametrize("where", ["before_query", "after_query"])
    @pytest.mark.parametrize("operation", ["settle", "charge"])
    async def test_while_asking(self, mortal, deadly, operation, where):
        """
        The same while it asks what became of a call.
        """
        outside = mortal.insurer if operation == "settle" else mortal.payer
        outside.fail(operation, "cut_after")
        failpoints.arm(f"{operation}.{where}")
        folder = await through(Client(mortal))

        assert deadly.get("died")
        await agree(mortal, folder)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "where", ["after_send_commit", "after_perform", "after_record_commit"]
    )
    @pytest.mark.parametrize("operation", ["reverse", "cancel_charge"])
    async def test_while_undoing(self, mortal, deadly, operation, where):
        """
        The same while it undoes what nobody knows of.
        """
        if operation == "reverse":
            mortal.insurer.fail("settle", "cut_before")
        else:
            mortal.payer.fail("charge", "cut_before")
        failpoints.arm(f"{operation}.{where}")
        folder = await through(Client(mortal))

        assert deadly.get("died")
        await agree(mortal, folder)
