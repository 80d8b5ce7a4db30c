"""What waits, and what is under way, on the operator's pages."""

import re

import pytest

from tests.fixtures.desks import PARTY, RESIDENT, desk
from wallet.pages.operator import review
from wallet.parties.models import PartyRow

__all__ = ("desk",)

SEEN = re.compile(r'hx-get="(/operator\S*\?seen=[0-9a-f]{16})"')
FURTHER = re.compile(r'href="(/operator/review\?kind=settlement&amp;cursor=\w+)"')
EVIDENCE = re.compile(r'href="(/operator/evidence/\w+/(\w+))"')


@pytest.fixture
async def hospital(database, clock):
    """
    The hospital of the desk, as operators know it.
    """
    async with database.transaction() as session:
        session.add(
            PartyRow(
                party_id=PARTY,
                name="示范医院",
                kind="hospital",
                status="active",
                settled_by="wallet",
                otp_limit_minor=20_000,
                signed_limit_minor=20_000,
                cash_due_seconds=1_800,
                sign_resolve=False,
                screen_limit_minor=0,
                created_at=clock.now(),
            )
        )


async def left_to_a_person(desk):
    """
    Return a settlement whose cancel the insurer refused.
    """
    folder = await desk.open()
    desk.insurer.fail("revoke_upload", "decline:NO")
    await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
    return folder


@pytest.mark.usefixtures("hospital")
class TestReview:
    async def test_evidence(self, desk, at_work):
        """
        The queue leads to the evidence: where it stands, what was asked, what to do; not whose.
        """
        await left_to_a_person(desk)
        path = EVIDENCE.search(await at_work.get("/operator/review"))[1]
        page = await at_work.get(path)

        assert "示范医院" in page
        assert "撤销上传" in page
        assert "发送 1 次" in page
        assert "在该系统的对接文档中查找原因代码" in page
        assert str(RESIDENT) not in page

    async def test_all_can_be_reached(self, desk, at_work, monkeypatch):
        """
        Where more waits than a page shows, it says so and leads to the rest.
        """
        for _ in range(3):
            await left_to_a_person(desk)
        monkeypatch.setattr(review, "_SHOWN", 2)
        first = await at_work.get("/operator/review")
        further = FURTHER.search(first)[1].replace("&amp;", "&")
        second = await at_work.get(further)
        names = [name for page in (first, second) for _, name in EVIDENCE.findall(page)]

        assert 3 == len(set(names)) == len(names)
        assert FURTHER.search(second) is None
        assert SEEN.search(first) is not None
        assert SEEN.search(second) is None

    async def test_asked_again(self, region, desk, at_work):
        """
        Asking again is written down with its grounds, in the same transaction.
        """
        await left_to_a_person(desk)
        name = EVIDENCE.search(await at_work.get("/operator/review"))[2]
        answer = await at_work.send(
            "/operator",
            "/operator/review",
            kind="settlement",
            id=name,
            purpose="对账",
            ticket="T-7",
        )
        (event, *_) = (await region.people.operators.events.page()).events
        (entry, *_) = (await desk.journal.of_resident(RESIDENT)).entries

        assert 303 == answer.status_code
        assert ("asked_again", "对账", "T-7", name) == (
            event.kind,
            event.purpose,
            event.ticket,
            event.about,
        )
        assert "对账 (T-7)" == entry.entry.purpose
        assert "没有待处理的事项" in await at_work.get("/operator/review")

    async def test_auditor(self, desk, auditor):
        """
        An auditor reads the evidence and cannot ask again.
        """
        await left_to_a_person(desk)
        path, name = EVIDENCE.search(await auditor.get("/operator/review")).groups()
        given = {"kind": "settlement", "id": name, "purpose": "x", "ticket": "T-1"}
        answer = await auditor.send("/operator", "/operator/review", **given)

        assert '<form class="card' not in await auditor.get(path)
        assert 403 == answer.status_code

    async def test_no_such_evidence(self, at_work):
        """
        There is no evidence of what there is not.
        """
        names = ("sofa/x", "visit/vis_x", "settlement/x", "refund/x")
        answers = [await at_work.client.get(f"/operator/evidence/{name}") for name in names]

        assert [404] * len(names) == [answer.status_code for answer in answers]


@pytest.mark.usefixtures("hospital")
class TestSettlements:
    async def test_by_phase_and_status(self, desk, at_work):
        """
        The overview leads to a phase and its settlements, also of one status; without amounts.
        """
        await desk.open()
        overview = await at_work.get("/operator")
        phase = await at_work.get("/operator/settlements?phase=awaiting_approval")
        status = await at_work.get("/operator/settlements?phase=awaiting_approval&status=unknown")

        assert 'href="/operator/settlements?phase=awaiting_approval"' in overview
        assert EVIDENCE.search(phase)
        assert "¥" not in phase
        assert "这里没有结算。" in status

    async def test_made_up(self, at_work):
        """
        Phases and statuses are words we know; what is over is in nobody's list.
        """
        queries = ("phase=sofa", "phase=completed", "phase=review&status=sofa")
        answers = [await at_work.client.get(f"/operator/settlements?{each}") for each in queries]

        assert [400] * len(queries) == [answer.status_code for answer in answers]


@pytest.mark.usefixtures("hospital")
class TestRefresh:
    async def test_only_what_is_new(self, desk, at_work):
        """
        A page asks for its part again and is sent nothing, until something has changed.
        """
        again = SEEN.search(await at_work.get("/operator/review"))[1]
        same = await at_work.client.get(again)
        await left_to_a_person(desk)
        changed = await at_work.client.get(again)

        assert (204, "") == (same.status_code, same.text)
        assert changed.text.startswith('<div id="live"')
        assert again not in changed.text

    async def test_keeps_nobody_signed_in(self, at_work):
        """
        Refreshing is no sign of life: the session ends, and the page is left for sign-in.
        """
        again = SEEN.search(await at_work.get("/operator"))[1]
        answers = []
        for _ in range(8):
            at_work.region.clock.advance(120)
            answers.append(await at_work.client.get(again, headers={"hx-request": "true"}))

        assert {200, 204} >= {answer.status_code for answer in answers}
        assert "hx-redirect" not in answers[6].headers
        assert "/operator/sign-in" == answers[-1].headers["hx-redirect"]


class TestReexamine:
    async def test_made_up(self, at_work):
        """
        Nothing is asked again without purpose and ticket, or about nothing.
        """
        given = {"kind": "visit", "id": "vis_x", "purpose": "核对", "ticket": "T-1"}
        wrong = (
            ({}, 404),
            ({"kind": "sofa"}, 400),
            ({"purpose": ""}, 400),
            ({"purpose": "核" * 61}, 400),
            ({"ticket": ""}, 400),
            ({"ticket": "T 1"}, 400),
        )
        answers = [
            await at_work.send("/operator/people", "/operator/review", **(given | each))
            for each, _ in wrong
        ]

        assert [status for _, status in wrong] == [answer.status_code for answer in answers]
