"""Two desks, or a desk and a worker, act at the same moment: nothing of either is lost."""

import asyncio

import pytest

from tests.fixtures.desks import SCOPES
from wallet.settling.handler import SettlementHandler
from wallet.settling.happenings import Expired
from wallet.settling.on_screen import OnScreenService, Signed
from wallet.settling.returns import Return
from wallet.visiting.service import VisitingService
from wallet.work import repository

WAITS = 2.0  # of whoever has to wait for the other's transaction, as on SQLite


def state(folder):
    return folder.settlement.state


@pytest.fixture
def meanwhile(monkeypatch):
    """
    Return what has something done once, right before or after a function of ours.
    """

    def between(place, name, do, *, after=False):
        inner, done = getattr(place, name), []

        async def both(*given, **named):
            if after:
                told = await inner(*given, **named)
            if not done and (not after or not told):
                done.append(True)
                await do()
            return told if after else await inner(*given, **named)

        monkeypatch.setattr(place, name, both)

    return between


async def tried(doing):
    """
    Let somebody do something who may have to wait for this transaction.
    """
    task = asyncio.ensure_future(doing)
    await asyncio.wait({task}, timeout=WAITS)
    return task


class TestWork:
    async def test_asked_for_as_it_ends(self, desk, meanwhile):
        """
        A return is carried out, though a worker takes the settlement off the list just then.
        """
        folder = await desk.work_off(await desk.settled(), until="completed")
        key, now = folder.settlement.key, desk.clock.now()
        async with desk.database.transaction() as session:
            await desk.work.schedule(session, "settlement", *key, now)
        (lease,) = await desk.work.claim("other", 5)
        ended = []

        async def end():
            release = desk.work.release(lease, None, progressed=True)
            ended.append(await tried(release))

        meanwhile(repository, "insert_first", end, after=True)
        folder = await desk.returns.give_back(
            desk.intent(), desk.name_of(folder.settlement), Return()
        )
        await asyncio.gather(*ended)
        folder = await desk.work_off(folder, until="cancelled")

        assert 1 == len(ended)
        assert "cancelled" == state(folder).phase


class TestVisit:
    async def test_registered_as_a_bill_comes(self, desk, meanwhile):
        """
        A bill that comes while the insurer says yes is never one for the patient alone.
        """
        desk.insurer.fail("register", "cut_after")
        visit = await desk.visit()
        working = []

        async def register():
            async def work():
                for _ in range(6):
                    desk.clock.advance(5)
                    await desk.loop.run_due()

            working.append(await tried(work()))

        meanwhile(VisitingService, "begin_settlement", register)
        refused = (await asyncio.gather(desk.open(visit), return_exceptions=True))[0]
        await asyncio.gather(*working)

        assert "STATE_CONFLICT" == refused.code
        assert "wallet" == state(await desk.open(visit)).insurer


class TestExpiry:
    async def test_confirmed_as_its_time_is_over(self, desk):
        """
        Who was told that cash is due has the time for it that was told.
        """
        folder = await desk.open(self_pay=True)
        told = []

        async def confirm():
            told.append(await desk.confirm(folder, "desk"))

        tell = SettlementHandler._tell

        async def asked(handler, lease, event, *more):
            if isinstance(event, Expired):
                await confirm()
            return await tell(handler, lease, event, *more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SettlementHandler, "_tell", asked)
            desk.clock.advance(1800)
            await desk.loop.run_due()

        assert ["cash_due", "cash_due"] == [
            state(told[0]).phase,
            state(await desk.look(folder)).phase,
        ]


class TestSignature:
    async def test_handed_in_twice(self, desk, meanwhile):
        """
        Of two signatures one counts, and the other is told that something else is shown now.
        """
        desk.parties.given = {"otp_limit_minor": 0, "screen_limit_minor": 10_000}
        folder = await desk.settled()
        signed = Signed(
            version=folder.settlement.version,
            amount_minor=state(folder).cash_minor,
            payee=folder.payee,
            strokes=(((100, 300), (500, 100)), ((500, 200), (700, 220))),
            operator="C007",
        )
        others = []

        def sign():
            intent = desk.intent(scopes=SCOPES | {"approvals:screen"})
            return desk.on_screen.approve(intent, desk.name_of(folder.settlement), signed)

        async def other():
            others.append(await tried(sign()))

        meanwhile(OnScreenService, "_keep", other)
        done = await sign()
        (refused,) = await asyncio.gather(*others, return_exceptions=True)

        assert ("completed", "STATE_CONFLICT") == (state(done).phase, refused.code)
