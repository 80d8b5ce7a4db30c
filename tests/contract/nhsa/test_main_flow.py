"""From registration to settlement and all the way back, over real HTTP."""

from integrations.spi import (
    Declined,
    PreSettled,
    Registered,
    Scene,
    Settled,
    Succeeded,
    Undone,
    Uploaded,
)
from tests.contract.nhsa.builders import (
    HOSPITAL_LINES,
    LI,
    PHARMACY_LINES,
    START,
    WANG,
    ZHANG,
    bill_of,
)

WAY = [Registered, Uploaded, PreSettled, Settled, Undone, Undone, Undone]


def pharmacy_bill():
    return bill_of(med_type="41", lines=PHARMACY_LINES)


class TestHospital:
    async def test_forward_and_back_with_the_fused_code(self, hospital):
        """
        Two scans of the fused code carry a visit to its settlement and all of it can be undone.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        await hospital.show_code(ZHANG, Scene.OUTPATIENT_REGISTRATION)
        steps = [await hospital.do(hospital.registration())]
        await hospital.show_code(ZHANG, Scene.OUTPATIENT_SETTLEMENT)
        steps.append(await hospital.do(hospital.upload(bill)))
        steps.append(await hospital.do(hospital.pre_settlement(bill)))
        steps.append(await hospital.do(hospital.settlement(bill, steps[-1].result.split)))
        steps.append(await hospital.do(hospital.settlement_undo()))
        steps.append(await hospital.do(hospital.upload_undo()))
        steps.append(await hospital.do(hospital.registration_undo()))

        assert WAY == [type(step.result) for step in steps]

    async def test_split_is_the_insurers_to_the_fen(self, hospital):
        """
        The final split carries each share as the insurer's books have it.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        settled = await hospital.do(hospital.settlement(bill, shown))
        split = settled.result.split
        (row,) = (await hospital.books())["settlements"]

        assert {
            "total": row["total"],
            "fund": row["fund"],
            "account": row["account"],
            "mutual_aid": row["mutual_aid"],
            "hospital": row["hospital"],
            "cash": row["cash"],
        } == {
            "total": split.total_minor,
            "fund": split.fund_minor,
            "account": split.account_minor,
            "mutual_aid": split.mutual_aid_minor,
            "hospital": split.hospital_minor,
            "cash": split.cash_minor,
        }

    async def test_worked_example_of_the_platform(self, hospital):
        """
        The pool pays 72.25, the hospital 5.00, the account the rest of the worked example.
        """
        vitamin = ("XA11CCV100X001010199001", "维生素D滴剂", 10_000, 19_900_000, 1990)
        bill = bill_of(lines=(*HOSPITAL_LINES, vitamin))
        await hospital.link(ZHANG)
        split = await hospital.to_pre_settled(ZHANG, bill)

        assert ("hifp", 7225) == (split.funds[0].code, split.fund_minor)
        assert (500, 5625, 0) == (split.hospital_minor, split.account_minor, split.cash_minor)
        assert (1990, 800, 238) == (
            split.self_paid_minor,
            split.over_limit_minor,
            split.first_self_paid_minor,
        )

    async def test_settlement_names_the_message_and_the_time(self, hospital):
        """
        The settlement states the insurer's number and time, and its message is ours.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        settled = await hospital.do(hospital.settlement(bill, shown))
        (row,) = (await hospital.books())["settlements"]

        assert START == settled.result.at
        assert row["setl_id"] == settled.result.settlement_reference
        assert row["msgid"] == hospital.last.reference

    async def test_mutual_aid_and_cash(self, hospital):
        """
        When account and mutual aid do not suffice, the rest is cash.
        """
        line = ("002102010010000-210201001", "头颅磁共振平扫", 40_000, 560_000_000, 224_000)
        await hospital.link(LI)
        split = await hospital.to_pre_settled(LI, bill_of(lines=(line,)))

        assert (8620, 50_000) == (split.account_minor, split.mutual_aid_minor)
        assert split.cash_minor == split.total_minor - split.fund_minor - 8620 - 50_000
        assert split.cash_minor > 0

    async def test_account_may_stay_untouched(self, hospital):
        """
        Without the account the personal part is cash alone.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        await hospital.to_pre_settled(ZHANG, bill)
        shown = await hospital.do(hospital.pre_settlement(bill, use_account=False))
        split = shown.result.split

        assert (0, 0) == (split.account_minor, split.mutual_aid_minor)
        assert split.cash_minor == split.total_minor - split.fund_minor - split.hospital_minor

    async def test_insured_elsewhere(self, hospital):
        """
        A person insured elsewhere settles under their own place of insurance.
        """
        bill = bill_of()
        await hospital.link(WANG)
        shown = await hospital.to_pre_settled(WANG, bill)
        settled = await hospital.do(hospital.settlement(bill, shown))

        assert Settled is type(settled.result)

    async def test_two_bills_of_one_visit(self, hospital):
        """
        A visit has several bills, each with its own batch, and each cancels on its own.
        """
        first, second = bill_of("B1"), bill_of("B2", lines=PHARMACY_LINES)
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, first)
        visit = hospital.continuation
        await hospital.do(hospital.settlement(first, shown))
        hospital.continuation = visit
        uploaded = await hospital.do(hospital.upload(second))
        shown = await hospital.do(hospital.pre_settlement(second))
        settled = await hospital.do(hospital.settlement(second, shown.result.split))
        await hospital.do(hospital.settlement_undo())
        statuses = [row["status"] for row in (await hospital.books())["settlements"]]

        assert [Uploaded, Settled] == [type(uploaded.result), type(settled.result)]
        assert ["settled", "cancelled", "settled"] == statuses

    async def test_final_split_may_differ(self, hospital):
        """
        Money spent elsewhere in between shows in the final split, not in the shown one.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        async with hospital.http.post("/_sandbox/drift", json={"account_minus": 400_000}) as made:
            assert 201 == made.status
        settled = await hospital.do(hospital.settlement(bill, shown))

        assert (0, shown.account_minor) == (shown.cash_minor, settled.result.split.cash_minor)


class TestPharmacy:
    async def test_forward_and_back_with_a_card(self, hospital, pharmacy):
        """
        The single unsigned address carries the whole way as well.
        """
        bill = pharmacy_bill()
        await hospital.link(ZHANG)
        pharmacy.subject = hospital.subject
        pharmacy.scene = Scene.PHARMACY_PURCHASE
        await pharmacy.show_card(ZHANG)
        steps = [await pharmacy.do(pharmacy.registration())]
        steps.append(await pharmacy.do(pharmacy.upload(bill)))
        steps.append(await pharmacy.do(pharmacy.pre_settlement(bill)))
        steps.append(await pharmacy.do(pharmacy.settlement(bill, steps[-1].result.split)))
        answers = [await pharmacy.query()]
        steps.append(await pharmacy.do(pharmacy.settlement_undo()))
        answers.append(await pharmacy.query())
        steps.append(await pharmacy.do(pharmacy.upload_undo()))
        steps.append(await pharmacy.do(pharmacy.registration_undo()))
        answers.append(await pharmacy.query())

        assert WAY == [type(step.result) for step in steps]
        assert [Settled, Undone, Undone] == [type(answer.result) for answer in answers]

    async def test_scanned_code_settles(self, hospital, pharmacy):
        """
        A scanned 医保码 is a credential at the pharmacy, where no grant exists.
        """
        bill = pharmacy_bill()
        await hospital.link(ZHANG)
        pharmacy.subject = hospital.subject
        code = await pharmacy.mint(ZHANG)
        await pharmacy.obtain(ZHANG, code, Scene.PHARMACY_PURCHASE)
        await pharmacy.do(pharmacy.registration())
        await pharmacy.do(pharmacy.upload(bill))
        shown = await pharmacy.do(pharmacy.pre_settlement(bill))
        settled = await pharmacy.do(pharmacy.settlement(bill, shown.result.split))

        assert Settled is type(settled.result)


class TestRefusals:
    async def test_bill_with_an_unknown_item(self, hospital):
        """
        A bill that the insurer refuses is declined with its code.
        """
        line = ("NOSUCHCODE", "无此项目", 10_000, 1_000_000, 100)
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        await hospital.do(hospital.registration())
        outcome = await hospital.do(hospital.upload(bill_of(lines=(line,))))

        assert Declined(code="BILL_REFUSED", partner_code="4003") == outcome

    async def test_cancelling_a_registration_out_of_order(self, hospital):
        """
        A visit with a live settlement cannot be cancelled.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        await hospital.do(hospital.settlement(bill, shown))
        outcome = await hospital.do(hospital.registration_undo())

        assert Declined(code="OUT_OF_ORDER", partner_code="3008") == outcome

    async def test_settling_without_showing(self, hospital):
        """
        A settlement that differs from what was shown is declined.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        outcome = await hospital.do(hospital.settlement(bill, shown, use_account=False))

        assert Declined(code="OUT_OF_ORDER", partner_code="5004") == outcome

    async def test_undoing_what_is_undone(self, hospital):
        """
        An undo that finds nothing left to undo has succeeded.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        shown = await hospital.to_pre_settled(ZHANG, bill)
        await hospital.do(hospital.settlement(bill, shown))
        settled = hospital.continuation
        outcomes = []
        for undo in (
            hospital.settlement_undo,
            hospital.upload_undo,
            hospital.registration_undo,
        ):
            before = hospital.continuation
            await hospital.do(undo())
            hospital.continuation = before
            outcomes.append(await hospital.do(undo()))

        assert settled != hospital.continuation
        assert [Succeeded] * 3 == [type(outcome) for outcome in outcomes]
