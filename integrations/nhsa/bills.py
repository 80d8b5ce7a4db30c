"""
Inputs of the transactions of a visit: 2201 to 2208, 2601, and the queries 5201 and 5203.
"""

from datetime import datetime, timedelta
from typing import Any

from integrations.nhsa.amounts import decimal_text, yuan_from_fen
from integrations.nhsa.context import CHINA, InstitutionProfile, china_time, from_china
from integrations.nhsa.credentials import credential_fields
from integrations.nhsa.memory import Continuation, Credential, Subject
from integrations.spi import Bill, BillLine, PreSettle, Register, Settle

Content = dict[str, Any]
_MAIN_DIAGNOSIS = "1"
_OTHER_DIAGNOSIS = "2"
_VALID = "1"
_CLOCK_SKEW = timedelta(minutes=5)
_LONGEST_PERIOD = timedelta(days=30)


def registration(
    request: Register, subject: Subject, credential: Credential, profile: InstitutionProfile
) -> Content:
    """
    Build the input of 2201.
    """
    department = request.department_code
    return {
        "data": {
            "psn_no": subject.psn_no,
            "insutype": subject.insutype,
            "begntime": china_time(request.at),
            **credential_fields(credential),
            "ipt_otp_no": request.visit_number,
            "atddr_no": request.doctor_code,
            "dr_name": request.doctor_name,
            "dept_code": department,
            "dept_name": request.department_name,
            "caty": profile.caty_of_department.get(department, profile.caty),
        }
    }


def registration_undo(visit: Continuation) -> Content:
    """
    Build the input of 2202.
    """
    return {
        "data": {
            "psn_no": visit.psn_no,
            "mdtrt_id": visit.mdtrt_id,
            "ipt_otp_no": visit.ipt_otp_no,
        }
    }


def visit_details(bill: Bill, visit: Continuation) -> Content:
    """
    Build the input of 2203: medical type and diagnoses.
    """
    main = bill.diagnoses[0]
    return {
        "mdtrtinfo": {
            "mdtrt_id": visit.mdtrt_id,
            "psn_no": visit.psn_no,
            "med_type": bill.med_type,
            "begntime": visit.begntime,
            "main_cond_dscr": "",
            "dise_codg": main.code,
            "dise_name": main.name,
            "birctrl_type": "",
            "birctrl_matn_date": "",
        },
        "diseinfo": [
            {
                "diag_type": _MAIN_DIAGNOSIS if number == 1 else _OTHER_DIAGNOSIS,
                "diag_srt_no": str(number),
                "diag_code": diagnosis.code,
                "diag_name": diagnosis.name,
                "diag_dept": bill.department_name,
                "dise_dor_no": bill.doctor_code,
                "dise_dor_name": bill.doctor_name,
                "diag_time": china_time(bill.issued_at),
                "vali_flag": _VALID,
            }
            for number, diagnosis in enumerate(bill.diagnoses, 1)
        ],
    }


def fee_details(bill: Bill, visit: Continuation) -> Content:
    """
    Build the input of 2204: the bill's lines.
    """
    return {"feedetail": [_fee_line(bill, line, visit) for line in bill.lines]}


def _fee_line(bill: Bill, line: BillLine, visit: Continuation) -> Content:
    return {
        "feedetl_sn": line.number,
        "mdtrt_id": visit.mdtrt_id,
        "psn_no": visit.psn_no,
        "chrg_bchno": bill.batch,
        "dise_codg": bill.diagnoses[0].code,
        "rxno": "",
        "rx_circ_flag": "0",
        "fee_ocur_time": china_time(bill.issued_at),
        "med_list_codg": line.catalogue_code,
        "medins_list_codg": line.hospital_code,
        "det_item_fee_sumamt": yuan_from_fen(line.amount_minor),
        "cnt": decimal_text(line.quantity_e4, 4),
        "pric": decimal_text(line.price_e6, 6),
        "bilg_dept_codg": bill.department_code,
        "bilg_dept_name": bill.department_name,
        "bilg_dr_codg": bill.doctor_code,
        "bilg_dr_name": bill.doctor_name,
        "hosp_appr_flag": "1",
    }


def upload_undo(visit: Continuation, batch: str) -> Content:
    """
    Build the input of 2205.
    """
    return {
        "data": {"mdtrt_id": visit.mdtrt_id, "chrg_bchno": batch, "psn_no": visit.psn_no},
    }


def settlement(
    request: PreSettle | Settle,
    visit: Continuation,
    credential: Credential,
    profile: InstitutionProfile,
) -> Content:
    """
    Build the input of 2206; for a `Settle` the one of 2207, which repeats what was shown.
    """
    bill = request.bill
    data = {
        "psn_no": visit.psn_no,
        **credential_fields(credential),
        "med_type": bill.med_type,
        "medfee_sumamt": yuan_from_fen(bill.total_minor),
        "psn_setlway": profile.psn_setlway,
        "mdtrt_id": visit.mdtrt_id,
        "chrg_bchno": bill.batch,
        "acct_used_flag": "1" if request.use_account else "0",
        "insutype": visit.insutype,
    }
    if isinstance(request, Settle):
        shown = request.shown
        outside = shown.self_paid_minor + shown.over_limit_minor + shown.first_self_paid_minor
        data |= {
            "invono": "",
            "fulamt_ownpay_amt": yuan_from_fen(shown.self_paid_minor),
            "overlmt_selfpay": yuan_from_fen(shown.over_limit_minor),
            "preselfpay_amt": yuan_from_fen(shown.first_self_paid_minor),
            "inscp_scp_amt": yuan_from_fen(shown.total_minor - outside),
            "expContent": "",
        }
    return {"data": data}


def settlement_undo(visit: Continuation) -> Content:
    """
    Build the input of 2208.
    """
    return {
        "data": {
            "setl_id": visit.setl_id,
            "mdtrt_id": visit.mdtrt_id,
            "psn_no": visit.psn_no,
        }
    }


def reversal(psn_no: str, msgid: str, infno: str) -> Content:
    """
    Build the input of 2601.
    """
    return {"data": {"psn_no": psn_no, "omsgid": msgid, "oinfno": infno}}


def visits_question(visit: Continuation, now: datetime) -> Content:
    """
    Build the input of 5201: the person's visits from the day this one began, 30 days at most.
    """
    begin = from_china(visit.begntime) or now
    first_minute = begin.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    end = min(max(begin, now) + _CLOCK_SKEW, first_minute + _LONGEST_PERIOD)
    return {
        "data": {
            "psn_no": visit.psn_no,
            "begntime": china_time(first_minute),
            "endtime": china_time(end),
        }
    }


def settlements_question(visit: Continuation, setl_id: str = "") -> Content:
    """
    Build the input of 5203.
    """
    return {
        "data": {"psn_no": visit.psn_no, "setl_id": setl_id, "mdtrt_id": visit.mdtrt_id},
    }
