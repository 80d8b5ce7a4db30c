"""
2206 pre-settlement and 2207 settlement.
"""

from integrations.nhsa.sandbox.answers import class_amounts, settlement_answer
from integrations.nhsa.sandbox.benefits import WHOLE_BP, add_up, settle
from integrations.nhsa.sandbox.books import Books
from integrations.nhsa.sandbox.calls import Call, Output, Platform, find_visit
from integrations.nhsa.sandbox.credentials import (
    CREDENTIAL_FIELDS,
    bind_token,
    check_holder,
    token_of,
)
from integrations.nhsa.sandbox.people import INSURED
from integrations.nhsa.sandbox.plans import terms_of
from integrations.nhsa.sandbox.records import PreSettlement, Settlement, Visit
from integrations.nhsa.sandbox.refusals import (
    BATCH_SETTLED,
    BATCH_UNKNOWN,
    BILL_TOTAL_MISMATCH,
    INSURANCE_PAUSED,
    INSUTYPE_MISMATCH,
    MED_TYPE_INVALID,
    PRE_SETTLEMENT_MISMATCH,
    PRE_SETTLEMENT_MISSING,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.wire import amount, fen, may, must, read_node

_PRE_SETTLE_FIELDS = (
    must("psn_no", 30),
    *CREDENTIAL_FIELDS,
    must("med_type", 6),
    amount("medfee_sumamt"),
    must("psn_setlway", 6, "01", "02"),
    must("mdtrt_id", 30),
    must("chrg_bchno", 30),
    must("acct_used_flag", 1, "0", "1"),
    must("insutype", 6),
)
_SETTLE_FIELDS = (
    *_PRE_SETTLE_FIELDS,
    may("invono", 20),
    amount("fulamt_ownpay_amt"),
    amount("overlmt_selfpay"),
    amount("preselfpay_amt"),
    amount("inscp_scp_amt"),
)
_REPEATED_FIELDS = ("med_type", "psn_setlway", "acct_used_flag", "insutype")


def pre_settle(platform: Platform, call: Call) -> Output | Refusal:
    """
    2206: what 2207 would answer now; changes nothing but what may be settled.
    """
    values = read_node(call.input, "data", _PRE_SETTLE_FIELDS)
    if isinstance(values, Refusal):
        return values
    visit = _check_bill(platform, call, values)
    if isinstance(visit, Refusal):
        return visit
    settlement = _compute(platform, call, visit, values)
    visit.pre_settlements[values["chrg_bchno"]] = PreSettlement(
        request={name: values[name] for name in _REPEATED_FIELDS},
        amounts={
            "medfee_sumamt": settlement.split.charge,
            **class_amounts(settlement.split),
        },
    )
    bind_token(platform, values, visit.mdtrt_id)
    return settlement_answer(settlement)


def settle_bill(platform: Platform, call: Call) -> Output | Refusal:
    """
    2207: settle a pre-settled batch with where the person stands at this moment.
    """
    values = read_node(call.input, "data", _SETTLE_FIELDS)
    if isinstance(values, Refusal):
        return values
    visit = _check_bill(platform, call, values)
    if isinstance(visit, Refusal):
        return visit
    refusal = _check_pre_settlement(visit, values)
    if refusal is not None:
        return refusal
    _spend_elsewhere(platform.books, visit, call.at_china.year)
    settlement = _compute(platform, call, visit, values)
    settlement.setl_id = platform.books.make_id(call.institution.division, call.at)
    platform.books.post(settlement, 1)
    platform.books.settlements[settlement.setl_id] = settlement
    bind_token(platform, values, visit.mdtrt_id)
    token = token_of(platform, values)
    if token is not None:
        token.spent_by = settlement.setl_id
    call.done(platform, values["psn_no"], settlement.setl_id)
    return settlement_answer(settlement)


def _check_bill(platform: Platform, call: Call, values: dict[str, str]) -> Visit | Refusal:
    visit = find_visit(platform, call, values)
    if isinstance(visit, Refusal):
        return visit
    batch = values["chrg_bchno"]
    lines = visit.batch(batch)
    total = sum(line.split.charge for line in lines)
    med_type = visit.details.get("med_type", "")
    refusal = check_holder(platform, call, values, visit.person) or first_refusal(
        (
            (values["insutype"] != visit.insurance.insutype, INSUTYPE_MISMATCH),
            (visit.insurance.status != INSURED, INSURANCE_PAUSED),
            (batch in platform.books.settled_batches(visit), BATCH_SETTLED),
            (not lines, BATCH_UNKNOWN),
            (values["med_type"] != med_type, MED_TYPE_INVALID),
            (fen(values["medfee_sumamt"]) != total, BILL_TOTAL_MISMATCH),
        )
    )
    return refusal or visit


def _check_pre_settlement(visit: Visit, values: dict[str, str]) -> Refusal | None:
    shown = visit.pre_settlements.get(values["chrg_bchno"])
    if shown is None:
        return PRE_SETTLEMENT_MISSING
    differing = [name for name in _REPEATED_FIELDS if values[name] != shown.request[name]]
    differing += [name for name, value in shown.amounts.items() if fen(values[name]) != value]
    return PRE_SETTLEMENT_MISMATCH.about(differing[0]) if differing else None


def _compute(platform: Platform, call: Call, visit: Visit, values: dict[str, str]) -> Settlement:
    """
    A settlement that is not in the books, without a `setl_id`.
    """
    terms = terms_of(
        visit.insurance,
        kind=call.institution.kind,
        division=call.institution.division,
        med_type=values["med_type"],
    )
    standing = platform.books.standing(visit.person, visit.insurance, call.at_china.year)
    split = settle(
        add_up(tuple(line.split for line in visit.batch(values["chrg_bchno"]))),
        terms,
        standing,
        use_account=values["acct_used_flag"] == "1",
    )
    return Settlement(
        setl_id="",
        msgid=call.msgid,
        mdtrt_id=visit.mdtrt_id,
        fixmedins_code=visit.fixmedins_code,
        person=visit.person,
        insurance=visit.insurance,
        request=values,
        split=split,
        pool_prop_selfpay_bp=WHOLE_BP - terms.pool_bp,
        balance_after=standing.account - split.account,
        settled_at=call.at,
    )


def _spend_elsewhere(books: Books, visit: Visit, year: int) -> None:
    """
    Let the first drift that fits take effect; no purse falls below zero.
    """
    for drift in books.drifts:
        if drift.psn_no in {"", visit.person.psn_no}:
            purse = books.purse(visit.person, visit.insurance)
            purse.account = max(0, purse.account - drift.account_minus)
            aid = books.mutual_aid[visit.person.psn_no]
            books.mutual_aid[visit.person.psn_no] = max(0, aid - drift.mutual_aid_minus)
            purse.pool_used[year] = purse.pool_used.get(year, 0) + drift.pool_plus
            books.drifts.remove(drift)
            return
