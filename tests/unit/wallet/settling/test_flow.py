"""The way of a settlement through the whole engine, with an insurer and a payer of ours."""

import pytest

from integrations.spi import Split
from tests.fixtures.desks import answered, bill_of
from wallet.errors import NotFoundError, StateConflictError, ValidationFailedError
from wallet.idempotency.errors import IdempotencyMismatchError
from wallet.parties.errors import ScopeDeniedError, TerminalUnknownError
from wallet.presentations.errors import HandleMismatchError
from wallet.settling.approvals import approval_text
from wallet.settling.errors import (
    ApprovalInvalidError,
    BillInvalidError,
    InsuranceRefusedError,
)
from wallet.settling.opening import Reported, Wish
from wallet.settling.service import Confirmation, Offered


def state(folder):
    return folder.settlement.state


class TestCompletes:
    async def test_by_agreement(self, desk):
        """
        A bill is settled by the insurer, and its cash part charged once.
        """
        folder = await desk.settled()

        assert "completed" == state(folder).phase
        assert 4_500 == desk.payer.net
        assert 1 == len(desk.insurer.live)

    async def test_secures_before_the_insurer_settles(self, desk):
        """
        The agreement is checked before the insurer settles.
        """
        desk.payer.limit = 1
        folder = await desk.settled()

        assert "awaiting_approval" == state(folder).phase
        assert "AMOUNT_OVER_LIMIT" == state(folder).reason
        assert {} == desk.insurer.live

    async def test_by_cash_after_the_agreement_did_not_hold(self, desk):
        """
        An agreement that does not cover the amount leaves the desk to take cash.
        """
        desk.payer.limit = 1
        folder = await desk.confirm(await desk.settled(), "desk")
        paid = await desk.settling.tender(
            desk.intent(),
            desk.name_of(folder.settlement),
            Offered(method="cash", amount_minor=4_500),
        )

        assert "completed" == state(paid).phase

    async def test_without_cash_nothing_is_secured_or_charged(self, desk):
        """
        Securing and charging are skipped when the cash part is zero.
        """
        desk.insurer.cash_percent = 0
        folder = await desk.settled()

        assert "completed" == state(folder).phase
        assert [] == desk.payer.secured
        assert [] == desk.payer.performed

    async def test_without_an_insurer(self, desk):
        """
        Somebody without insurance pays the whole bill.
        """
        visit = await desk.visit(insured=False)
        folder = await desk.settled(visit=visit, scan=desk.scan(insured=False))

        assert "completed" == state(folder).phase
        assert 15_000 == desk.payer.net
        assert [] == desk.insurer.performed

    async def test_the_books_balance(self, desk):
        """
        What the books say adds up to zero and agrees with insurer and payer.
        """
        await desk.settled()

        expected = {
            ("insurer:fund", "CNY"): 5_250,
            ("insurer:account", "CNY"): 5_250,
            ("patient:cash_due", "CNY"): 0,
            ("hospital:receivable", "CNY"): -15_000,
            ("provider:payer", "CNY"): 4_500,
        }
        assert expected == await desk.balances()
        assert 0 == sum((await desk.balances()).values())

    async def test_the_resident_reads_of_it(self, desk):
        """
        The journal tells what was settled and charged.
        """
        folder = await desk.settled()
        page = await desk.journal.of_resident(folder.settlement.resident_id)

        assert ["charged", "settled"] == [written.entry.kind for written in page.entries]

    async def test_the_credential_is_forgotten(self, desk):
        """
        Once the insurer has settled, the visit's credential is not kept.
        """
        folder = await desk.settled()

        assert b"" == folder.settlement.credential

    async def test_where_the_hospital_settles_itself(self, desk):
        """
        Where the HIS settles with the insurer, only the cash part is ours.
        """
        desk.parties.given = {"settled_by": "his"}
        split = desk.insurer.split(15_000, 30)
        reported = Reported(settlement_reference="S1", split=split)
        opened = await desk.open(reported=reported)
        calls = [operation for operation, _ in desk.insurer.performed]
        folder = await desk.confirm(opened)

        assert "completed" == state(folder).phase
        assert ["register"] == calls
        assert 4_500 == desk.payer.net
        assert 0 == sum((await desk.balances()).values())


