"""Settlements over HTTP."""

from base64 import urlsafe_b64encode
from contextlib import asynccontextmanager
from itertools import count

import pytest

from tests.fixtures.applications import serving
from tests.fixtures.desks import RESIDENT
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.idempotency.service import IdempotencyService
from wallet.residents.sessions import SessionsService
from wallet.settling.approvals import approval_text
from wallet.settling.controller import (
    RefundsController,
    ResidentSettlementsController,
    SettlementsController,
)
from wallet.visiting.controller import VisitsController

BILL = {
    "med_type": "11",
    "department_code": "0101",
    "department_name": "心内科",
    "doctor_code": "D01",
    "doctor_name": "陈医生",
    "diagnoses": [{"code": "I10", "name": "高血压"}],
    "lines": [
        {
            "number": f"L{place}",
            "catalogue_code": "XA01",
            "hospital_code": "H01",
            "name": "阿司匹林",
            "quantity_e4": 20_000,
            "price_e6": amount * 5_000,
            "amount_minor": amount,
        }
        for place, amount in ((1, 10_000), (2, 5_000))
    ],
    "total_minor": 15_000,
    "operator": "OP1",
}


class Sessions(SessionsService):
    """
    Knows one resident by a plain word.
    """

    def __init__(self):
        pass

    async def resident(self, connection):
        if connection.headers.get("authorization") != "Bearer resident":
            raise TokenInvalidError
        return ResidentCaller(resident_id=RESIDENT, session_id=1)


class Client:
    """
    A desk's client: a new key for each call unless told.
    """

    def __init__(self, http, desk):
        self.http, self.desk = http, desk
        self.keys = count(1)

    async def post(self, path, body=None, *, key="", who="terminal"):
        headers = {
            "authorization": f"Bearer {who}",
            "idempotency-key": key or f"key-{next(self.keys)}",
        }
        return await self.http.post(path, json=body, headers=headers)

    async def get(self, path, who="terminal"):
        return await self.http.get(path, headers={"authorization": f"Bearer {who}"})

    async def visit(self):
        body = {
            "presentation": self.desk.scan(),
            "department_code": "0101",
            "department_name": "心内科",
            "doctor_code": "D01",
            "doctor_name": "陈医生",
            "operator": "OP1",
        }
        return (await self.post("/v1/visits", body)).json()

    async def open(self, visit=None, **changes):
        visit = visit or await self.visit()
        body = {"presentation": self.desk.scan(), "bill": BILL} | changes
        return await self.post(f"/v1/visits/{visit['id']}/settlements", body)

    async def confirmed(self, cash_by="agreement"):
        opened = (await self.open()).json()
        body = {"cash_minor": opened["cash_minor"], "cash_by": cash_by}
        return (await self.post(f"/v1/settlements/{opened['id']}/confirm", body)).json()


@asynccontextmanager
async def application(desk):
    sessions = Sessions()
    async with serving(
        VisitsController,
        SettlementsController,
        RefundsController,
        ResidentSettlementsController,
        resident=sessions.resident,
        terminal=desk.caller(),
        visiting=desk.visits,
        history=desk.history,
        settling=desk.settling,
        approvals=desk.approvals,
        returns=desk.returns,
        sessions=sessions,
        idempotency=IdempotencyService(clock=desk.clock, vault=desk.vault),
    ) as http:
        yield Client(http, desk)


