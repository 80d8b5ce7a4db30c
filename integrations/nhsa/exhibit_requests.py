"""
The requests that the exhibit plays, made from the sandbox's invented people and catalogue.
"""

from datetime import date
from typing import Any

from integrations.conformance import Bench
from integrations.spi import (
    Bill,
    BillLine,
    CancelRegistration,
    CancelSettlement,
    CardRead,
    CredentialRequest,
    Diagnosis,
    InsuranceRequest,
    Linked,
    LinkRequest,
    Obtained,
    Person,
    PersonKey,
    Prepared,
    PreSettle,
    PreSettled,
    Purpose,
    Register,
    Reverse,
    RevokeUpload,
    Scene,
    Settle,
    Split,
    Succeeded,
    Upload,
    ValidateRequest,
)
from integrations.spi.request import Sensitive

READER = "RDR-0001"
OPERATOR = "OP01"
KNOWN_ITEM = "XC08CAA171A001010100001"


def _person(name: str, number: str, sex: str) -> Person:
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return Person(
        name=name,
        document_type=PersonKey.ID_CARD,
        document_number=number,
        birth_date=born,
        sex=sex,
    )


ZHANG = _person("张秀英", "440106195603124028", "F")
LI = _person("李明", "440104198807213314", "M")
LIU = _person("刘洋", "440103199001153138", "M")
SUN = _person("孙丽", "44011119851224626X", "F")
ZHOU = _person("周杰", "440112198304075175", "M")
EVERYBODY = (ZHANG, LI, LIU, SUN, ZHOU)


class Visit(Sensitive, frozen=True, kw_only=True):
    """
    Where a case stands: who, with which credential, and what the integration remembers.
    """

    subject: str
    credential: bytes
    continuation: bytes = b""


async def linked(bench: Bench, person: Person) -> str:
    """
    Bind a person; gives the subject.
    """
    result = await bench.integration.link(link_request(bench, person))
    return result.subject if isinstance(result, Linked) else ""


def link_request(bench: Bench, person: Person) -> LinkRequest:
    """
    Ask to bind a person.
    """
    reference = f"link{person.document_number[6:14]}"
    return LinkRequest(person=person, reference=reference, now=bench.clock())


def credential_request(bench: Bench, person: Person, evidence: Any) -> CredentialRequest:  # noqa: ANN401
    """
    Ask for a credential.
    """
    return CredentialRequest(
        subject="",
        person=person,
        evidence=evidence,
        purpose=Purpose.SETTLEMENT,
        scene=Scene.OUTPATIENT_SETTLEMENT,
        party=bench.party,
        now=bench.clock(),
    )


async def card(bench: Bench, person: Person) -> bytes:
    """
    Let a registered reader read a person's ID card; gives the credential.
    """
    evidence = CardRead(reader=READER, card="id_card", number=person.document_number)
    result = await bench.integration.obtain(credential_request(bench, person, evidence))
    return result.credential if isinstance(result, Obtained) else b""


def validate_request(
    bench: Bench, subject: str, credential: bytes, purpose: Purpose = Purpose.SETTLEMENT
) -> ValidateRequest:
    """
    Ask for a verdict.
    """
    return ValidateRequest(
        subject=subject,
        purpose=purpose,
        scene=Scene.OUTPATIENT_SETTLEMENT,
        party=bench.party,
        credential=credential,
        now=bench.clock(),
    )


def bill(bench: Bench, *, item: str = KNOWN_ITEM, med_type: str = "11") -> Bill:
    """
    Make a bill of one line.
    """
    line = BillLine(
        number="L1",
        catalogue_code=item,
        hospital_code="H1",
        name="苯磺酸氨氯地平片",
        quantity_e4=20_000,
        price_e6=9_500_000,
        amount_minor=1900,
    )
    return Bill(
        batch="B1",
        med_type=med_type,
        department_code="0301",
        department_name="心血管内科",
        doctor_code="D0001",
        doctor_name="何医生",
        diagnoses=(Diagnosis(code="I10.x00", name="特发性高血压"),),
        lines=(line,),
        total_minor=1900,
        operator=OPERATOR,
        issued_at=bench.clock(),
    )


def register(bench: Bench, visit: Visit, *, department: str = "0301") -> Register:
    """
    Open a visit.
    """
    return Register(
        subject=visit.subject,
        credential=visit.credential,
        visit_number="V0001",
        department_code=department,
        department_name="心血管内科",
        doctor_code="D0001",
        doctor_name="何医生",
        operator=OPERATOR,
        at=bench.clock(),
    )


def upload(visit: Visit, made: Bill) -> Upload:
    """
    Send a bill.
    """
    return Upload(subject=visit.subject, credential=visit.credential, bill=made)


def pre_settle(visit: Visit, made: Bill) -> PreSettle:
    """
    Ask for the split.
    """
    return PreSettle(
        subject=visit.subject, credential=visit.credential, bill=made, use_account=True
    )


def settle(visit: Visit, made: Bill, shown: Split) -> Settle:
    """
    Settle.
    """
    return Settle(
        subject=visit.subject,
        credential=visit.credential,
        bill=made,
        use_account=True,
        shown=shown,
    )


def cancel_registration(visit: Visit) -> CancelRegistration:
    """
    Close a visit.
    """
    return CancelRegistration(
        subject=visit.subject, credential=visit.credential, operator=OPERATOR
    )


def revoke_upload(visit: Visit) -> RevokeUpload:
    """
    Take the bill back.
    """
    return RevokeUpload(
        subject=visit.subject, credential=visit.credential, batch="B1", operator=OPERATOR
    )


def cancel_settlement(visit: Visit) -> CancelSettlement:
    """
    Undo a settlement.
    """
    return CancelSettlement(subject=visit.subject, credential=visit.credential, operator=OPERATOR)


def reverse(visit: Visit, original: Prepared) -> Reverse:
    """
    Make sure that a call has no effect.
    """
    return Reverse(
        subject=visit.subject,
        credential=visit.credential,
        original=original.reference,
        operation=original.operation,
        operator=OPERATOR,
    )


def prepared(bench: Bench, visit: Visit, request: InsuranceRequest) -> Any:  # noqa: ANN401
    """
    Prepare a call; gives what the integration gives.
    """
    return bench.integration.prepare(request, visit.continuation, bench.numbers(), bench.party)


async def performed(bench: Bench, visit: Visit, request: InsuranceRequest) -> Any:  # noqa: ANN401
    """
    Prepare a call and perform it; gives the refusal or the outcome.
    """
    call = prepared(bench, visit, request)
    if not isinstance(call, Prepared):
        return call
    return await bench.integration.perform(call, bench.party)


async def onward(bench: Bench, visit: Visit, request: InsuranceRequest) -> Visit:
    """
    Perform a call that goes through; gives where the visit stands then.
    """
    outcome = await performed(bench, visit, request)
    after = outcome.continuation if isinstance(outcome, Succeeded) else visit.continuation
    return Visit(subject=visit.subject, credential=visit.credential, continuation=after)


async def shown_split(bench: Bench, visit: Visit) -> tuple[Visit, Split]:
    """
    Pre-settle; gives where the visit stands then, and the split.
    """
    outcome = await performed(bench, visit, pre_settle(visit, bill(bench)))
    match outcome:
        case Succeeded(result=PreSettled(split=split), continuation=continuation):
            after = Visit(
                subject=visit.subject, credential=visit.credential, continuation=continuation
            )
            return after, split
        case _:
            raise LookupError(f"the sandbox does not pre-settle: {outcome}")
