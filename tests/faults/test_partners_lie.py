"""Insurer and provider that hang, cut and lie: never a second one, never a lost one."""

import asyncio
from itertools import count

import pytest

from tests.faults.crash.cashier import PAUSE_SECONDS, Cashier, RefusedError
from tests.faults.crash.verdicts import evidence, faults_of
from tests.faults.crash.visits import Patient, Wish
from wallet.visiting.schemas import DOUBT_ZH

PAY, QUERY, CANCEL = "alipay.trade.pay", "alipay.trade.query", "alipay.trade.cancel"
REFUND = "alipay.trade.refund"
ALWAYS = 0
AGREED = Wish(cash_by="agreement")
_patients = count()


class Ward:
    """
    One patient at a window of a region.
    """

    def __init__(self, region, patient, person):
        self.region, self.patient, self.person = region, patient, person
        self.cashier = patient.cashier

    async def shown(self, wish=AGREED):
        """
        Open a settlement and return it when its split is shown.
        """
        await self.patient.arrive()
        return await self.patient.opened(wish)

    async def confirmed(self, wish=AGREED):
        """
        Agree to it; return the address, whatever came of it so far.
        """
        settlement = await self.shown(wish)
        target = f"/v1/settlements/{settlement['id']}"
        body = {"cash_minor": settlement["cash_minor"], "cash_by": wish.cash_by}
        await self.cashier.post(f"{target}/confirm", body)
        return target

    async def locked(self, target):
        """
        Insist that nothing else can be begun while nobody knows.
        """
        while not (seen := await self.cashier.get(target))["locked"]:
            await self.cashier.pause()

        assert DOUBT_ZH == seen["message"]["zh"]
        assert DOUBT_ZH == seen["screen"]["message"]["zh"]
        for act, body in (
            ("confirm", {"cash_minor": seen["cash_minor"], "cash_by": "desk"}),
            ("cancel", None),
            ("tenders", {"method": "cash", "amount_minor": 1}),
            ("refunds", {"lines": []}),
        ):
            assert "STATE_CONFLICT" == await self.refusal(f"{target}/{act}", body)
        visit = f"/v1/visits/{self.patient.visit}"
        assert "STATE_CONFLICT" == await self.refusal(f"{visit}/cancel", None)
        return seen

    async def refusal(self, target, body):
        with pytest.raises(RefusedError) as refused:
            await self.cashier.post(target, body)
        return refused.value.code

    async def followed(self, target, wish=AGREED):
        return await self.patient.followed(target.rpartition("/")[2], wish)

    async def phase(self, target, *phases):
        """
        Wait for a phase.
        """
        while (seen := await self.cashier.get(target))["phase"] not in phases:
            await self.cashier.pause()
        return seen

    async def evidence(self):
        visiting = self.region.services.money.visiting
        resident_id, _ = visiting.locate(self.cashier.window.party_id, self.patient.visit)
        return await evidence(self.region, resident_id, self.person.psn_no)

    async def agreed_books(self):
        """
        Wait until insurer, provider and ledger agree, and return what they say.
        """
        faults = ["not looked yet"]
        for _ in range(100):
            found = await self.evidence()
            faults = faults_of(found)
            if not faults:
                break
            await asyncio.sleep(0.1)

        assert [] == faults
        return found


@pytest.fixture
async def ward(region):
    """
    A patient of their own for each test.
    """
    person = region.people[next(_patients)]
    phone = await region.phone(person)
    cashier = Cashier(region, await region.window(), phone, longest=PAUSE_SECONDS)
    return Ward(region, Patient(cashier, 1), person)


def paid(found):
    """
    Return how many trades the provider was ever paid for.
    """
    return sum(trade["paid_fen"] > 0 for trade in found.alipay.values())


def messages(books, person, infno):
    """
    Return how many messages of a kind the insurer carried out for somebody.
    """
    return sum(
        (row["infno"], row["psn_no"]) == (infno, person.psn_no) for row in books["messages"]
    )


pytestmark = pytest.mark.timeout(300)