class TestDesk:
    async def test_from_scan_to_receipt(self, desk):
        """
        A desk opens, shows the split, confirms, and gets a receipt.
        """
        async with application(desk) as client:
            opened = await client.open()
            split = opened.json()["split"]
            done = await client.confirmed()
            path = f"/v1/settlements/{done['id']}"
            await client.post(f"{path}/invoice", {"invono": "0123"})
            receipt = (await client.get(f"{path}/receipt")).json()

        assert 201 == opened.status_code
        assert (15_000, 5_250, 4_500) == (
            split["total_minor"],
            split["fund_minor"],
            split["cash_minor"],
        )
        assert "completed" == done["phase"]
        assert ["阿司匹林", "阿司匹林"] == [line["name"] for line in receipt["lines"]]
        assert "0123" == receipt["invono"]

    async def test_shows_nothing_personal(self, desk):
        """
        The cashier sees a masked name and two digits; the patient's screen no drug at all.
        """
        async with application(desk) as client:
            opened = await client.open()
        view = opened.json()

        assert {"name": "张*", "document": "4****************8", "age": 69} == view["identity"]
        for secret in ("张秀英", "440106195603124028", "阿司匹林", "subject", "高血压"):
            assert secret not in opened.text
        assert {"payee", "total_minor", "insured_minor", "cash_minor", "due_minor", "message"} == (
            view["screen"].keys()
        )

    async def test_a_locked_visit(self, desk):
        """
        While an outcome is not known the desk reads so in both languages, and may not act.
        """
        desk.payer.fail("charge", "cut_after")
        async with application(desk) as client:
            locked = await client.confirmed()
            path = f"/v1/settlements/{locked['id']}"
            refused = await client.post(f"{path}/cancel")
            tender = await client.post(f"{path}/tenders", {"method": "cash", "amount_minor": 1})
            seen = (await client.get(path)).json()

        assert locked["locked"]
        assert "结果确认中，请勿重复收费" == seen["message"]["zh"]
        assert {409} == {refused.status_code, tender.status_code}
        assert "STATE_CONFLICT" == refused.json()["code"]

    async def test_tenders_and_payouts(self, desk):
        """
        Cash is tendered, returned and paid out.
        """
        async with application(desk) as client:
            due = await client.confirmed("desk")
            path = f"/v1/settlements/{due['id']}"
            cash = {"method": "cash", "amount_minor": 4_500}
            done = (await client.post(f"{path}/tenders", cash)).json()
            net = (await client.post(f"{path}/refunds", {"preview": True})).json()["net"]
            gone = (await client.post(f"{path}/refunds", {})).json()["settlement"]
            payout = f"{path}/refunds/{gone['refunds'][0]['id']}/confirm"
            paid = (await client.post(payout, {"reference": "K1"})).json()

        assert "completed" == done["phase"]
        assert 4_500 == net["net_minor"]
        assert "payout" == gone["refunds"][0]["phase"]
        assert "refunded" == paid["refunds"][0]["phase"]

    async def test_lines_are_returned(self, desk):
        """
        Returning a line names the settlement of what remains.
        """
        async with application(desk) as client:
            done = await client.confirmed()
            body = {"lines": ["L1"], "presentation": desk.scan()}
            gone = await client.post(f"/v1/settlements/{done['id']}/refunds", body)
            following = gone.json()["settlement"]["replaced_by"]
            rest = (await client.get(f"/v1/settlements/{following}")).json()

        assert done["id"] == rest["replaces"]
        assert 5_000 == rest["screen"]["total_minor"]

    async def test_the_hospital_reports(self, desk):
        """
        Where the HIS settles it reports its number and amounts.
        """
        async with application(desk) as client:
            visit = await client.visit()
            desk.parties.given = {"settled_by": "his"}
            reported = {
                "settlement_reference": "S1",
                "funds": [{"code": "hifp", "name": "统筹", "amount_minor": 10_000}],
                "account_minor": 1_000,
                "cash_minor": 4_000,
            }
            opened = (await client.open(visit, reported=reported)).json()

        assert ("awaiting_approval", "his", "S1") == (
            opened["phase"],
            opened["insurer"],
            opened["insurer_reference"],
        )

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"total_minor": 15_001}, "TOTAL"),
            ({"lines": [BILL["lines"][0]] * 2}, "LINE_REPEATED"),
            ({"lines": [BILL["lines"][0] | {"amount_minor": 10_001}]}, "LINE_AMOUNT"),
        ],
    )
    async def test_a_bill_that_is_wrong(self, desk, change, problem):
        """
        A bill that does not add up is named as such.
        """
        async with application(desk) as client:
            answer = await client.open(bill=BILL | change)

        assert (422, "BILL_INVALID", problem) == (
            answer.status_code,
            answer.json()["code"],
            answer.json()["problem"],
        )

    async def test_a_bill_too_long(self, desk):
        """
        A bill has at most five hundred lines.
        """
        async with application(desk) as client:
            answer = await client.open(bill=BILL | {"lines": BILL["lines"] * 251})

        assert 400 == answer.status_code

    async def test_without_a_key(self, desk):
        """
        Without an idempotency key nothing is done.
        """
        async with application(desk) as client:
            opened = (await client.open()).json()
            answer = await client.http.post(
                f"/v1/settlements/{opened['id']}/cancel",
                headers={"authorization": "Bearer terminal"},
            )

        assert (400, "IDEMPOTENCY_KEY_MISSING") == (answer.status_code, answer.json()["code"])

    async def test_no_receipt_yet(self, desk):
        """
        What was never completed has no receipt.
        """
        async with application(desk) as client:
            opened = (await client.open()).json()
            answer = await client.get(f"/v1/settlements/{opened['id']}/receipt")

        assert 409 == answer.status_code

    async def test_nobody(self, desk):
        """
        Who is neither terminal nor resident sees nothing.
        """
        async with application(desk) as client:
            opened = (await client.open()).json()
            answer = await client.get(f"/v1/settlements/{opened['id']}", who="stranger")

        assert 401 == answer.status_code


class TestResident:
    async def test_approves(self, desk):
        """
        The resident sees what to sign, signs it, and the settlement goes on.
        """
        desk.parties.given = {"otp_limit_minor": 0}
        async with application(desk) as client:
            waiting = await client.confirmed()
            assert waiting["approval_required"]
            page = (await client.get("/v1/settlements", who="resident")).json()
            (mine,) = page["settlements"]
            given = mine["approval"]
            text = approval_text(
                given["settlement_id"], given["version"], given["amount_minor"], given["payee"]
            )
            desk.devices.right = (text, bytes(64))
            signature = urlsafe_b64encode(bytes(64)).rstrip(b"=").decode()
            body = {"device_no": 1, "version": given["version"], "signature": signature}
            path = f"/v1/settlements/{mine['id']}"
            done = await client.post(f"{path}/approve", body, who="resident")
            seen = (await client.get(path, who="resident")).json()
            receipt = await client.get(f"{path}/receipt", who="resident")

        assert mine["id"] != waiting["id"]
        assert (200, "completed") == (done.status_code, seen["phase"])
        assert 200 == receipt.status_code

    async def test_a_wrong_signature(self, desk):
        """
        A wrong signature is told as such.
        """
        desk.parties.given = {"otp_limit_minor": 0}
        async with application(desk) as client:
            await client.confirmed()
            page = (await client.get("/v1/settlements", who="resident")).json()
            (mine,) = page["settlements"]
            body = {"device_no": 1, "version": mine["approval"]["version"], "signature": "A" * 86}
            answer = await client.post(
                f"/v1/settlements/{mine['id']}/approve", body, who="resident"
            )

        assert (403, "APPROVAL_INVALID") == (answer.status_code, answer.json()["code"])