class TestOpening:
    async def test_a_bill_that_does_not_add_up(self, desk):
        """
        A bill whose lines do not add up is refused before anything is called.
        """
        visit = await desk.visit()
        with pytest.raises(BillInvalidError) as refusal:
            await desk.open(visit, bill=bill_of(100, total_minor=101))

        assert {"problem": "TOTAL", "line": ""} == refusal.value.members

    async def test_somebody_else(self, desk):
        """
        The person scanned must be the visit's.
        """
        visit = await desk.visit()
        with pytest.raises(HandleMismatchError):
            await desk.open(visit, scan=desk.scan(resident_id=99))

    async def test_another_insurance(self, desk):
        """
        The insurance scanned must be the one the visit was registered with.
        """
        visit = await desk.visit()
        other = desk.presentations.scan(
            insurance=answered("insurance", "insurer", subject="another")
        )
        with pytest.raises(HandleMismatchError):
            await desk.open(visit, scan=other)

    async def test_insurance_that_does_not_answer(self, desk):
        """
        An insured visit is not silently settled without its insurance.
        """
        visit = await desk.visit()
        refused = answered("insurance", "insurer", valid=False, refusal="CREDENTIAL_REQUIRED")
        with pytest.raises(InsuranceRefusedError) as refusal:
            await desk.open(visit, scan=desk.presentations.scan(insurance=refused))

        assert {"refusal": "CREDENTIAL_REQUIRED"} == refusal.value.members

    async def test_self_pay_on_demand(self, desk):
        """
        An insured person may pay all by themselves.
        """
        folder = await desk.settled(self_pay=True)

        assert 15_000 == desk.payer.net
        assert "nobody" == state(folder).insurer

    async def test_one_at_a_time(self, desk):
        """
        A visit has one settlement under way at most.
        """
        visit = await desk.visit()
        await desk.open(visit)
        with pytest.raises(StateConflictError):
            await desk.open(visit)

    async def test_a_scan_is_used_once(self, desk):
        """
        A scan opens one settlement.
        """
        scan = desk.scan()
        await desk.open(scan=scan)
        with pytest.raises(StateConflictError):
            await desk.open(scan=scan)

    async def test_another_party(self, desk):
        """
        Another party's visit is nobody's.
        """
        visit = await desk.visit()
        wish = Wish(presentation=desk.scan(), bill=bill_of(), use_account=True)
        with pytest.raises(NotFoundError):
            await desk.settling.open(desk.intent(party_id=8), visit, wish)

    @pytest.mark.parametrize("settled_by", ["his", "wallet"])
    async def test_a_report_where_it_belongs(self, desk, settled_by):
        """
        A report is due where the HIS settles, and refused elsewhere.
        """
        visit = await desk.visit()
        desk.parties.given = {"settled_by": settled_by}
        split = desk.insurer.split(15_000, 30)
        reported = Reported(settlement_reference="S", split=split)
        with pytest.raises(ValidationFailedError):
            await desk.open(visit, reported=None if settled_by == "his" else reported)

    async def test_a_report_that_does_not_add_up(self, desk):
        """
        The reported split must be of the bill.
        """
        visit = await desk.visit()
        desk.parties.given = {"settled_by": "his"}
        reported = Reported(settlement_reference="S", split=desk.insurer.split(14_999, 30))
        with pytest.raises(BillInvalidError):
            await desk.open(visit, reported=reported)

    async def test_scope(self, desk):
        """
        A terminal without the scope opens nothing.
        """
        visit = await desk.visit()
        wish = Wish(presentation=desk.scan(), bill=bill_of(), use_account=True)
        with pytest.raises(ScopeDeniedError):
            await desk.settling.open(desk.intent(scopes=frozenset()), visit, wish)

    async def test_revoked_terminal(self, desk):
        """
        Revocation holds at once.
        """
        visit = await desk.visit()
        desk.parties.revoked.add(70)
        with pytest.raises(TerminalUnknownError):
            await desk.open(visit)

    async def test_a_replayed_key(self, desk):
        """
        The same key again answers the present state and begins nothing.
        """
        visit = await desk.visit()
        wish = Wish(presentation=desk.scan(), bill=bill_of(), use_account=True)
        intent = desk.intent()
        first = await desk.settling.open(intent, visit, wish)
        await desk.confirm(first)
        again = await desk.settling.open(intent, visit, wish)

        assert first.settlement.key == again.settlement.key
        assert "completed" == state(again).phase
        assert 1 == desk.insurer.times("settle")

    async def test_a_key_for_something_else(self, desk):
        """
        A key stands for one request.
        """
        folder = await desk.open()
        name = desk.name_of(folder.settlement)
        said = Confirmation(cash_minor=4_500, cash_by="agreement")
        await desk.settling.confirm(desk.intent(key="k"), name, said)
        with pytest.raises(IdempotencyMismatchError):
            await desk.settling.confirm(desk.intent(key="k", fingerprint=b"g"), name, said)


