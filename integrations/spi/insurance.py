"""
Requests and results of the `Insurance` capability. Amounts are integers in minor units (fen).
"""

from datetime import datetime

from msgspec import Struct

from integrations.spi.request import Sensitive


class Diagnosis(Sensitive, frozen=True, kw_only=True):
    """
    One diagnosis of a bill; the first one is the main one.
    """

    code: str
    name: str


class BillLine(Sensitive, frozen=True, kw_only=True):
    """
    One line of a bill.

    Attributes:
        number: unique within the visit, at most 30 letters and digits; it survives corrections.
        catalogue_code: national catalogue code.
        hospital_code: the hospital's own code.
        name: as printed.
        quantity_e4: quantity in ten-thousandths (2.5 is 25000).
        price_e6: unit price in millionths of the currency's major unit.
        amount_minor: the line's amount.
    """

    number: str
    catalogue_code: str
    hospital_code: str
    name: str
    quantity_e4: int
    price_e6: int
    amount_minor: int


class Bill(Sensitive, frozen=True, kw_only=True):
    """
    What is settled.

    Attributes:
        batch: batch number within the visit (``chrg_bchno``), at most 30 letters and digits.
        med_type: ``11`` outpatient, ``14`` chronic or special disease, ``41`` pharmacy, …
        department_code, department_name, doctor_code, doctor_name: who ordered it.
        diagnoses: at least one.
        lines: at least one; their amounts add up to `total_minor`.
        total_minor: the whole bill.
        operator: the desk's operator id.
        window: the desk's window.
        shift: the desk's shift.
        issued_at: aware UTC instant.
    """

    batch: str
    med_type: str
    department_code: str
    department_name: str
    doctor_code: str
    doctor_name: str
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[BillLine, ...]
    total_minor: int
    operator: str
    window: str = ""
    shift: str = ""
    issued_at: datetime


class SplitLine(Struct, frozen=True, kw_only=True):
    """
    One fund's share, such as 统筹, 大病 or 医疗救助.
    """

    code: str
    name: str
    amount_minor: int


class Split(Struct, frozen=True, kw_only=True):
    """
    Who bears what of a bill.

    ``total = sum(funds) + account + mutual_aid + hospital + cash`` always holds.
    `self_paid_minor`, `over_limit_minor` and `first_self_paid_minor` lie beneath, for information.
    """

    total_minor: int
    funds: tuple[SplitLine, ...]
    account_minor: int
    mutual_aid_minor: int
    hospital_minor: int
    cash_minor: int
    self_paid_minor: int = 0
    over_limit_minor: int = 0
    first_self_paid_minor: int = 0

    @property
    def fund_minor(self) -> int:
        """
        What the funds bear together.
        """
        return sum(line.amount_minor for line in self.funds)

    def balances(self) -> bool:
        """
        Tell whether the shares add up and none is negative.
        """
        shares = (self.account_minor, self.mutual_aid_minor, self.hospital_minor, self.cash_minor)
        amounts = (*shares, *(line.amount_minor for line in self.funds))
        return min(amounts) >= 0 and sum(amounts) == self.total_minor


class _Call(Sensitive, frozen=True, kw_only=True):
    subject: str
    credential: bytes


class Register(_Call, frozen=True, kw_only=True, tag="register"):
    """
    Open a visit at the insurer (挂号登记, 2201).

    Attributes:
        visit_number: ours, unique per party, at most 30 letters and digits.
        at: begin of the visit; aware UTC.
    """

    visit_number: str
    department_code: str
    department_name: str
    doctor_code: str
    doctor_name: str
    operator: str
    at: datetime


class CancelRegistration(_Call, frozen=True, kw_only=True, tag="cancel_registration"):
    """
    退号: undo `Register`.
    """

    operator: str


class Upload(_Call, frozen=True, kw_only=True, tag="upload"):
    """
    Send diagnoses and bill lines.
    """

    bill: Bill


class RevokeUpload(_Call, frozen=True, kw_only=True, tag="revoke_upload"):
    """
    Take an upload back; also right when it is not known whether it arrived.
    """

    batch: str
    operator: str


class PreSettle(_Call, frozen=True, kw_only=True, tag="pre_settle"):
    """
    Ask for the split without settling.
    """

    bill: Bill
    use_account: bool


class Settle(_Call, frozen=True, kw_only=True, tag="settle"):
    """
    Settle what was pre-settled.
    """

    bill: Bill
    use_account: bool
    shown: Split


class CancelSettlement(_Call, frozen=True, kw_only=True, tag="cancel_settlement"):
    """
    撤销结算: undo a settlement as a whole.
    """

    operator: str


class Reverse(_Call, frozen=True, kw_only=True, tag="reverse"):
    """
    冲正: make sure that an unanswered call has no effect, neither now nor later.

    Attributes:
        original: `Prepared.reference` of the unanswered call.
        operation: its tag (``settle`` or ``cancel_settlement``).
    """

    original: str
    operation: str
    operator: str


InsuranceRequest = (
    Register
    | CancelRegistration
    | Upload
    | RevokeUpload
    | PreSettle
    | Settle
    | CancelSettlement
    | Reverse
)


class Registered(Sensitive, frozen=True, kw_only=True, tag="registered"):
    """
    The visit is open; `visit_reference` is the insurer's (``mdtrt_id``).
    """

    visit_reference: str


class Uploaded(Struct, frozen=True, kw_only=True, tag="uploaded"):
    """
    The lines arrived.
    """

    lines: int


class PreSettled(Struct, frozen=True, kw_only=True, tag="pre_settled"):
    """
    The split as it would be now.
    """

    split: Split


class Settled(Sensitive, frozen=True, kw_only=True, tag="settled"):
    """
    The insurer has settled; `settlement_reference` is the insurer's (``setl_id``).
    """

    split: Split
    settlement_reference: str
    at: datetime


class Undone(Struct, frozen=True, tag="undone"):
    """
    The registration, upload or settlement is undone.
    """


class Reversed(Struct, frozen=True, tag="reversed"):
    """
    The named call has no effect, and never will.
    """


InsuranceResult = Registered | Uploaded | PreSettled | Settled | Undone | Reversed