class TestProvider:
    @pytest.mark.parametrize(
        ("fault", "charged"),
        [
            ({"kind": "answer", "code": "20000", "processed": True}, True),
            ({"kind": "answer", "code": "20000", "processed": False}, False),
            ({"kind": "cut_before_response"}, True),
            ({"kind": "cut_after_request"}, False),
            ({"kind": "hang", "processed": True}, True),
            ({"kind": "hang", "processed": False}, False),
            ({"kind": "wrong_signature"}, True),
        ],
        ids=lambda value: (
            "-".join(str(part) for part in value.values()) if isinstance(value, dict) else ""
        ),
    )
    async def test_a_charge_nobody_knows_of(self, region, ward, fault, charged):
        """
        The visit is locked until a query tells; the charge is made once or not at all.
        """
        await region.sandboxes.fault("alipay", operation=PAY, **fault)
        await region.sandboxes.fault(
            "alipay", operation=QUERY, kind="cut_after_request", times=ALWAYS
        )
        target = await ward.confirmed()
        await ward.locked(target)
        await region.sandboxes.behave()
        seen = await ward.phase(target, "completed", "cash_due")
        over = await ward.followed(target)
        found = await ward.agreed_books()

        assert "completed" == over["phase"]
        assert paid(found) == int(seen["phase"] == "completed") <= int(charged)
        assert 1 == messages(await region.sandboxes.books("nhsa"), ward.person, "2207")

    async def test_a_payer_who_is_asked_and_pays(self, region, ward):
        """
        A pending charge locks the visit; it completes when the payer agrees.
        """
        await region.sandboxes.behave(asks_buyer="always")
        target = await ward.confirmed()
        await ward.locked(target)
        (number,) = (await ward.evidence()).alipay
        await region.sandboxes.control("alipay", "POST", f"trades/{number}/confirm")
        over = await ward.followed(target)

        assert "completed" == over["phase"]
        assert 1 == paid(await ward.agreed_books())

    async def test_a_success_after_the_cancel(self, region, ward):
        """
        Money that was taken although the provider said it had cancelled goes back by itself.
        """
        await region.sandboxes.behave(asks_buyer="always")
        await region.sandboxes.fault("alipay", operation=CANCEL, kind="lie", times=ALWAYS)
        target = await ward.confirmed()
        while (await ward.cashier.get(target))["tenders"][-1]["phase"] != "cancelling":
            await ward.cashier.pause()
        (number,) = (await ward.evidence()).alipay
        await region.sandboxes.control("alipay", "POST", f"trades/{number}/confirm")
        seen = await ward.phase(target, "cash_due")
        over = await ward.followed(target)
        found = await ward.agreed_books()

        assert "CHARGED_LATE" == seen["reason"]
        assert "completed" == over["phase"]
        assert [("agreement", "refunded")] == [
            (refund["method"], refund["phase"]) for refund in over["refunds"]
        ]
        assert 0 == sum(row["paid_fen"] - row["refunded_fen"] for row in found.alipay.values())

    @pytest.mark.parametrize("kind", ["cut_before_response", "cut_after_request", "lie"])
    async def test_a_refund_nobody_knows_of(self, region, ward, kind):
        """
        A refund is repeated as the same refund until the provider's own query tells of it.
        """
        target = await ward.confirmed()
        settlement = await ward.phase(target, "completed")
        await region.sandboxes.fault("alipay", operation=REFUND, kind=kind)
        await ward.patient.give_back(settlement, ())
        found = await ward.evidence()
        (trade,) = found.alipay.values()
        lied = kind == "lie"

        assert (0 if lied else trade["paid_fen"]) == trade["refunded_fen"]
        assert 1 == len(found.refunds)
        if not lied:
            await ward.agreed_books()


