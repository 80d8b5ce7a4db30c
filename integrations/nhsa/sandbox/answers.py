"""
The `setlinfo` and `setldetail` nodes that 2206, 2207, 2208 and 5203 answer with.
"""

from integrations.nhsa.sandbox.benefits import Split
from integrations.nhsa.sandbox.calls import Output
from integrations.nhsa.sandbox.plans import EMPLOYEE
from integrations.nhsa.sandbox.records import Settlement
from integrations.nhsa.sandbox.visits import base_info
from integrations.nhsa.sandbox.wire import time_text, yuan_number, yuan_text

_POOL_NAMES = {
    EMPLOYEE: ("310100", "职工基本医疗保险统筹基金"),
}
_RESIDENT_POOL = ("390100", "城乡居民基本医疗保险基金")
_CIVIL_SERVANT_FUND = ("320100", "公务员医疗补助基金")
_LARGE_FUND = ("330100", "大额医疗费用补助基金")


def class_amounts(split: Split) -> dict[str, int]:
    """
    The bill by class, as 2206 answers and 2207 repeats it; fen.
    """
    return {
        "fulamt_ownpay_amt": split.scope.full_self_pay,
        "overlmt_selfpay": split.scope.over_limit,
        "preselfpay_amt": split.scope.first_self_pay,
        "inscp_scp_amt": split.scope.in_scope,
    }


def share_amounts(split: Split) -> dict[str, int]:
    """
    The bill by who bears it; fen. Funds that these schemes do not have are zero.
    """
    return {
        "act_pay_dedc": split.deductible,
        "hifp_pay": split.pool,
        "cvlserv_pay": split.civil_servant,
        "hifes_pay": 0,
        "hifmi_pay": 0,
        "hifob_pay": split.large,
        "maf_pay": 0,
        "oth_pay": 0,
        "fund_pay_sumamt": split.fund,
        "psn_part_amt": split.personal,
        "acct_pay": split.account,
        "psn_cash_pay": split.cash,
        "hosp_part_amt": split.hospital_part,
    }


def _amounts(settlement: Settlement, sign: int) -> Output:
    split = settlement.split
    fens = {"medfee_sumamt": split.charge, **class_amounts(split), **share_amounts(split)}
    numbers: Output = {name: yuan_number(sign * value) for name, value in fens.items()}
    proportion = settlement.pool_prop_selfpay_bp
    return {
        **numbers,
        "pool_prop_selfpay": f"{proportion // 10_000}.{proportion % 10_000:04d}",
        "acct_mulaid_pay": yuan_text(sign * split.mutual_aid),
        "balc": yuan_text(settlement.balance_after),
    }


def settlement_info(settlement: Settlement) -> Output:
    """
    `setlinfo`; negative amounts in the record of a cancellation.

    Most amounts are JSON numbers; `acct_mulaid_pay`, `balc` and `pool_prop_selfpay` are text.
    Without a `setl_id` (2206) that field is left out.
    """
    request, insurance = settlement.request, settlement.insurance
    info: Output = {"setl_id": settlement.setl_id} if settlement.setl_id else {}
    setl_time = time_text(settlement.settled_at)
    return {
        **info,
        **base_info(settlement.person, setl_time[:10]),
        "mdtrt_id": settlement.mdtrt_id,
        "insutype": insurance.insutype,
        "psn_type": insurance.psn_type,
        "cvlserv_flag": "1" if insurance.civil_servant else "0",
        "setl_time": setl_time,
        "mdtrt_cert_type": request["mdtrt_cert_type"],
        "med_type": request["med_type"],
        **_amounts(settlement, -1 if settlement.cancels else 1),
        "medins_setl_id": settlement.msgid,
        "clr_optins": insurance.place,
        "clr_way": "1",
        "clr_type": "11",
    }


def settlement_details(settlement: Settlement) -> list[Output]:
    """
    `setldetail`: one row for each fund that pays.
    """
    split, sign = settlement.split, -1 if settlement.cancels else 1
    pool = _POOL_NAMES.get(settlement.insurance.insutype, _RESIDENT_POOL)
    rows = (
        (pool, split.pool),
        (_LARGE_FUND, split.large),
        (_CIVIL_SERVANT_FUND, split.civil_servant),
    )
    return [
        {
            "fund_pay_type": code,
            "inscp_scp_amt": yuan_number(sign * split.scope.in_scope),
            "crt_payb_lmt_amt": yuan_number(sign * amount),
            "fund_payamt": yuan_number(sign * amount),
            "fund_pay_type_name": name,
            "setl_proc_info": "",
        }
        for (code, name), amount in rows
        if amount
    ]


def settlement_answer(settlement: Settlement) -> Output:
    """
    Both nodes together.
    """
    return {
        "setlinfo": settlement_info(settlement),
        "setldetail": settlement_details(settlement),
    }
