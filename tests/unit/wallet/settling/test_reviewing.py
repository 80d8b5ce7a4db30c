"""What was left to a person gets out of review, by being asked about again."""

import pytest
from sqlalchemy import event, update

from tests.fixtures.desks import PARTY, RESIDENT
from wallet.errors import NotFoundError, StateConflictError
from wallet.settling import reviewing
from wallet.settling.returns import Return
from wallet.visiting.models import VisitRow

WHY = "clearing (T-4711)"


async def left_to_a_person(desk):
    """
    Return a settlement whose cancel the insurer refused.
    """
    folder = await desk.open()
    desk.insurer.fail("revoke_upload", "decline:NO")
    await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
    return folder


async def late_and_refused(desk):
    """
    Return a settlement whose charge came after its cancel, and whose refund was refused.
    """
    desk.payer.fail("charge", "pay_later")
    desk.payer.fail("late_success", "yes")
    desk.payer.fail("refund", "decline:TRADE_TOO_OLD")
    folder = await desk.work_off(await desk.settled(), until="cash_due")
    return await desk.work_off(folder, turns=10)


class TestStanding:
    async def test_counts_the_unfinished(self, desk):
        """
        Unfinished settlements are counted by phase and status; completed ones, visits are not.
        """
        before = dict(await desk.review.standing())
        await left_to_a_person(desk)
        await desk.work_off(await desk.settled())

        assert ({}, {("review", "sent"): 1}) == (before, dict(await desk.review.standing()))

    async def test_elsewhere(self, desk):
        """
        Refunds that wait for a person are counted beside settlements.
        """
        await late_and_refused(desk)

        assert 1 == await desk.review.waiting_elsewhere()


class TestBounded:
    async def test_by_indexes(self, desk, url):
        """
        What operators list of everybody is found by an index, however many are over (SQLite).
        """
        if not url.startswith("sqlite"):
            return
        sent = []
        event.listen(
            desk.database.engine.sync_engine,
            "before_cursor_execute",
            lambda _c, _u, statement, given, *_: sent.append((statement, given)),
        )
        await desk.review.standing()
        await desk.review.waiting_elsewhere()
        await desk.review.listed()
        await desk.review.settlements("charging")
        plans = []
        async with desk.database.reading() as session:
            connection = await session.connection()
            for statement, given in [each for each in sent if "FROM" in each[0]]:
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
                plans.append(" ".join(row[3] for row in plan))

        assert 7 == len(plans)
        assert [] == [plan for plan in plans if "USING" not in plan or "INDEX ix_" not in plan]


class TestSettlements:
    async def test_pages(self, desk, monkeypatch):
        """
        The pages of a phase follow each other, the oldest first, without gap or repetition.
        """
        monkeypatch.setattr(reviewing, "A_PAGE", 2)
        for _ in range(3):
            await desk.open()
            desk.clock.advance(1)
        first = await desk.review.settlements("awaiting_approval")
        second = await desk.review.settlements("awaiting_approval", cursor=first.next_cursor)
        other = await desk.review.settlements("awaiting_approval", "unknown")
        seen = [each.since for page in (first, second) for each in page.waiting]

        assert (2, 1, None, ()) == (
            len(first.waiting),
            len(second.waiting),
            second.next_cursor,
            other.waiting,
        )
        assert sorted(set(seen)) == seen


class TestQueue:
    @pytest.mark.parametrize("kind", ["visit", "settlement", "refund"])
    async def test_pages(self, desk, kind):
        """
        The pages of what waits follow each other, the oldest first, without gap or repetition.
        """
        make = late_and_refused if kind == "refund" else left_to_a_person
        for _ in range(3):
            await make(desk)
            desk.clock.advance(1)
        async with desk.database.transaction() as session:
            await session.execute(update(VisitRow).values(phase="review"))
        seen, cursor = [], None
        while not seen or cursor:
            page = await desk.review.queue(kind, cursor, 2)
            seen.append([each.since for each in page.waiting])
            cursor = page.next_cursor
        instants = [each for one in seen for each in one]

        assert [2, 1] == [len(one) for one in seen]
        assert sorted(set(instants)) == instants

    async def test_no_such_page(self, desk):
        """
        What is no page of ours is none.
        """
        with pytest.raises(NotFoundError):
            await desk.review.queue("visit", "vis_x")