class TestInsurer:
    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "cut_before_response"},
            {"kind": "hang"},
            {"kind": "answer", "code": "http-5xx"},
        ],
        ids=lambda fault: fault["kind"],
    )
    async def test_a_settlement_that_was_made_and_not_answered(self, region, ward, fault):
        """
        It is found by a query; the insurer settles once, and only then the payer is charged.
        """
        await region.sandboxes.fault("nhsa", operation="2207", **fault)
        await region.sandboxes.fault(
            "nhsa", operation="5203", kind="cut_after_request", times=ALWAYS
        )
        target = await ward.confirmed()
        await ward.locked(target)
        assert 0 == paid(await ward.evidence())
        await region.sandboxes.behave()
        over = await ward.followed(target)
        found = await ward.agreed_books()

        assert 1 == messages(await region.sandboxes.books("nhsa"), ward.person, "2207")
        assert paid(found) == int(over["phase"] == "completed")

    async def test_a_settlement_that_was_never_made(self, region, ward):
        """
        What no query finds is reversed for good before the desk may begin anew.
        """
        await region.sandboxes.fault("nhsa", operation="2207", kind="cut_after_request")
        target = await ward.confirmed()
        await ward.locked(target)
        over = await ward.followed(target)
        await ward.agreed_books()
        books = await region.sandboxes.books("nhsa")

        assert ("cancelled", "INSURER_REVERSED") == (over["phase"], over["reason"])
        assert [ward.person.psn_no] == [
            row["psn_no"] for row in books["reversals"] if row["psn_no"] == ward.person.psn_no
        ]
        assert "completed" == (await ward.patient.settled(AGREED))["phase"]
        await ward.agreed_books()

    @pytest.mark.parametrize("kind", ["cut_before_response", "cut_after_request"])
    async def test_an_undo_nobody_knows_of(self, region, ward, kind):
        """
        Nothing is given back before the insurer's undo is definite, and it is undone once.
        """
        target = await ward.confirmed()
        settlement = await ward.phase(target, "completed")
        await region.sandboxes.fault("nhsa", operation="2208", kind=kind)
        await region.sandboxes.fault(
            "nhsa", operation="5203", kind="cut_after_request", times=ALWAYS
        )
        await ward.cashier.post(f"{target}/refunds", {"lines": []})
        await ward.locked(target)
        assert [] == (await ward.evidence()).refunds
        await region.sandboxes.behave()
        over = await ward.followed(target)
        found = await ward.agreed_books()

        assert "cancelled" == over["phase"]
        assert 1 == len(found.refunds)
        assert settlement["tendered_minor"] == found.refunds[0].amount_minor

    async def test_a_final_split_with_more_cash(self, region, ward):
        """
        What was not shown is not charged: the resident approves the grown cash part first.
        """
        settlement = await ward.shown()
        drift = {"psn_no": ward.person.psn_no, "pool_plus": 849_000}
        await region.sandboxes.control("nhsa", "POST", "drift", drift)
        body = {"cash_minor": settlement["cash_minor"], "cash_by": "agreement"}
        target = f"/v1/settlements/{settlement['id']}"
        await ward.cashier.post(f"{target}/confirm", body)
        seen = await ward.phase(target, "awaiting_approval", "completed")
        assert 0 == paid(await ward.evidence())
        over = await ward.followed(target)

        assert ("awaiting_approval", "CASH_PART_GREW") == (seen["phase"], seen["reason"])
        assert seen["approval_required"]
        assert seen["cash_minor"] > settlement["cash_minor"]
        assert "completed" == over["phase"]
        await ward.agreed_books()

    async def test_a_pretended_settlement(self, region, ward):
        """
        An insurer that only says it settled is found out at the undo, and a person looks.
        """
        await region.sandboxes.fault("nhsa", operation="2207", kind="lie")
        target = await ward.confirmed()
        await ward.phase(target, "completed")
        await ward.cashier.post(f"{target}/refunds", {"lines": []})
        seen = await ward.phase(target, "review")
        found = await ward.evidence()

        assert seen["locked"]
        assert DOUBT_ZH == seen["message"]["zh"]
        assert [] == found.nhsa["settlements"]
        assert [] == found.refunds

    async def test_a_pretended_undo(self, region, ward):
        """
        An insurer that only says it undid is found out when the bill is revoked; a person looks.
        """
        target = await ward.confirmed()
        await ward.phase(target, "completed")
        await region.sandboxes.fault("nhsa", operation="2208", kind="lie")
        await ward.cashier.post(f"{target}/refunds", {"lines": []})
        seen = await ward.phase(target, "review")
        found = await ward.evidence()

        assert seen["locked"]
        assert ["settled"] == [row["status"] for row in found.nhsa["settlements"]]
        assert 1 == len(found.refunds)

    async def test_a_registration_nobody_knows_of(self, region, ward):
        """
        The desk sees that it is being found out; the visit is open at the insurer once.
        """
        await region.sandboxes.fault("nhsa", operation="2201", kind="cut_before_response")
        await ward.patient.arrive()
        visit = await ward.cashier.get(f"/v1/visits/{ward.patient.visit}")
        found = await ward.agreed_books()

        assert visit["insured"]
        assert 1 == len(found.nhsa["visits"])
