"""Approval by a signature on the patient's screen, over HTTP."""

from contextlib import asynccontextmanager
from hashlib import sha256

import msgspec
import pytest
from sqlmodel import select

from tests.fixtures.applications import serving
from tests.fixtures.desks import PARTY, RESIDENT, SCOPES
from tests.unit.wallet.settling.test_settling_api import Client, Sessions
from wallet.calls.drawer import Drawer
from wallet.clock import seconds
from wallet.idempotency.service import IdempotencyService
from wallet.settling.controller import ScreenApprovalsController, SettlementsController
from wallet.settling.ink import enough
from wallet.settling.models import ScreenApprovalRow
from wallet.settling.on_screen import Evidence
from wallet.visiting.controller import VisitsController

SCREEN = SCOPES | {"approvals:screen"}
CASH = 4_500
INK = [[{"x": 100, "y": 300}, {"x": 300, "y": 100}], [{"x": 300, "y": 200}, {"x": 700, "y": 220}]]
DOT = [[{"x": 500, "y": 200}, {"x": 501, "y": 200}]]


class Screen(Client):
    """
    A desk with a screen for the patient, in front of a payment that waits for an approval.
    """

    async def waiting(self):
        self.given = await self.confirmed()
        return self.given

    async def sign(self, *, key="", **changes):
        shown = {
            "version": self.given["version"],
            "amount_minor": self.given["cash_minor"],
            "payee": self.given["screen"]["payee"],
            "strokes": INK,
            "operator": "C007",
        }
        path = f"/v1/settlements/{self.given['id']}/approve-on-screen"
        return await self.post(path, shown | changes, key=key)

    async def look(self):
        counter = self.desk.counter
        key = counter.locate(f"party:{PARTY}", self.given["id"])
        async with self.desk.database.reading() as session:
            return (await counter.folder(session, key)).settlement.state


@asynccontextmanager
async def at_screen(desk, scopes=SCREEN, limit=CASH):
    desk.parties.given = {"otp_limit_minor": 0, "screen_limit_minor": limit}
    async with serving(
        VisitsController,
        SettlementsController,
        ScreenApprovalsController,
        terminal=desk.caller(scopes=scopes),
        visiting=desk.visits,
        history=desk.history,
        settling=desk.settling,
        approvals=desk.approvals,
        on_screen=desk.on_screen,
        sessions=Sessions(),
        idempotency=IdempotencyService(clock=desk.clock, vault=desk.vault),
    ) as http:
        yield Screen(http, desk)


async def kept(desk):
    """
    Return the rows of approvals on screens.
    """
    async with desk.database.reading() as session:
        return (await session.execute(select(ScreenApprovalRow))).scalars().all()


class TestApproving:
    async def test_completes(self, desk):
        """
        A signature drives the settlement as a device's approval does; the same call replays.
        """
        async with at_screen(desk) as screen:
            waiting = await screen.waiting()
            done = await screen.sign(key="once")
            again = await screen.sign(key="once")
            anew = await screen.sign()

        assert ("awaiting_approval", "yes") == (waiting["phase"], waiting["approval_on_screen"])
        assert (200, "completed", "no") == (
            done.status_code,
            done.json()["phase"],
            done.json()["approval_on_screen"],
        )
        assert done.json() == again.json()
        assert (409, "STATE_CONFLICT") == (anew.status_code, anew.json()["code"])
        assert 1 == len(await kept(desk))

    async def test_is_evidence(self, desk):
        """
        Strokes are kept under the person's evidence key; the journal has the text's digest.
        """
        async with at_screen(desk) as screen:
            await screen.waiting()
            at = desk.clock.now()
            done = await screen.sign()
        (row,) = await kept(desk)
        drawer = Drawer(desk.vault, "screen_approvals")
        async with desk.database.reading() as session:
            plain = await drawer.take(session, RESIDENT, "evidence", row.approval_id, row.evidence)
            folder = await desk.counter.folder(session, (RESIDENT, row.settlement_id))
        evidence = msgspec.json.decode(plain, type=Evidence)
        page = await desk.journal.of_resident(RESIDENT)
        (written,) = [w.entry for w in page.entries if w.entry.kind == "approved_on_screen"]

        name = desk.approvals.name(folder)
        shown = f"{name}\n{row.settlement_version}\n{CASH}\nCNY\n{seconds(at)}\n{folder.payee}"
        assert f"fusion-wallet/1/approval-on-screen\n{shown}" == evidence.text
        assert ((100, 300), (300, 100)) == evidence.strokes[0]
        assert ("C007", False) == (evidence.operator, evidence.identity_checked)
        assert sha256(evidence.text.encode()).hexdigest() == row.digest.hex() == written.digest
        assert (folder.payee, row.settlement_id) == (written.party_name, written.subject_id)
        assert b"C007" not in row.evidence
        assert "strokes" not in done.text

    async def test_under_alarm(self, desk):
        """
        While the scanned device is under alarm, only a compared identity lets a signature count.
        """
        desk.devices.on_alarm = True
        async with at_screen(desk) as screen:
            waiting = await screen.waiting()
            refused = await screen.sign()
            done = await screen.sign(identity_checked=True)
        page = await desk.journal.of_resident(RESIDENT)
        kinds = {written.entry.kind for written in page.entries}

        assert "identity" == waiting["approval_on_screen"]
        assert (422, "APPROVAL_REFUSED", "identity") == (
            refused.status_code,
            refused.json()["code"],
            refused.json()["reason"],
        )
        assert "completed" == done.json()["phase"]
        assert {"identity_checked", "approved_on_screen"} <= kinds

    async def test_expires(self, desk):
        """
        A signature that comes after the half hour of waiting approves nothing.
        """
        async with at_screen(desk) as screen:
            await screen.waiting()
            desk.clock.advance(31 * 60)
            await desk.work_off(turns=3)
            late = await screen.sign()

        assert 409 == late.status_code
        assert [] == await kept(desk)


