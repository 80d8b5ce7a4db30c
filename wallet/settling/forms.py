"""
The wire form of bills and of what a hospital's own system has settled.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from integrations.spi import Bill, BillLine, Diagnosis, Split, SplitLine
from wallet.money import LARGEST_MINOR
from wallet.settling.opening import Reported
from wallet.visiting.schemas import Code, Label

MOST_LINES = 500
Minor = Annotated[
    int, Meta(ge=0, le=LARGEST_MINOR, description="Minor units (fen).", examples=[15000])
]
Positive = Annotated[
    int, Meta(ge=1, le=LARGEST_MINOR, description="Minor units (fen).", examples=[15000])
]
LineNumber = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z]{1,30}\Z", examples=["L1"])]
Catalogue = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z._-]{0,50}\Z")]
Reference = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z._/-]{0,40}\Z", examples=["K20260302-17"])]


class Redacted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Something that a desk sends and no log shows.
    """

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return f"{type(self).__name__}(…)"


class DiagnosisForm(Redacted, frozen=True, kw_only=True):
    """
    One diagnosis; the first one is the main one.
    """

    code: Code
    name: Label


class LineForm(Redacted, frozen=True, kw_only=True):
    """
    One line of a bill.
    """

    number: LineNumber
    catalogue_code: Catalogue
    hospital_code: Catalogue
    name: Label
    quantity_e4: Annotated[
        int, Meta(ge=1, le=10**12, description="Quantity in ten-thousandths.", examples=[10000])
    ]
    price_e6: Annotated[
        int,
        Meta(
            ge=0,
            le=10**15,
            description="Unit price in millionths of a yuan.",
            examples=[12500000],
        ),
    ]
    amount_minor: Minor


class BillForm(Redacted, frozen=True, kw_only=True):
    """
    What is to be settled.
    """

    med_type: Annotated[
        str,
        Meta(
            pattern=r"\A[0-9A-Za-z]{1,6}\Z",
            description="11 outpatient, 14 chronic or special disease, 41 pharmacy, …",
            examples=["11"],
        ),
    ]
    department_code: Code
    department_name: Label
    doctor_code: Code
    doctor_name: Label
    diagnoses: Annotated[list[DiagnosisForm], Meta(min_length=1, max_length=20)]
    lines: Annotated[list[LineForm], Meta(min_length=1, max_length=MOST_LINES)]
    total_minor: Positive
    operator: Code
    window: Reference = ""
    shift: Reference = ""

    def bill(self, at: datetime) -> Bill:
        """
        Return the bill, issued now.
        """
        return Bill(
            batch="",
            med_type=self.med_type,
            department_code=self.department_code,
            department_name=self.department_name,
            doctor_code=self.doctor_code,
            doctor_name=self.doctor_name,
            diagnoses=tuple(Diagnosis(code=each.code, name=each.name) for each in self.diagnoses),
            lines=tuple(_line(each) for each in self.lines),
            total_minor=self.total_minor,
            operator=self.operator,
            window=self.window,
            shift=self.shift,
            issued_at=at,
        )


class FundForm(Redacted, frozen=True, kw_only=True):
    """
    One fund's share.
    """

    code: Code
    name: Label
    amount_minor: Minor


class ReportForm(Redacted, frozen=True, kw_only=True):
    """
    What the hospital's own system has settled with the insurer.
    """

    settlement_reference: Code
    funds: Annotated[list[FundForm], Meta(max_length=20)]
    account_minor: Minor
    mutual_aid_minor: Minor = 0
    hospital_minor: Minor = 0
    cash_minor: Minor
    invono: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z-]{0,20}\Z")] = ""

    def reported(self, total_minor: int) -> Reported:
        """
        Return the report on a bill of that total.
        """
        funds = tuple(
            SplitLine(code=each.code, name=each.name, amount_minor=each.amount_minor)
            for each in self.funds
        )
        split = Split(
            total_minor=total_minor,
            funds=funds,
            account_minor=self.account_minor,
            mutual_aid_minor=self.mutual_aid_minor,
            hospital_minor=self.hospital_minor,
            cash_minor=self.cash_minor,
        )
        return Reported(
            settlement_reference=self.settlement_reference, split=split, invono=self.invono
        )


def _line(form: LineForm) -> BillLine:
    return BillLine(
        number=form.number,
        catalogue_code=form.catalogue_code,
        hospital_code=form.hospital_code,
        name=form.name,
        quantity_e4=form.quantity_e4,
        price_e6=form.price_e6,
        amount_minor=form.amount_minor,
    )