class TestConfirm:
    async def test_another_amount_than_shown(self, desk):
        """
        What is confirmed is the amount that is shown.
        """
        folder = await desk.open()
        said = Confirmation(cash_minor=1, cash_by="agreement")
        with pytest.raises(StateConflictError):
            await desk.settling.confirm(desk.intent(), desk.name_of(folder.settlement), said)

    async def test_without_an_agreement(self, desk):
        """
        Without an agreement the cash part is met at the desk.
        """
        folder = await desk.open(scan=desk.scan(paying=False))
        with pytest.raises(StateConflictError):
            await desk.confirm(folder, "agreement")

    async def test_twice(self, desk):
        """
        A completed settlement cannot be confirmed again.
        """
        folder = await desk.settled()
        with pytest.raises(StateConflictError):
            await desk.confirm(folder)


class TestApproval:
    async def approve(self, desk, folder, *, wrong=False):
        settlement = folder.settlement
        name = desk.approvals.name(folder)
        text = approval_text(name, settlement.version, state(folder).cash_minor, folder.payee)
        desk.devices.right = (text, b"wrong" if wrong else b"signature")
        return await desk.approvals.approve(
            settlement.resident_id, name, 1, settlement.version, b"signature"
        )

    async def test_above_the_limit(self, desk):
        """
        Above the limit of an OTP code nothing moves until the resident approves with a device.
        """
        desk.parties.given = {"otp_limit_minor": 4_499}
        waiting = await desk.settled()
        assert "awaiting_approval" == state(waiting).phase
        assert {} == desk.insurer.live
        folder = await self.approve(desk, waiting)

        assert "completed" == state(folder).phase

    async def test_before_the_cashier_confirms(self, desk):
        """
        Approval may come before the cashier's word.
        """
        desk.parties.given = {"otp_limit_minor": 0}
        approved = await self.approve(desk, await desk.open())
        folder = await desk.confirm(approved)

        assert "completed" == state(folder).phase

    async def test_a_signed_code_goes_further(self, desk):
        """
        A signed code needs no approval up to its own limit.
        """
        desk.parties.given = {"otp_limit_minor": 0, "signed_limit_minor": 4_500}
        folder = await desk.settled(scan=desk.scan(method="signed"))

        assert "completed" == state(folder).phase

    async def test_under_alarm(self, desk):
        """
        A device under alarm always needs it, unless the desk checks the holder's identity.
        """
        desk.devices.on_alarm = True
        waiting = await desk.settled()
        assert "awaiting_approval" == state(waiting).phase
        folder = await desk.confirm(waiting, identity_checked=True)

        assert "completed" == state(folder).phase

    async def test_a_wrong_signature(self, desk):
        """
        A wrong signature approves nothing.
        """
        desk.parties.given = {"otp_limit_minor": 0}
        waiting = await desk.settled()
        with pytest.raises(ApprovalInvalidError):
            await self.approve(desk, waiting, wrong=True)

    async def test_of_what_was_shown_before(self, desk):
        """
        An approval is of the version that was shown.
        """
        folder = await desk.open()
        with pytest.raises(StateConflictError):
            await desk.approvals.approve(
                folder.settlement.resident_id, desk.approvals.name(folder), 1, 1, b"signature"
            )

    async def test_when_nobody_waits(self, desk):
        """
        A completed settlement cannot be approved.
        """
        with pytest.raises(StateConflictError):
            await self.approve(desk, await desk.settled())

    async def test_a_cash_part_that_grew(self, desk):
        """
        A final split with more cash than shown is approved anew, never silently charged.
        """
        desk.insurer.final_percent = 40
        grown = await desk.settled()
        assert "awaiting_approval" == state(grown).phase
        assert "CASH_PART_GREW" == state(grown).reason
        assert {} == desk.payer.taken
        folder = await self.approve(desk, grown)

        assert "completed" == state(folder).phase
        assert 6_000 == desk.payer.net

    async def test_a_cash_part_that_grew_is_cancelled(self, desk):
        """
        Or the insurer's settlement is cancelled.
        """
        desk.insurer.final_percent = 40
        grown = await desk.settled()
        folder = await desk.settling.cancel(desk.intent(), desk.name_of(grown.settlement))

        assert "cancelled" == state(folder).phase
        assert {} == desk.insurer.live
        assert set() == desk.insurer.uploads

    async def test_a_cash_part_that_shrank(self, desk):
        """
        A final split with less cash charges less.
        """
        desk.insurer.final_percent = 10
        await desk.settled()

        assert 1_500 == desk.payer.net

    async def test_lists(self, desk):
        """
        The resident pages through their settlements.
        """
        visit = await desk.visit()
        first = await desk.settled(visit=visit)
        second = await desk.settled(visit=visit)
        page, cursor = await desk.approvals.page(4711, cursor=None, limit=1)
        rest, end = await desk.approvals.page(4711, cursor=cursor, limit=1)

        assert [second.settlement.key] == [each.settlement.key for each in page]
        assert [first.settlement.key] == [each.settlement.key for each in rest]
        assert end is None
        with pytest.raises(ValidationFailedError):
            await desk.approvals.page(4711, cursor="set_x", limit=1)


