"""
``setlinfo`` and ``setldetail`` (2206, 2207, 2208, 5203) as a split of ours.

The three identities of the interface (fund total, personal part, whole bill) are reported when
they do not hold, never enforced: provinces differ. A split that does not balance is no split.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Raw

from integrations.nhsa.amounts import fen_from_json, optional_fen
from integrations.nhsa.context import from_china
from integrations.nhsa.envelope import decode_wire
from integrations.spi import Split, SplitLine
from integrations.spi.request import Sensitive

FUNDS = (
    ("hifp", "hifp_pay", "基本医疗保险统筹基金"),
    ("cvlserv", "cvlserv_pay", "公务员医疗补助资金"),
    ("hifes", "hifes_pay", "企业补充医疗保险基金"),
    ("hifmi", "hifmi_pay", "居民大病保险资金"),
    ("hifob", "hifob_pay", "职工大额医疗费用补助基金"),
    ("maf", "maf_pay", "医疗救助基金"),
    ("oth", "oth_pay", "其他基金"),
)
"""Code of ours, field of ``setlinfo``, name."""
UNLISTED_FUND = ("unlisted", "未列明基金")

FUND_TOTAL = "fund_pay_sumamt"
PERSONAL_PART = "psn_part_amt"
WHOLE_BILL = "medfee_sumamt"

_REQUIRED = (WHOLE_BILL, FUND_TOTAL, "psn_cash_pay")
_OPTIONAL = (
    "acct_pay",
    "acct_mulaid_pay",
    "hosp_part_amt",
    "fulamt_ownpay_amt",
    "overlmt_selfpay",
    "preselfpay_amt",
    *(field for _, field, _ in FUNDS),
)


class Settlement(Sensitive, frozen=True, kw_only=True):
    """
    One settlement as the insurer states it.

    Attributes:
        setl_id: empty in a pre-settlement.
        mdtrt_id, psn_no: of which visit, of whom.
        msgid: ``medins_setl_id``, the id of the message that settled.
        refunded: taken back since, or itself the record of taking one back.
        cancels: the settlement that this record takes back.
        at: aware; None when the answer names no time.
        split: who bears what; it balances.
        mismatches: identities that do not hold, for the observer.
    """

    setl_id: str
    mdtrt_id: str
    psn_no: str
    msgid: str
    refunded: bool
    cancels: str
    at: datetime | None
    split: Split
    mismatches: tuple[str, ...]


class _Info(Sensitive, frozen=True):
    mdtrt_id: str | None = ""
    psn_no: str | None = ""
    setl_id: str | None = ""
    medins_setl_id: str | None = ""
    setl_time: str | None = ""
    refd_setl_flag: str | int | None = ""
    init_setl_id: str | None = ""


class _Detail(Sensitive, frozen=True):
    fund_pay_type: str | None
    fund_payamt: Raw
    fund_pay_type_name: str | None = ""
    setl_id: str | None = ""


class _One(Sensitive, frozen=True):
    setlinfo: Raw
    setldetail: tuple[_Detail, ...] | None = ()


class _Several(Sensitive, frozen=True):
    setlinfo: tuple[Raw, ...]
    setldetail: tuple[_Detail, ...] | None = ()


class _Amounts(Sensitive, frozen=True):
    amounts: dict[str, Raw]


def parse_settlements(output: bytes) -> tuple[Settlement | None, ...] | None:
    """
    Read the settlements of an answer, one (2206, 2207, 2208) or a list of them (5203).

    A record of a cancellation carries negative amounts; its split states what was given back.

    Returns:
        Per row the settlement, or None for a row that is malformed or does not balance; None
        when the answer as a whole is malformed.
    """
    several = decode_wire(output, _Several)
    if several is not None:
        return tuple(_settlement(bytes(row), several.setldetail) for row in several.setlinfo)
    one = decode_wire(output, _One)
    if one is None:
        return None
    return (_settlement(bytes(one.setlinfo), one.setldetail, alone=True),)


def only_settlement(output: bytes) -> Settlement | None:
    """
    Read an answer that must hold exactly one usable settlement.
    """
    settlements = parse_settlements(output)
    return settlements[0] if settlements is not None and len(settlements) == 1 else None


def _settlement(
    row: bytes, details: tuple[_Detail, ...] | None, *, alone: bool = False
) -> Settlement | None:
    info = decode_wire(row, _Info)
    amounts = _amounts(row)
    if info is None or amounts is None:
        return None
    setl_id = info.setl_id or ""
    own = tuple(one for one in details or () if alone or one.setl_id == setl_id)
    sign = -1 if amounts[WHOLE_BILL] < 0 else 1
    split = _split({name: sign * amount for name, amount in amounts.items()}, own, sign)
    if not split.balances():
        return None
    return Settlement(
        setl_id=setl_id,
        mdtrt_id=info.mdtrt_id or "",
        psn_no=info.psn_no or "",
        msgid=info.medins_setl_id or "",
        refunded=str(info.refd_setl_flag or "") == "1" or sign < 0,
        cancels=info.init_setl_id or "",
        at=from_china(info.setl_time or ""),
        split=split,
        mismatches=_mismatches(amounts),
    )


def _amounts(row: bytes) -> dict[str, int] | None:
    """
    Read the amounts of one row in fen; None when one is missing or no amount.
    """
    decoded = decode_wire(b'{"amounts":' + row + b"}", _Amounts)
    if decoded is None:
        return None
    raw = {name: bytes(value) for name, value in decoded.amounts.items()}
    amounts = {name: optional_fen(raw.get(name, b"")) for name in (*_OPTIONAL, PERSONAL_PART)}
    amounts |= {name: fen_from_json(raw.get(name, b"")) for name in _REQUIRED}
    known = {name: amount for name, amount in amounts.items() if amount is not None}
    return known if len(known) == len(amounts) else None


def _split(amounts: dict[str, int], details: tuple[_Detail, ...], sign: int) -> Split:
    mutual_aid = amounts["acct_mulaid_pay"]
    account = amounts["acct_pay"]
    if mutual_aid and amounts[PERSONAL_PART] == account + amounts["psn_cash_pay"]:
        # here the personal account's figure includes what relatives gave
        account -= mutual_aid
    return Split(
        total_minor=amounts[WHOLE_BILL],
        funds=_funds(amounts, details, sign),
        account_minor=account,
        mutual_aid_minor=mutual_aid,
        hospital_minor=amounts["hosp_part_amt"],
        cash_minor=amounts["psn_cash_pay"],
        self_paid_minor=amounts["fulamt_ownpay_amt"],
        over_limit_minor=amounts["overlmt_selfpay"],
        first_self_paid_minor=amounts["preselfpay_amt"],
    )


def _funds(
    amounts: dict[str, int], details: tuple[_Detail, ...], sign: int
) -> tuple[SplitLine, ...]:
    """
    Name the funds by ``setlinfo``; where those do not add up, by ``setldetail``; else the rest.
    """
    named = tuple(
        SplitLine(code=code, name=name, amount_minor=amounts[field])
        for code, field, name in FUNDS
        if amounts[field]
    )
    total = amounts[FUND_TOTAL]
    rest = total - sum(line.amount_minor for line in named)
    if rest == 0:
        return named
    detailed = _detailed(details, sign)
    if detailed is not None and sum(line.amount_minor for line in detailed) == total:
        return detailed
    code, name = UNLISTED_FUND
    return (*named, SplitLine(code=code, name=name, amount_minor=rest))


def _detailed(details: tuple[_Detail, ...], sign: int) -> tuple[SplitLine, ...] | None:
    lines: list[SplitLine] = []
    for one in details:
        amount = fen_from_json(bytes(one.fund_payamt))
        if amount is None or one.fund_pay_type is None:
            return None
        lines.append(
            SplitLine(
                code=one.fund_pay_type,
                name=one.fund_pay_type_name or one.fund_pay_type,
                amount_minor=sign * amount,
            )
        )
    return tuple(lines)


def _mismatches(amounts: dict[str, int]) -> tuple[str, ...]:
    funds = sum(amounts[field] for _, field, _ in FUNDS)
    personal = amounts["acct_pay"] + amounts["psn_cash_pay"]
    personal_parts = {personal, personal + amounts["acct_mulaid_pay"]}
    whole = amounts[FUND_TOTAL] + amounts[PERSONAL_PART] + amounts["hosp_part_amt"]
    checks: Iterable[tuple[str, bool]] = (
        (FUND_TOTAL, amounts[FUND_TOTAL] == funds),
        (PERSONAL_PART, amounts[PERSONAL_PART] in personal_parts),
        (WHOLE_BILL, amounts[WHOLE_BILL] == whole),
    )
    return tuple(name for name, holds in checks if not holds)
