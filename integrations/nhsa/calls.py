"""
`prepare`: a request becomes the exact messages that will be sent. Pure.
"""

from typing import Any

from integrations.nhsa import bills
from integrations.nhsa.context import InstitutionProfile, china_time
from integrations.nhsa.credentials import present_credential
from integrations.nhsa.envelope import (
    COMPANION,
    LAST_SEQUENCE,
    Desk,
    compose,
    fits,
    message_id,
)
from integrations.nhsa.memory import (
    Continuation,
    Message,
    Payload,
    Subject,
    decode,
    encode,
    replace,
)
from integrations.spi import (
    CancelRegistration,
    CancelSettlement,
    InsuranceRequest,
    Numbers,
    Prepared,
    PreSettle,
    Refused,
    Register,
    Reverse,
    RevokeUpload,
    Settle,
    Upload,
)
from integrations.spi.request import Sensitive

REVERSIBLE = {"settle": "2207", "cancel_settlement": "2208"}


class _Draft(Sensitive, frozen=True, kw_only=True):
    """
    One call before its messages exist; the last part is the call itself.
    """

    parts: tuple[tuple[str, dict[str, Any]], ...]
    desk: Desk
    after: Continuation
    lines: int = 0


def prepare(
    request: InsuranceRequest,
    continuation: bytes,
    numbers: Numbers,
    profile: InstitutionProfile,
) -> Prepared | Refused:
    """
    Build the messages of a request, complete but for the gateway's signature.
    """
    if numbers.sequence > LAST_SEQUENCE:
        return Refused("TOO_MANY_CALLS")
    visit = decode(continuation, Continuation) or Continuation()
    draft = _draft(request, visit, numbers, profile)
    if isinstance(draft, Refused):
        return draft
    if not all(fits(content) for _, content in draft.parts):
        return Refused("BILL_REFUSED")
    messages = _messages(draft, numbers, profile)
    operation = str(request.__struct_config__.tag)
    msgid = messages[-1].msgid
    payload = Payload(
        fixmedins_code=profile.fixmedins_code,
        messages=messages,
        before=visit,
        after=replace(draft.after, msgids={**draft.after.msgids, operation: msgid}),
        lines=draft.lines,
    )
    return Prepared(operation=operation, reference=msgid, payload=encode(payload))


def _messages(draft: _Draft, numbers: Numbers, profile: InstitutionProfile) -> tuple[Message, ...]:
    """
    Compose the messages; the last one has the wallet's own number.
    """
    last = len(draft.parts) - 1
    return tuple(
        compose(
            profile,
            infno,
            message_id(profile, numbers.instant, numbers.sequence + (last - place) * COMPANION),
            at=numbers.instant,
            desk=draft.desk,
            content=content,
        )
        for place, (infno, content) in enumerate(draft.parts)
    )


def _draft(
    request: InsuranceRequest, visit: Continuation, numbers: Numbers, profile: InstitutionProfile
) -> _Draft | Refused:
    if isinstance(request, Register):
        return _register(request, numbers, profile)
    if isinstance(request, Reverse):
        return _reverse(request, visit)
    if not visit.mdtrt_id:
        return Refused("NOT_REGISTERED")
    match request:
        case PreSettle() | Settle() | Upload():
            return _bill(request, visit, numbers, profile)
        case CancelRegistration() | RevokeUpload() | CancelSettlement():
            return _undo(request, visit)


def _bill(
    request: Upload | PreSettle | Settle,
    visit: Continuation,
    numbers: Numbers,
    profile: InstitutionProfile,
) -> _Draft | Refused:
    """
    Whoever is present must be the visit's person; undoing needs nobody.
    """
    subject = decode(request.subject, Subject)
    if subject is None:
        return Refused("NOT_BOUND")
    if visit.psn_no != subject.psn_no:
        return Refused("PERSON_MISMATCH")
    if isinstance(request, Upload):
        return _upload(request, visit)
    return _settle(request, visit, numbers, profile)


