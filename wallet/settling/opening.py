"""
What a new settlement is made of: the bill, the scan, who insures, who pays.
"""

from datetime import datetime

from msgspec import Struct

from integrations.spi import Bill, Split
from wallet.errors import ValidationFailedError
from wallet.parties.words import PartySettings, SettledBy
from wallet.presentations.errors import HandleMismatchError
from wallet.presentations.service import Claimed
from wallet.settling.bill import all_cash, fault_of
from wallet.settling.errors import BillInvalidError, InsuranceRefusedError
from wallet.settling.lasting import lasting
from wallet.settling.records import Settlement
from wallet.settling.states import State
from wallet.visiting.service import Insurance, Visit, insurance_of

PAYMENT = "payment"
SIGNED = "signed"


class Reported(Struct, frozen=True, kw_only=True):
    """
    What a hospital's own system has settled with the insurer.
    """

    settlement_reference: str
    split: Split
    invono: str = ""


class Wish(Struct, frozen=True, kw_only=True):
    """
    What the desk wants settled.

    Attributes:
        presentation: the handle of the scan for this bill.
        bill: what is billed; its batch is filled in here.
        use_account: draw on the personal account.
        self_pay: leave the insurer out.
        reported: where the hospital's own system has settled.
    """

    presentation: str
    bill: Bill
    use_account: bool
    self_pay: bool = False
    reported: Reported | None = None

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Wish(…)"


class Ground(Struct, frozen=True, kw_only=True):
    """
    What a new settlement stands on.
    """

    visit: Visit
    claimed: Claimed
    party: PartySettings
    terminal_id: int
    alarmed: bool
    now: datetime

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Ground(…)"


def batch_of(settlement_id: int) -> str:
    """
    Return the batch number of a settlement's lines at the insurer.
    """
    return f"B{settlement_id}"


def checked(bill: Bill) -> Bill:
    """
    Return the bill if it adds up.

    Raises:
        BillInvalidError: it does not; the error names the line.
    """
    fault = fault_of(bill)
    if fault is not None:
        raise BillInvalidError(problem=fault.problem, line=fault.line)
    return bill


def settlement_of(settlement_id: int, ground: Ground, wish: Wish) -> Settlement:
    """
    Return a new settlement.

    Raises:
        HandleMismatchError: the person or the insurance scanned is not the visit's.
        InsuranceRefusedError: the visit's insurance did not answer valid at this scan.
        BillInvalidError: the reported split does not fit the bill.
        ValidationFailedError: a report is missing, or was not expected.
    """
    if ground.claimed.resident_id != ground.visit.resident_id:
        raise HandleMismatchError("Somebody else was scanned than the visit's patient.")
    insurance, split, state = _insurer(ground, wish)
    party, claimed, visit = ground.party, ground.claimed, ground.visit
    payer = claimed.answered.get(PAYMENT)
    paying = payer is not None and payer.valid
    reported = wish.reported
    return Settlement(
        resident_id=visit.resident_id,
        settlement_id=settlement_id,
        visit_id=visit.visit_id,
        party_id=visit.party_id,
        terminal_id=ground.terminal_id,
        presentation_id=claimed.presentation_id,
        device_no=claimed.device_no,
        method=claimed.method,
        state=state,
        bill=wish.bill,
        split=split,
        total_minor=wish.bill.total_minor,
        use_account=wish.use_account,
        insurance_id=insurance.integration_id if insurance else "",
        subject=insurance.subject if insurance else "",
        credential=insurance.credential if insurance else b"",
        continuation=visit.continuation if insurance else b"",
        payment_id=payer.integration_id if payer and paying else "",
        payer=payer.subject if payer and paying else "",
        insurer_reference=reported.settlement_reference if reported else "",
        invono=reported.invono if reported else "",
        created_at=ground.now,
        deadline_at=ground.now + lasting(state, party),
    )


def _insurer(ground: Ground, wish: Wish) -> tuple[Insurance | None, Split | None, State]:
    limit_minor = _limit(ground)
    if ground.party.settled_by == SettledBy.HIS:
        split = _reported(wish)
        state = State(
            phase="awaiting_approval",
            insurer="his",
            settled="standing",
            cash_minor=split.cash_minor,
            shown_minor=split.cash_minor,
            limit_minor=limit_minor,
            alarmed=ground.alarmed,
        )
        return None, split, state
    if wish.reported is not None:
        raise ValidationFailedError("Look at: reported")
    if wish.self_pay or not ground.visit.state.registered:
        split = all_cash(wish.bill.total_minor)
        state = State(
            phase="awaiting_approval",
            insurer="nobody",
            cash_minor=split.cash_minor,
            limit_minor=limit_minor,
            alarmed=ground.alarmed,
        )
        return None, split, state
    insurance = _insured(ground)
    state = State(phase="draft", insurer="wallet", limit_minor=limit_minor, alarmed=ground.alarmed)
    return insurance, None, state


def _insured(ground: Ground) -> Insurance:
    insurance = insurance_of(ground.claimed)
    known = ground.visit.insurance
    if insurance is None:
        answer = ground.claimed.answered.get("insurance")
        raise InsuranceRefusedError(refusal=answer.refusal if answer else "NOT_BOUND")
    if known is None or (insurance.integration_id, insurance.subject) != (
        known.integration_id,
        known.subject,
    ):
        raise HandleMismatchError("Another insurance was scanned than the visit's.")
    return insurance


def _reported(wish: Wish) -> Split:
    if wish.reported is None:
        raise ValidationFailedError("Look at: reported")
    split = wish.reported.split
    if not split.balances() or split.total_minor != wish.bill.total_minor:
        raise BillInvalidError(problem="SPLIT", line="")
    return split


def _limit(ground: Ground) -> int:
    party = ground.party
    if ground.claimed.method == SIGNED:
        return party.signed_limit_minor
    return party.otp_limit_minor