class TestEvidence:
    async def test_settlement(self, desk):
        """
        The evidence of a settlement has the calls about it and its parts, the newest first.
        """
        await late_and_refused(desk)
        (waiting,) = (await desk.review.settlements("cash_due")).waiting
        evidence = await desk.review.evidence("settlement", waiting.id)
        asked = [call.operation for call in evidence.calls]
        prepared = [call.prepared_at for call in evidence.calls]

        assert {"charge", "refund", "settle"} <= set(asked)
        assert sorted(prepared, reverse=True) == prepared
        assert [("tender", "agreement"), ("refund", "agreement")] == [
            (part.kind, part.method) for part in evidence.parts
        ]
        assert str(RESIDENT) not in repr(evidence)

    @pytest.mark.parametrize("kind", ["visit", "settlement", "refund"])
    async def test_unknown(self, desk, kind):
        """
        There is no evidence of what there is not.
        """
        with pytest.raises(NotFoundError):
            await desk.review.evidence(kind, "set_x")


class TestListed:
    async def test_settlement(self, desk):
        """
        A settlement in review is listed with where it stands and what was asked, not whose it is.
        """
        await left_to_a_person(desk)
        (waiting,) = await desk.review.listed()

        assert ("settlement", PARTY, "review", "revoke_upload", "NO") == (
            waiting.kind,
            waiting.party_id,
            waiting.phase,
            waiting.step,
            waiting.reason,
        )
        assert ("revoke_upload", desk.insurer.manifest.id) == (
            waiting.asked.operation,
            waiting.asked.integration_id,
        )
        assert str(RESIDENT) not in repr(waiting)

    async def test_other_phases(self, desk):
        """
        Another phase can be listed too; visits, settlements and refunds are told apart.
        """
        await desk.open()
        phases = {
            phase: [each.kind for each in await desk.review.listed(phase)]
            for phase in ("review", "open", "awaiting_approval")
        }

        assert {"review": [], "open": ["visit"], "awaiting_approval": ["settlement"]} == phases

    async def test_limit(self, desk):
        """
        No more than asked for.
        """
        for _ in range(3):
            await desk.visit()

        assert 2 == len(await desk.review.listed("open", 2))


class TestReexamine:
    async def test_settlement(self, desk):
        """
        A settlement that was left to a person goes on, and the resident reads who asked and why.
        """
        folder = await left_to_a_person(desk)
        (waiting,) = await desk.review.listed()
        await desk.review.reexamine("settlement", waiting.id, WHY)
        await desk.work_off(folder, until="cancelled")
        page = await desk.journal.of_resident(RESIDENT)
        told = [each.entry for each in page.entries if each.entry.kind == "reexamined"]

        assert [] == await desk.review.listed()
        assert [(WHY, PARTY)] == [(entry.purpose, entry.party_id) for entry in told]

    async def test_not_in_review(self, desk):
        """
        What does not wait for a person is refused, and nothing is journalled.
        """
        await desk.open()
        (waiting,) = await desk.review.listed("awaiting_approval")
        with pytest.raises(StateConflictError):
            await desk.review.reexamine("settlement", waiting.id, WHY)
        page = await desk.journal.of_resident(RESIDENT)

        assert "reexamined" not in {each.entry.kind for each in page.entries}

    @pytest.mark.parametrize("kind", ["visit", "settlement", "refund"])
    async def test_unknown(self, desk, kind):
        """
        An id that was never listed, or is of another kind, is nobody's.
        """
        folder = await left_to_a_person(desk)
        (waiting,) = await desk.review.listed()
        names = [desk.name_of(folder.settlement)]
        if kind != "settlement":
            names.append(waiting.id)
        for name in names:
            with pytest.raises(NotFoundError):
                await desk.review.reexamine(kind, name, WHY)

    async def test_refund_of_one_that_is_undone(self, desk):
        """
        A refund that is undone together with its settlement is not asked for by itself.
        """
        folder = await desk.settled()
        desk.payer.fail("refund", "decline:TRADE_TOO_OLD")
        await desk.returns.give_back(desk.intent(), desk.name_of(folder.settlement), Return())
        refund = (await desk.review.listed())[1]
        with pytest.raises(StateConflictError):
            await desk.review.reexamine("refund", refund.id, WHY)

        assert "refund" == refund.kind

    async def test_late_refund(self, desk):
        """
        A refund that was refused beside a settlement that goes on is tried again by itself.
        """
        folder = await late_and_refused(desk)
        (waiting,) = await desk.review.listed()
        assert ("refund", "cash_due") == (waiting.kind, folder.settlement.state.phase)
        await desk.review.reexamine("refund", waiting.id, WHY)
        await desk.work_off(folder, turns=10)

        assert ([], 0) == (await desk.review.listed(), desk.payer.net)

    async def test_late_refund_beside_a_settlement_in_review(self, desk):
        """
        Money that came too late goes back with the settlement, whatever that was reviewed for.
        """
        folder = await late_and_refused(desk)
        desk.insurer.fail("cancel_settlement", "decline:CLEARED")
        await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
        await desk.work_off(folder, until="review")
        await desk.reexamine()
        await desk.work_off(folder, until="cancelled")

        assert ([], 0) == (await desk.review.listed(), desk.payer.net)
