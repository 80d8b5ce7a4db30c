"""
5201 visits, 5203 settlements, 3202 the day's statement, 9001 sign-in.
"""

from datetime import timedelta

from integrations.nhsa.sandbox.answers import (
    settlement_answer,
    settlement_details,
    settlement_info,
)
from integrations.nhsa.sandbox.calls import Call, Output, Platform, find_person
from integrations.nhsa.sandbox.people import Person
from integrations.nhsa.sandbox.records import Settlement, Visit
from integrations.nhsa.sandbox.refusals import (
    PERIOD_INVALID,
    SETTLEMENT_OTHER_VISIT,
    SETTLEMENT_UNKNOWN,
    VISIT_OTHER_INSTITUTION,
    VISIT_OTHER_PERSON,
    VISIT_UNKNOWN,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.visits import base_info
from integrations.nhsa.sandbox.wire import (
    Field,
    may,
    moment,
    must,
    parse_date,
    parse_time,
    read_node,
    time_text,
    yuan_number,
    yuan_text,
)

LONGEST_PERIOD = timedelta(days=31)
_VISIT_FIELDS = (
    must("psn_no", 30),
    moment("begntime"),
    moment("endtime"),
    may("med_type", 6),
    may("mdtrt_id", 30),
)
_SETTLEMENT_FIELDS = (must("psn_no", 30), must("mdtrt_id", 30), may("setl_id", 30))
_STATEMENT_FIELDS = (
    may("setl_optins", 6),
    Field("stmt_begndate", 10, required=True, kind="D"),
    Field("stmt_enddate", 10, required=True, kind="D"),
)
_SIGN_IN_FIELDS = (must("opter_no", 20), must("mac", 20), must("ip", 20))


def query_visits(platform: Platform, call: Call) -> Output | Refusal:
    """
    5201: this institution's visits of a person that began in a period; not cancelled ones.
    """
    values = read_node(call.input, "data", _VISIT_FIELDS)
    if isinstance(values, Refusal):
        return values
    person = find_person(platform, call, values["psn_no"])
    if isinstance(person, Refusal):
        return person
    begin, end = parse_time(values["begntime"]), parse_time(values["endtime"])
    if begin is None or end is None or not timedelta(0) <= end - begin <= LONGEST_PERIOD:
        return PERIOD_INVALID
    rows = [
        _visit_row(visit, f"{call.at_china:%Y-%m-%d}")
        for visit in platform.books.visits.values()
        if _is_wanted(visit, call, person, values)
        and values["begntime"] <= visit.opened["begntime"] <= values["endtime"]
    ]
    return {"mdtrtinfo": rows}


def _is_wanted(visit: Visit, call: Call, person: Person, values: dict[str, str]) -> bool:
    return (
        visit.fixmedins_code == call.institution.fixmedins_code
        and visit.person.psn_no == person.psn_no
        and visit.insurance.place == call.insuplc_admdvs
        and not visit.cancelled
        and values["mdtrt_id"] in {"", visit.mdtrt_id}
        and values["med_type"] in {"", visit.details.get("med_type", "")}
    )


def _visit_row(visit: Visit, today: str) -> Output:
    opened = visit.opened
    return {
        **base_info(visit.person, today),
        "mdtrt_id": visit.mdtrt_id,
        "ipt_otp_no": visit.ipt_otp_no,
        "insutype": visit.insurance.insutype,
        "begntime": opened["begntime"],
        "mdtrt_cert_type": opened["mdtrt_cert_type"],
        "med_type": visit.details.get("med_type", ""),
        "dept_code": opened["dept_code"],
        "dept_name": opened["dept_name"],
        "fixmedins_code": visit.fixmedins_code,
    }


def query_settlements(platform: Platform, call: Call) -> Output | Refusal:
    """
    5203: with `setl_id` one settlement, `setlinfo` an object; without, a list of the visit's.

    Records of a cancellation are rows of their own; reversed messages left no trace. Of a
    cancelled settlement and of its cancellation `refd_setl_flag` is 1. Also for cancelled visits.
    """
    values = read_node(call.input, "data", _SETTLEMENT_FIELDS)
    if isinstance(values, Refusal):
        return values
    person = find_person(platform, call, values["psn_no"])
    if isinstance(person, Refusal):
        return person
    visit = platform.books.visits.get(values["mdtrt_id"])
    if visit is None:
        return VISIT_UNKNOWN
    refusal = first_refusal(
        (
            (
                visit.fixmedins_code != call.institution.fixmedins_code,
                VISIT_OTHER_INSTITUTION,
            ),
            (visit.person.psn_no != person.psn_no, VISIT_OTHER_PERSON),
        )
    )
    return refusal or _settlements_of(platform, visit, values["setl_id"])


def _settlements_of(platform: Platform, visit: Visit, setl_id: str) -> Output | Refusal:
    books = platform.books
    if not setl_id:
        found = [
            settlement
            for settlement in books.settlements.values()
            if settlement.mdtrt_id == visit.mdtrt_id and settlement.status != "reversed"
        ]
        return {
            "setlinfo": [_with_refund_flag(settlement) for settlement in found],
            "setldetail": [
                {"setl_id": settlement.setl_id, **row}
                for settlement in found
                for row in settlement_details(settlement)
            ],
        }
    settlement = books.settlements.get(setl_id)
    if settlement is None or settlement.status == "reversed":
        return SETTLEMENT_UNKNOWN
    if settlement.mdtrt_id != visit.mdtrt_id:
        return SETTLEMENT_OTHER_VISIT
    return {**settlement_answer(settlement), "setlinfo": _with_refund_flag(settlement)}


def _with_refund_flag(settlement: Settlement) -> Output:
    refunded = settlement.status == "cancelled" or settlement.cancels
    return {
        **settlement_info(settlement),
        "chrg_bchno": settlement.batch,
        "refd_setl_flag": "1" if refunded else "0",
        "init_setl_id": settlement.cancels,
    }


def statement(platform: Platform, call: Call) -> Output | Refusal:
    """
    3202, simplified: answers the institution's rows of the period at once.

    The platform proper takes a file of the institution's rows (9101) and gives back a file of the
    differences (9102). Each row is one entry: a cancelled settlement appears as it was
    (`refd_setl_flag` 0), its cancellation as a negative row (1); reversed messages do not appear.
    """
    values = read_node(call.input, "data", _STATEMENT_FIELDS)
    if isinstance(values, Refusal):
        return values
    begin, end = parse_date(values["stmt_begndate"]), parse_date(values["stmt_enddate"])
    if begin is None or end is None or not timedelta(0) <= end - begin <= LONGEST_PERIOD:
        return PERIOD_INVALID
    rows = [
        _statement_row(settlement)
        for settlement in platform.books.settlements.values()
        if settlement.fixmedins_code == call.institution.fixmedins_code
        and settlement.status != "reversed"
        and begin <= settlement.settled_at < end + timedelta(days=1)
        and values["setl_optins"] in {"", settlement.insurance.place}
    ]
    return {"stmtinfo": rows}


def _statement_row(settlement: Settlement) -> Output:
    split, sign = settlement.split, -1 if settlement.cancels else 1
    return {
        "psn_no": settlement.person.psn_no,
        "mdtrt_id": settlement.mdtrt_id,
        "setl_id": settlement.setl_id,
        "msgid": settlement.msgid,
        "setl_time": time_text(settlement.settled_at),
        "insutype": settlement.insurance.insutype,
        "clr_type": "11",
        "clr_optins": settlement.insurance.place,
        "medfee_sumamt": yuan_number(sign * split.charge),
        "fund_pay_sumamt": yuan_number(sign * split.fund),
        "acct_pay": yuan_number(sign * split.account),
        "acct_mulaid_pay": yuan_text(sign * split.mutual_aid),
        "hosp_part_amt": yuan_number(sign * split.hospital_part),
        "cash_payamt": yuan_number(sign * split.cash),
        "refd_setl_flag": "1" if settlement.cancels else "0",
    }


def sign_in(platform: Platform, call: Call) -> Output | Refusal:
    """
    9001: a sign-in number, good for this institution for the rest of the day.
    """
    values = read_node(call.input, "signIn", _SIGN_IN_FIELDS)
    if isinstance(values, Refusal):
        return values
    books, institution = platform.books, call.institution
    sign_no = books.make_id(institution.division, call.at)
    books.sign_nos[sign_no] = f"{institution.fixmedins_code}:{call.at_china:%Y-%m-%d}"
    return {"signinoutb": {"sign_time": time_text(call.at), "sign_no": sign_no}}