def _register(
    request: Register, numbers: Numbers, profile: InstitutionProfile
) -> _Draft | Refused:
    subject = decode(request.subject, Subject)
    if subject is None:
        return Refused("NOT_BOUND")
    credential = present_credential(request.credential, numbers.instant, profile)
    if isinstance(credential, Refused):
        return credential
    place = subject.insuplc_admdvs
    return _Draft(
        parts=(("2201", bills.registration(request, subject, credential, profile)),),
        desk=Desk(operator=request.operator, place=place, reader=credential.reader),
        after=Continuation(
            ipt_otp_no=request.visit_number,
            begntime=china_time(request.at),
            psn_no=subject.psn_no,
            insutype=subject.insutype,
            insuplc_admdvs=place,
        ),
    )


def _upload(request: Upload, visit: Continuation) -> _Draft | Refused:
    bill = request.bill
    if not bill.lines or not bill.diagnoses or not _adds_up(request):
        return Refused("BILL_REFUSED")
    return _Draft(
        parts=(
            ("2203", bills.visit_details(bill, visit)),
            ("2204", bills.fee_details(bill, visit)),
        ),
        desk=Desk(operator=bill.operator, place=visit.insuplc_admdvs),
        after=replace(visit, batch=bill.batch),
        lines=len(bill.lines),
    )


def _adds_up(request: Upload) -> bool:
    lines = request.bill.lines
    amounts = [line.amount_minor for line in lines]
    smallest = min(min(one.amount_minor, one.quantity_e4, one.price_e6) for one in lines)
    return smallest >= 0 and sum(amounts) == request.bill.total_minor


def _settle(
    request: PreSettle | Settle,
    visit: Continuation,
    numbers: Numbers,
    profile: InstitutionProfile,
) -> _Draft | Refused:
    credential = present_credential(request.credential, numbers.instant, profile)
    if isinstance(credential, Refused):
        return credential
    infno = "2207" if isinstance(request, Settle) else "2206"
    return _Draft(
        parts=((infno, bills.settlement(request, visit, credential, profile)),),
        desk=Desk(
            operator=request.bill.operator, place=visit.insuplc_admdvs, reader=credential.reader
        ),
        after=visit,
    )


def _undo(
    request: CancelRegistration | RevokeUpload | CancelSettlement, visit: Continuation
) -> _Draft | Refused:
    if isinstance(request, CancelSettlement) and not visit.setl_id:
        return Refused("SETTLEMENT_UNKNOWN_THERE")
    part, after = _undo_part(request, visit)
    desk = Desk(operator=request.operator, place=visit.insuplc_admdvs)
    return _Draft(parts=(part,), desk=desk, after=after)


def _undo_part(
    request: CancelRegistration | RevokeUpload | CancelSettlement, visit: Continuation
) -> tuple[tuple[str, dict[str, Any]], Continuation]:
    match request:
        case CancelRegistration():
            after = replace(visit, mdtrt_id="", batch="")
            return ("2202", bills.registration_undo(visit)), after
        case RevokeUpload(batch=batch):
            after = replace(visit, batch="" if batch == visit.batch else visit.batch)
            return ("2205", bills.upload_undo(visit, batch)), after
        case CancelSettlement():
            return ("2208", bills.settlement_undo(visit)), replace(visit, setl_id="")


def _reverse(request: Reverse, visit: Continuation) -> _Draft | Refused:
    infno = REVERSIBLE.get(request.operation)
    if infno is None or not request.original:
        return Refused("NOT_REVERSIBLE")
    if not visit.psn_no:
        return Refused("NOT_REGISTERED")
    rest = replace(visit, setl_id="") if request.operation == "settle" else visit
    return _Draft(
        parts=(("2601", bills.reversal(visit.psn_no, request.original, infno)),),
        desk=Desk(operator=request.operator, place=visit.insuplc_admdvs),
        after=rest,
    )