class TestCancel:
    async def test_before_the_insurer_settled(self, desk):
        """
        Cancelled before the insurer settled, the upload is revoked.
        """
        folder = await desk.open()
        gone = await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))

        assert "cancelled" == state(gone).phase
        assert set() == desk.insurer.uploads
        assert 0 == desk.insurer.times("cancel_settlement")

    async def test_while_cash_is_due(self, desk):
        """
        The cashier's cancel undoes the insurer's settlement and what was tendered.
        """
        folder = await desk.settled("desk")
        name = desk.name_of(folder.settlement)
        await desk.settling.tender(
            desk.intent(), name, Offered(method="code", code="2812345", amount_minor=1_000)
        )
        gone = await desk.settling.cancel(desk.intent(), name)

        assert "cancelled" == state(gone).phase
        assert {} == desk.insurer.live
        assert 0 == desk.payer.net
        assert 0 == sum((await desk.balances()).values())
        assert {0} == set((await desk.balances()).values())

    async def test_a_completed_one(self, desk):
        """
        What is completed is returned, not cancelled.
        """
        folder = await desk.settled()
        with pytest.raises(StateConflictError):
            await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))

    async def test_a_new_one_may_follow(self, desk):
        """
        After a cancel the bill may be settled anew.
        """
        visit = await desk.visit()
        folder = await desk.open(visit)
        await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
        again = await desk.settled(visit=visit)

        assert "completed" == state(again).phase

    async def test_unconfirmed_it_expires(self, desk):
        """
        What nobody confirms is undone after half an hour.
        """
        folder = await desk.open()
        desk.clock.advance(30 * 60)
        gone = await desk.work_off(folder, until="cancelled")

        assert "EXPIRED" == state(gone).reason
        assert set() == desk.insurer.uploads

    async def test_unpaid_it_expires(self, desk):
        """
        Cash that stays due beyond the party's limit cancels the insurer's settlement.
        """
        folder = await desk.settled("desk")
        desk.clock.advance(1_799)
        await desk.loop.run_due()
        assert "cash_due" == state(await desk.look(folder)).phase
        desk.clock.advance(2)
        gone = await desk.work_off(folder, until="cancelled")

        assert "EXPIRED" == state(gone).reason
        assert {} == desk.insurer.live


