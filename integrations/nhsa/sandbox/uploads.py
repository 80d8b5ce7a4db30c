"""
2204 fee detail upload and 2205 its cancellation.
"""

from integrations.nhsa.sandbox.benefits import LineSplit, line_charge, split_line
from integrations.nhsa.sandbox.calls import Call, Output, Platform, find_visit
from integrations.nhsa.sandbox.catalogue import Item
from integrations.nhsa.sandbox.records import Line, Visit
from integrations.nhsa.sandbox.refusals import (
    BATCH_SETTLED,
    LINE_AMOUNT_MISMATCH,
    LINE_AMOUNT_ZERO,
    LINE_CODE_UNKNOWN,
    LINE_NOT_SOLD_HERE,
    LINE_REPEATED,
    LINES_INVALID,
    UPLOAD_UNKNOWN,
    VISIT_OTHER_PERSON,
    VISIT_UNKNOWN,
    VISIT_WITHOUT_DETAILS,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.wire import (
    amount,
    fen,
    may,
    moment,
    must,
    read_node,
    read_rows,
    scaled,
    yuan_number,
    yuan_text,
)

LINES_PER_UPLOAD = 100
ALL_UNSETTLED = "0000"
_LINE_FIELDS = (
    must("feedetl_sn", 30),
    must("mdtrt_id", 30),
    must("psn_no", 30),
    must("chrg_bchno", 30),
    may("dise_codg", 30),
    may("rxno", 30),
    may("rx_circ_flag", 3, "0", "1"),
    moment("fee_ocur_time"),
    must("med_list_codg", 50),
    must("medins_list_codg", 150),
    amount("det_item_fee_sumamt"),
    amount("cnt", 16, 4),
    amount("pric", 16, 6),
    may("sin_dos_dscr", 200),
    may("used_frqu_dscr", 200),
    amount("prd_days", 4, 2, required=False),
    may("medc_way_dscr", 200),
    must("bilg_dept_codg", 30),
    must("bilg_dept_name", 100),
    must("bilg_dr_codg", 30),
    must("bilg_dr_name", 50),
    may("hosp_appr_flag", 3, "0", "1", "2"),
)
_CANCEL_FIELDS = (must("psn_no", 30), must("mdtrt_id", 30), must("chrg_bchno", 30))


def upload_fees(platform: Platform, call: Call) -> Output | Refusal:
    """
    2204: take all lines of one visit, or none of them.
    """
    rows = read_rows(call.input, "feedetail", _LINE_FIELDS)
    if isinstance(rows, Refusal):
        return rows
    if not 0 < len(rows) <= LINES_PER_UPLOAD:
        return LINES_INVALID
    visit = find_visit(platform, call, rows[0])
    if isinstance(visit, Refusal):
        return visit
    if not visit.details:
        return VISIT_WITHOUT_DETAILS
    lines = _take_lines(platform, call, visit, rows)
    if isinstance(lines, Refusal):
        return lines
    for line in lines:
        visit.lines[line.number] = line
        visit.pre_settlements.pop(line.batch, None)
    call.done(platform, visit.person.psn_no, visit.mdtrt_id)
    return {
        "result": [
            _result_row(platform.catalogue[line.sent["med_list_codg"]], line) for line in lines
        ]
    }


def _take_lines(
    platform: Platform, call: Call, visit: Visit, rows: list[dict[str, str]]
) -> list[Line] | Refusal:
    taken: dict[str, Line] = {}
    settled = platform.books.settled_batches(visit)
    for row in rows:
        number = row["feedetl_sn"]
        refusal = first_refusal(
            (
                (row["mdtrt_id"] != visit.mdtrt_id, VISIT_UNKNOWN.about(number)),
                (row["psn_no"] != visit.person.psn_no, VISIT_OTHER_PERSON.about(number)),
                (number in visit.lines or number in taken, LINE_REPEATED.about(number)),
                (row["chrg_bchno"] in settled, BATCH_SETTLED.about(row["chrg_bchno"])),
            )
        )
        item = platform.catalogue.get(row["med_list_codg"])
        if refusal is not None:
            return refusal
        if item is None:
            return LINE_CODE_UNKNOWN.about(number)
        split = _divide(call, item, row)
        if isinstance(split, Refusal):
            return split
        taken[number] = Line(sent=row, split=split)
    return list(taken.values())


def _divide(call: Call, item: Item, row: dict[str, str]) -> LineSplit | Refusal:
    number = row["feedetl_sn"]
    charge = fen(row["det_item_fee_sumamt"])
    count, price = scaled(row["cnt"], 4), scaled(row["pric"], 6)
    refusal = first_refusal(
        (
            (call.institution.kind not in item.sold_at, LINE_NOT_SOLD_HERE.about(number)),
            (0 in {charge, count, price}, LINE_AMOUNT_ZERO.about(number)),
            (charge != line_charge(count, price), LINE_AMOUNT_MISMATCH.about(number)),
        )
    )
    return refusal or split_line(
        charge=charge,
        count_e4=count,
        level=item.level,
        selfpay_bp=item.selfpay_bp,
        ceiling=item.ceiling,
        excess_to_hospital=item.hospital_bears_excess,
    )


def _result_row(item: Item, line: Line) -> Output:
    """
    One row of 2204's result; shares and ceiling come as text, amounts as JSON numbers.
    """
    split = line.split
    share = {"01": 0, "02": item.selfpay_bp, "03": 10_000}[item.level]
    return {
        "feedetl_sn": line.number,
        "det_item_fee_sumamt": yuan_number(split.charge),
        "cnt": line.sent["cnt"],
        "pric": line.sent["pric"],
        "pric_uplmt_amt": yuan_text(item.ceiling) + "0000",
        "selfpay_prop": f"{share // 10_000}.{share % 10_000:04d}",
        "fulamt_ownpay_amt": yuan_number(split.full_self_pay),
        "overlmt_amt": yuan_number(split.over_limit),
        "preselfpay_amt": yuan_number(split.first_self_pay),
        "inscp_scp_amt": yuan_number(split.in_scope),
        "chrgitm_lv": item.level,
        "med_chrgitm_type": item.charge_type,
        "memo": "",
    }


def cancel_upload(platform: Platform, call: Call) -> Output | Refusal:
    """
    2205: take back one unsettled batch, or with batch `0000` everything unsettled.
    """
    values = read_node(call.input, "data", _CANCEL_FIELDS)
    if isinstance(values, Refusal):
        return values
    visit = find_visit(platform, call, values)
    if isinstance(visit, Refusal):
        return visit
    wanted = values["chrg_bchno"]
    settled = platform.books.settled_batches(visit)
    if wanted in settled:
        return BATCH_SETTLED.about(wanted)
    gone = [
        line
        for line in visit.lines.values()
        if line.batch not in settled and wanted in {ALL_UNSETTLED, line.batch}
    ]
    if not gone:
        return UPLOAD_UNKNOWN
    for line in gone:
        del visit.lines[line.number]
        visit.pre_settlements.pop(line.batch, None)
    call.done(platform, visit.person.psn_no, visit.mdtrt_id)
    return {}