class TestRefusing:
    async def test_what_was_not_shown(self, desk):
        """
        Another version, amount or payee, too little ink, or no drawing at all: nothing moves.
        """
        cases = (
            ({"version": 1}, 409, "STATE_CONFLICT"),
            ({"amount_minor": CASH - 1}, 409, "STATE_CONFLICT"),
            ({"payee": "另一家医院"}, 409, "STATE_CONFLICT"),
            ({"strokes": DOT}, 422, "ink"),
            ({"strokes": []}, 400, "VALIDATION_FAILED"),
            ({"strokes": [[INK[0][0]] * 205] * 5}, 400, "VALIDATION_FAILED"),
            ({"strokes": [[{"x": 1001, "y": 0}]]}, 400, "VALIDATION_FAILED"),
        )
        async with at_screen(desk) as screen:
            await screen.waiting()
            answers = [await screen.sign(**changes) for changes, _status, _why in cases]
            seen = await screen.look()
        told = [answer.json() for answer in answers]

        assert [(status, why) for _changes, status, why in cases] == [
            (answer.status_code, each.get("reason", each["code"]))
            for answer, each in zip(answers, told, strict=True)
        ]
        assert ("awaiting_approval", True) == (seen.phase, seen.approval_required)
        assert [] == await kept(desk)

    async def test_what_the_party_does_not_allow(self, desk):
        """
        A party that does not allow it, or not for that much, offers it to nobody.
        """
        async with at_screen(desk, limit=0) as screen:
            waiting = await screen.waiting()
            never = await screen.sign()
            desk.parties.given["screen_limit_minor"] = CASH - 1
            too_much = await screen.sign()

        assert "no" == waiting["approval_on_screen"]
        assert [(422, "limit")] * 2 == [
            (answer.status_code, answer.json()["reason"]) for answer in (never, too_much)
        ]

    async def test_without_the_scope(self, desk):
        """
        A terminal without a patient's screen approves nothing, and is not offered to.
        """
        async with at_screen(desk) as screen:
            given = await screen.waiting()
        async with at_screen(desk, SCOPES) as other:
            other.keys = screen.keys
            offered = await other.waiting()
            other.given = given
            refused = await other.sign()

        assert "no" == offered["approval_on_screen"]
        assert (403, "SCOPE_DENIED") == (refused.status_code, refused.json()["code"])

    async def test_before_the_cashier(self, desk):
        """
        Before the cashier has agreed to the split there is nothing to sign.
        """
        async with at_screen(desk) as screen:
            screen.given = (await screen.open()).json()
            refused = await screen.sign()

        assert "no" == screen.given["approval_on_screen"]
        assert 409 == refused.status_code


class TestInk:
    @pytest.mark.parametrize(
        ("strokes", "right"),
        [
            ([], False),
            ([[(5, 5)]], False),
            ([[(0, 0), (299, 0)]], False),
            ([[(0, 0), (300, 0)]], True),
            ([[(0, 0), (50, 50)] * 20], False),
            ([[(0, 0), (100, 0), (0, 0), (100, 0)]], True),
        ],
    )
    def test_enough(self, strokes, right):
        """
        A line of a third of the pad is ink; a dot is not, however often it was gone over.
        """
        assert right == enough(strokes)
