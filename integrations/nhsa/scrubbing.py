"""
Transcripts without anything personal or secret.

By allow-list: a JSON value survives only under a key that is known to be harmless and in a shape
that such a value has; of other text only a request or status line does. Nothing is looked for,
so nothing can be overlooked.
"""

import json
import re
from typing import Any

GONE = "***"

_KEYS = frozenset(
    {
        # envelope
        "infno",
        "msgid",
        "mdtrtarea_admvs",
        "insuplc_admdvs",
        "recer_sys_code",
        "infver",
        "opter_type",
        "inf_time",
        "fixmedins_code",
        "enc_type",
        "infcode",
        "inf_refmsgid",
        "refmsg_time",
        "respond_time",
        "code",
        # visit and settlement, by the partner's ids
        "mdtrt_id",
        "setl_id",
        "init_setl_id",
        "medins_setl_id",
        "chrg_bchno",
        "omsgid",
        "oinfno",
        "mdtrt_cert_type",
        "insutype",
        "med_type",
        "psn_setlway",
        "acct_used_flag",
        "setl_time",
        "begntime",
        "endtime",
        "stmt_begndate",
        "stmt_enddate",
        "refd_setl_flag",
        "clr_type",
        "clr_way",
        "clr_optins",
        "fund_pay_type",
        "psn_insu_stas",
        "businessType",
        "transType",
        "orgId",
        # amounts
        "medfee_sumamt",
        "fulamt_ownpay_amt",
        "overlmt_selfpay",
        "preselfpay_amt",
        "inscp_scp_amt",
        "act_pay_dedc",
        "hifp_pay",
        "cvlserv_pay",
        "hifes_pay",
        "hifmi_pay",
        "hifob_pay",
        "maf_pay",
        "oth_pay",
        "fund_pay_sumamt",
        "psn_part_amt",
        "acct_pay",
        "acct_mulaid_pay",
        "psn_cash_pay",
        "cash_payamt",
        "hosp_part_amt",
        "fund_payamt",
    }
)
_HARMLESS = re.compile(r"[A-Za-z0-9 .:_-]{0,40}|\*\*\*")
_PERSONAL = re.compile(
    r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])"  # identity number
    r"|(?<![0-9])[0-9]{15}(?![0-9])"  # identity number of 1984
    r"|(?<![0-9])1[3-9][0-9]{9}(?![0-9])"  # phone
)
_KEY = re.compile(r"[A-Za-z_]{1,40}|\*\*\*")
_LINE = re.compile(
    r"(?:[<>] )?"
    r"(?:(?:GET|POST) (?:/[A-Za-z_-]{1,40})*(?:/[0-9]{4})?(?: HTTP/1\.1)?"
    r"|HTTP/1\.1 [0-9]{3}(?: OK)?)"
)
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_CHARACTERS_MAX = 1 << 20
# of one exchange there are two
_VALUES_MAX = 16
_GIVEN_UP = f"\n{GONE}"
_OPENING = re.compile(r"[{\[]")


def scrub(transcript: str) -> str:
    """
    Return the transcript of an exchange without anything personal or secret.

    Total and idempotent. Numbers inside JSON come back as text. What is very long, or goes on
    after many values, is given up: it is made to keep us busy.
    """
    if len(transcript) > _CHARACTERS_MAX:
        return GONE
    kept: list[str] = []
    position = 0
    for _ in range(_VALUES_MAX):
        found = _OPENING.search(transcript, position)
        if found is None:
            kept.append(_scrub_text(transcript[position:]))
            break
        kept.append(_scrub_text(transcript[position : found.start()]))
        value, position = _decode(transcript, found.start())
        kept.append(value)
    else:
        kept.append(_GIVEN_UP)
    return "".join(kept)


def _decode(text: str, start: int) -> tuple[str, int]:
    """
    Scrub the JSON that starts here; when it is none, the rest of the text is given up.
    """
    try:
        value, end = _DECODER.raw_decode(text, start)
        return json.dumps(_scrub_value(value, ""), ensure_ascii=False), end
    except (ValueError, RecursionError):
        return _GIVEN_UP, len(text)


def _scrub_value(value: Any, key: str) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {
            (name if _KEY.fullmatch(name) else GONE): _scrub_value(inner, name)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_scrub_value(inner, key) for inner in value]
    if value is None or isinstance(value, bool):
        return value
    return value if key in _KEYS and _is_harmless(str(value)) else GONE


def _is_harmless(text: str) -> bool:
    return _HARMLESS.fullmatch(text) is not None and _PERSONAL.search(text) is None


def _scrub_text(text: str) -> str:
    return "\n".join(map(_scrub_line, text.split("\n")))


def _scrub_line(line: str) -> str:
    bare = line.strip()
    return line if not bare or _LINE.fullmatch(bare) else GONE
