"""
The message envelope: the common fields of every transaction, in and out.

Field table of the designated-institution interface, request and response envelope. `admvs` in
`mdtrtarea_admvs` and `admdvs` in `insuplc_admdvs` are spelled as the interface spells them.
"""

import json
from collections.abc import Mapping
from datetime import datetime

import msgspec

from integrations.nhsa.sandbox.books import STATE_CHANGING, Books
from integrations.nhsa.sandbox.calls import Call, Output
from integrations.nhsa.sandbox.refusals import (
    DIVISION_MISMATCH,
    ENCRYPTION_UNSUPPORTED,
    FIELD_INVALID,
    INF_TIME_SKEWED,
    INPUT_TOO_LONG,
    INSTITUTION_UNKNOWN,
    MSGID_DUPLICATE,
    MSGID_INVALID,
    MSGID_REVERSED,
    SIGN_NO_INVALID,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.settings import Institution, NhsaSandboxSettings
from integrations.nhsa.sandbox.wire import (
    CHINA,
    compact_time,
    may,
    moment,
    must,
    parse_time,
    read_fields,
)

INPUT_LIMIT = 40_000
_FIELDS = (
    must("infno", 4),
    must("msgid", 30),
    must("mdtrtarea_admvs", 6),
    may("insuplc_admdvs", 6),
    must("recer_sys_code", 10),
    may("dev_no", 100),
    may("dev_safe_info", 2000),
    may("cainfo", 1024),
    may("signtype", 10, "SM2", "SM3"),
    must("infver", 6, "V1.0"),
    must("opter_type", 3, "1", "2", "3"),
    must("opter", 30),
    must("opter_name", 50),
    moment("inf_time"),
    must("fixmedins_code", 12),
    must("fixmedins_name", 200),
    may("sign_no", 30),
    may("enc_type", 10),
)
_SIGN_IN = "9001"


def open_envelope(
    body: dict[str, object],
    institutions: Mapping[str, Institution],
    settings: NhsaSandboxSettings,
    books: Books,
    now: datetime,
) -> Call | Refusal:
    """
    The call in an envelope, or why the envelope is refused.
    """
    values = read_fields(body, _FIELDS)
    if isinstance(values, Refusal):
        return values
    node = body.get("input")
    if not isinstance(node, dict):
        return FIELD_INVALID.about("input")
    institution = institutions.get(values["fixmedins_code"])
    if institution is None:
        return INSTITUTION_UNKNOWN
    too_long = len(json.dumps(node, ensure_ascii=False, separators=(",", ":"))) > INPUT_LIMIT
    refusal = first_refusal(
        (
            (values["enc_type"] != "", ENCRYPTION_UNSUPPORTED),
            (too_long, INPUT_TOO_LONG),
            (not is_msgid(values["msgid"], institution), MSGID_INVALID),
            (values["mdtrtarea_admvs"] != institution.division, DIVISION_MISMATCH),
        )
    )
    return (
        refusal
        or check_msgid(values["infno"], values["msgid"], books)
        or _check_moment(values, institution, settings, books, now)
        or Call(
            infno=values["infno"],
            msgid=values["msgid"],
            institution=institution,
            insuplc_admdvs=values["insuplc_admdvs"],
            dev_no=values["dev_no"],
            at=now,
            input=node,
        )
    )


def _check_moment(
    values: dict[str, str],
    institution: Institution,
    settings: NhsaSandboxSettings,
    books: Books,
    now: datetime,
) -> Refusal | None:
    """
    Clock and sign-in; after the `msgid`, so that a late repetition learns that it is one.
    """
    return first_refusal(
        (
            (_is_skewed(values["inf_time"], now, settings.skew_seconds), INF_TIME_SKEWED),
            (not _is_signed_in(values, institution, books, now), SIGN_NO_INVALID),
        )
    )


def check_msgid(infno: str, msgid: str, books: Books) -> Refusal | None:
    """
    Refuse a state-changing message that was carried out or reversed before.
    """
    if infno not in STATE_CHANGING:
        return None
    if msgid in books.tombstones:
        return MSGID_REVERSED
    return MSGID_DUPLICATE if msgid in books.executed else None


def is_msgid(msgid: str, institution: Institution) -> bool:
    """
    `fixmedins_code` (12), `yyyyMMddHHmmss`, four digits.
    """
    code, rest = msgid[:12], msgid[12:]
    if code != institution.fixmedins_code or len(rest) != len("yyyyMMddHHmmss0000"):
        return False
    if not (rest.isascii() and rest.isdigit()):
        return False
    day, clock = rest[:8], rest[8:14]
    text = f"{day[:4]}-{day[4:6]}-{day[6:]} {clock[:2]}:{clock[2:4]}:{clock[4:]}"
    return parse_time(text) is not None


def _is_skewed(inf_time: str, now: datetime, skew_seconds: int) -> bool:
    sent = parse_time(inf_time)
    return sent is None or abs((now - sent).total_seconds()) > skew_seconds


def _is_signed_in(
    values: dict[str, str], institution: Institution, books: Books, now: datetime
) -> bool:
    sign_no = values["sign_no"]
    if values["infno"] == _SIGN_IN or (not sign_no and not institution.sign_in_required):
        return True
    today = f"{institution.fixmedins_code}:{now.astimezone(CHINA):%Y-%m-%d}"
    return sign_no != "" and (
        sign_no == institution.sign_no or books.sign_nos.get(sign_no) == today
    )


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """
    What goes back: `output` of a success, or a refusal.
    """

    infcode: int
    err_msg: str = ""
    output: Output | None = None

    @classmethod
    def to(cls, answer: Output | Refusal, *, distinct_infcodes: bool) -> "Reply":
        """
        The reply for an answer; -1 for every refusal unless `distinct_infcodes`.
        """
        if isinstance(answer, Refusal):
            return cls(infcode=answer.infcode if distinct_infcodes else -1, err_msg=answer.err_msg)
        return cls(infcode=0, output=answer)


def seal_reply(
    reply: Reply, institution: Institution | None, serial: int, times: tuple[datetime, datetime]
) -> Output:
    """
    The response envelope; `times` are those of arrival and of the answer.

    The single-address gateway writes `infcode` as text and an empty output as null; the TIF
    gateway writes a number and an empty object.
    """
    arrived, answered = times
    single = institution is not None and institution.profile == "single"
    division = institution.division if institution else "000000"
    return {
        "infcode": str(reply.infcode) if single else reply.infcode,
        "inf_refmsgid": f"{division}{compact_time(arrived)}{serial:010d}",
        "refmsg_time": _milliseconds(arrived),
        "respond_time": _milliseconds(answered),
        "err_msg": reply.err_msg,
        "warn_msg": "",
        "cainfo": "",
        "signtype": "",
        "output": reply.output or (None if single else {}),
    }


def _milliseconds(at: datetime) -> str:
    return f"{compact_time(at)}{at.microsecond // 1000:03d}"
