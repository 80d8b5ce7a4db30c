"""
1101 person information, 2201 register, 2202 cancel, 2203 visit information.
"""

from integrations.nhsa.sandbox.calls import Call, Output, Platform, find_person, find_visit
from integrations.nhsa.sandbox.credentials import (
    CREDENTIAL_FIELDS,
    bind_token,
    check_holder,
    credential_of,
    holder_of,
)
from integrations.nhsa.sandbox.people import INSURED, Person
from integrations.nhsa.sandbox.plans import MED_TYPES, SPECIAL_DISEASE
from integrations.nhsa.sandbox.records import Visit
from integrations.nhsa.sandbox.refusals import (
    DIAGNOSIS_INVALID,
    INSUPLC_MISMATCH,
    INSURANCE_PAUSED,
    INSUTYPE_MISMATCH,
    MED_TYPE_INVALID,
    PERSON_MISMATCH,
    PERSON_UNKNOWN,
    SPECIAL_DISEASE_UNREGISTERED,
    VISIT_HAS_SETTLEMENT,
    VISIT_HAS_UPLOAD,
    VISIT_NUMBER_MISMATCH,
    VISIT_NUMBER_REPEATED,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.wire import (
    amount,
    may,
    moment,
    must,
    read_node,
    read_rows,
    yuan_number,
)

_PERSON_FIELDS = (
    *CREDENTIAL_FIELDS,
    may("begntime", 19),
    may("psn_cert_type", 6),
    may("certno", 50),
    may("psn_name", 50),
)
_REGISTER_FIELDS = (
    must("psn_no", 30),
    must("insutype", 6),
    moment("begntime"),
    *CREDENTIAL_FIELDS,
    must("ipt_otp_no", 30),
    must("atddr_no", 30),
    must("dr_name", 50),
    must("dept_code", 30),
    must("dept_name", 100),
    must("caty", 6),
)
_CANCEL_FIELDS = (must("psn_no", 30), must("mdtrt_id", 30), must("ipt_otp_no", 30))
_DETAIL_FIELDS = (
    must("mdtrt_id", 30),
    must("psn_no", 30),
    must("med_type", 6),
    moment("begntime"),
    may("main_cond_dscr", 1000),
    may("dise_codg", 30),
    may("dise_name", 500),
    may("birctrl_type", 6),
    may("birctrl_matn_date", 10),
)
_DIAGNOSIS_FIELDS = (
    must("diag_type", 3),
    amount("diag_srt_no", 2, 0),
    must("diag_code", 20),
    must("diag_name", 100),
    must("diag_dept", 50),
    must("dise_dor_no", 30),
    must("dise_dor_name", 50),
    moment("diag_time"),
    must("vali_flag", 3, "0", "1"),
)


def age_years(person: Person, today: str) -> int:
    """
    Completed years on a day given as `yyyy-MM-dd`.
    """
    had_birthday = today[5:] >= person.brdy[5:]
    return int(today[:4]) - int(person.brdy[:4]) - (0 if had_birthday else 1)


def base_info(person: Person, today: str) -> Output:
    """
    `baseinfo` of 1101; the age is a JSON number.
    """
    return {
        "psn_no": person.psn_no,
        "psn_cert_type": "01",
        "certno": person.certno,
        "psn_name": person.psn_name,
        "gend": person.gend,
        "naty": person.naty,
        "brdy": person.brdy,
        "age": age_years(person, today),
    }


def person_info(platform: Platform, call: Call) -> Output | Refusal:
    """
    1101: who the credential's holder is and where insured.
    """
    values = read_node(call.input, "data", _PERSON_FIELDS)
    if isinstance(values, Refusal):
        return values
    person = holder_of(platform, call, credential_of(values))
    if isinstance(person, Refusal):
        return person
    refusal = first_refusal(
        (
            (not person.insurances, PERSON_UNKNOWN),
            (call.insuplc_admdvs not in {"", *person.places}, INSUPLC_MISMATCH),
            (values["certno"] not in {"", person.certno}, PERSON_MISMATCH),
            (values["psn_name"] not in {"", person.psn_name}, PERSON_MISMATCH),
        )
    )
    if refusal is not None:
        return refusal
    return {
        "baseinfo": base_info(person, f"{call.at_china:%Y-%m-%d}"),
        "insuinfo": _insurance_rows(platform, person),
        "idetinfo": [],
    }


def _insurance_rows(platform: Platform, person: Person) -> list[Output]:
    return [
        {
            "balc": yuan_number(platform.books.purse(person, insurance).account),
            "insutype": insurance.insutype,
            "psn_type": insurance.psn_type,
            "psn_insu_stas": insurance.status,
            "psn_insu_date": insurance.since,
            "paus_insu_date": insurance.paused_on,
            "cvlserv_flag": "1" if insurance.civil_servant else "0",
            "insuplc_admdvs": insurance.place,
            "emp_name": insurance.employer,
        }
        for insurance in person.insurances
    ]


def register(platform: Platform, call: Call) -> Output | Refusal:
    """
    2201: open a visit under one of the person's insurances.
    """
    values = read_node(call.input, "data", _REGISTER_FIELDS)
    if isinstance(values, Refusal):
        return values
    person = find_person(platform, call, values["psn_no"])
    if isinstance(person, Refusal):
        return person
    insurance = person.insurance(values["insutype"], call.insuplc_admdvs)
    if insurance is None:
        return INSUTYPE_MISMATCH
    repeated = any(
        visit.ipt_otp_no == values["ipt_otp_no"] and not visit.cancelled
        for visit in platform.books.visits.values()
        if visit.fixmedins_code == call.institution.fixmedins_code
    )
    refusal = check_holder(platform, call, values, person) or first_refusal(
        (
            (insurance.status != INSURED, INSURANCE_PAUSED),
            (repeated, VISIT_NUMBER_REPEATED),
        )
    )
    if refusal is not None:
        return refusal
    visit = Visit(
        mdtrt_id=platform.books.make_id(call.institution.division, call.at),
        msgid=call.msgid,
        fixmedins_code=call.institution.fixmedins_code,
        person=person,
        insurance=insurance,
        opened=values,
    )
    platform.books.visits[visit.mdtrt_id] = visit
    bind_token(platform, values, visit.mdtrt_id)
    call.done(platform, values["psn_no"], visit.mdtrt_id)
    return {
        "data": {
            "mdtrt_id": visit.mdtrt_id,
            "psn_no": person.psn_no,
            "ipt_otp_no": visit.ipt_otp_no,
        }
    }


def cancel_registration(platform: Platform, call: Call) -> Output | Refusal:
    """
    2202: cancel a visit that has neither unsettled lines nor a live settlement.
    """
    values = read_node(call.input, "data", _CANCEL_FIELDS)
    if isinstance(values, Refusal):
        return values
    visit = find_visit(platform, call, values)
    if isinstance(visit, Refusal):
        return visit
    refusal = first_refusal(
        (
            (visit.ipt_otp_no != values["ipt_otp_no"], VISIT_NUMBER_MISMATCH),
            (bool(platform.books.live_settlements(visit)), VISIT_HAS_SETTLEMENT),
            (bool(visit.lines), VISIT_HAS_UPLOAD),
        )
    )
    if refusal is not None:
        return refusal
    visit.cancelled = True
    call.done(platform, values["psn_no"], visit.mdtrt_id)
    return {}


def upload_details(platform: Platform, call: Call) -> Output | Refusal:
    """
    2203: medical type and diagnoses; repeated for each bill, the last one counts.
    """
    values = read_node(call.input, "mdtrtinfo", _DETAIL_FIELDS)
    if isinstance(values, Refusal):
        return values
    diagnoses = read_rows(call.input, "diseinfo", _DIAGNOSIS_FIELDS)
    if isinstance(diagnoses, Refusal):
        return diagnoses
    visit = find_visit(platform, call, values)
    if isinstance(visit, Refusal):
        return visit
    numbers = {row["diag_srt_no"] for row in diagnoses}
    special = values["med_type"] == SPECIAL_DISEASE
    refusal = first_refusal(
        (
            (values["med_type"] not in MED_TYPES[call.institution.kind], MED_TYPE_INVALID),
            (not diagnoses or len(numbers) != len(diagnoses), DIAGNOSIS_INVALID),
            (
                special and values["dise_codg"] not in visit.person.special_diseases,
                SPECIAL_DISEASE_UNREGISTERED,
            ),
        )
    )
    if refusal is not None:
        return refusal
    visit.details = values
    visit.diagnoses = diagnoses
    visit.pre_settlements.clear()
    call.done(platform, values["psn_no"], visit.mdtrt_id)
    return {}