class TestTenders:
    async def due(self, desk):
        folder = await desk.settled("desk")
        assert "cash_due" == state(folder).phase
        return folder, desk.name_of(folder.settlement)

    async def test_splits(self, desk):
        """
        The cash part may be met in several ways.
        """
        _, name = await self.due(desk)
        offers = (
            Offered(method="cash", amount_minor=500),
            Offered(method="card", amount_minor=1_000, reference="slip 1"),
            Offered(method="code", amount_minor=3_000, code="2812345"),
        )
        for offered in offers:
            folder = await desk.settling.tender(desk.intent(), name, offered)

        assert "completed" == state(folder).phase
        balances = await desk.balances()
        assert 500 == balances["desk:cash", "CNY"]
        assert 1_000 == balances["desk:card", "CNY"]
        assert 3_000 == balances["provider:payer", "CNY"]
        assert 0 == balances["patient:cash_due", "CNY"]

    async def test_more_than_is_due(self, desk):
        """
        Nobody pays more than is due.
        """
        _, name = await self.due(desk)
        with pytest.raises(StateConflictError):
            await desk.settling.tender(
                desk.intent(), name, Offered(method="cash", amount_minor=4_501)
            )

    async def test_no_code(self, desk):
        """
        Nobody is charged by a code that was not scanned, whoever is named to take it.
        """
        folder, name = await self.due(desk)
        offered = Offered(method="code", amount_minor=4_500, provider="payer")
        with pytest.raises(ValidationFailedError):
            await desk.settling.tender(desk.intent(), name, offered)

        assert ((), 0) == ((await desk.look(folder)).tenders, desk.payer.times("charge"))

    async def test_a_code_that_is_not_charged(self, desk):
        """
        A code that comes along with cash is not kept.
        """
        _, name = await self.due(desk)
        offered = Offered(method="cash", amount_minor=4_500, code="2812345")
        folder = await desk.settling.tender(desk.intent(), name, offered)

        assert [""] == [tender.code for tender in folder.tenders]

    async def test_an_unknown_provider(self, desk):
        """
        It must be clear who takes a code.
        """
        _, name = await self.due(desk)
        with pytest.raises(ValidationFailedError):
            await desk.settling.tender(
                desk.intent(), name, Offered(method="code", amount_minor=1, code="1", provider="x")
            )

    async def test_the_code_is_forgotten(self, desk):
        """
        A scanned payment code is not kept once the charge is decided.
        """
        _, name = await self.due(desk)
        folder = await desk.settling.tender(
            desk.intent(), name, Offered(method="code", amount_minor=1, code="281")
        )

        assert "" == folder.tenders[0].code

    async def test_the_same_key_twice(self, desk):
        """
        The same tender sent twice is one tender.
        """
        _, name = await self.due(desk)
        offered = Offered(method="cash", amount_minor=500)
        await desk.settling.tender(desk.intent(key="k"), name, offered)
        folder = await desk.settling.tender(desk.intent(key="k"), name, offered)

        assert 500 == state(folder).tendered_minor

    async def test_an_invoice(self, desk):
        """
        The hospital reports its e-invoice afterwards.
        """
        folder = await desk.settled()
        name = desk.name_of(folder.settlement)
        reported = await desk.settling.invoice(desk.intent(), name, "INV1")

        assert "INV1" == reported.settlement.invono
        assert isinstance(reported.settlement.split, Split)

    async def test_no_invoice_yet(self, desk):
        """
        What is not completed has no invoice.
        """
        _, name = await self.due(desk)
        with pytest.raises(StateConflictError):
            await desk.settling.invoice(desk.intent(), name, "INV1")
