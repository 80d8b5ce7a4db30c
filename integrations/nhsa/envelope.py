"""
The envelope around every transaction: our message out, the platform's answer in.

Field lists and lengths follow the designated-institution interface (定点医药机构接口).
"""

from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from integrations.nhsa.context import InstitutionProfile, china_compact, china_time
from integrations.nhsa.memory import Message
from integrations.spi.request import Sensitive

LAST_SEQUENCE = 3_999
"""Highest sequence number of the wallet's that a ``msgid`` can carry."""
COMPANION = 4_000
"""Added to the sequence for the second message of one call."""
QUESTION = 8_000
"""First sequence number of messages that change nothing; they share it and the rest."""
INPUT_CHARACTERS = 40_000


class Desk(Struct, frozen=True, kw_only=True):
    """
    Who speaks, and about whose insurance.

    Attributes:
        operator: operator id, or empty for the profile's.
        place: place of insurance; required once the input holds a person number.
        reader: the card reader that vouches for the credential.
    """

    operator: str = ""
    place: str = ""
    reader: str = ""


class Answered(Sensitive, frozen=True, kw_only=True):
    """
    A well-formed answer of the platform.

    Attributes:
        infcode: result code as text; ``0`` is done.
        err_msg: its text; may name a person, so it never leaves this integration.
        output: raw JSON of the transaction's own answer.
        signed: it carries a signature, which nothing here can verify.
    """

    infcode: str
    err_msg: str
    output: bytes
    signed: bool


class _Wire(Sensitive, frozen=True):
    # whatever has another shape may be anything, somebody's name included, and is repeated nowhere
    infcode: (
        Annotated[int, Meta(ge=-9999, le=9999)] | Annotated[str, Meta(pattern=r"\A-?[0-9]{1,4}\Z")]
    )
    err_msg: str | None = None
    output: Raw = Raw(b"null")
    cainfo: str | None = ""
    signtype: str | None = ""


def message_id(profile: InstitutionProfile, instant: datetime, sequence: int) -> str:
    """
    Make a ``msgid``: institution code, China Standard Time to the second, four digits.
    """
    return f"{profile.fixmedins_code}{china_compact(instant)}{sequence:04d}"


def question_id(profile: InstitutionProfile, instant: datetime, random: bytes) -> str:
    """
    Make the ``msgid`` of a message that changes nothing; never one that a call could have.
    """
    sequence = QUESTION + int.from_bytes(random) % (10_000 - QUESTION)
    return message_id(profile, instant, sequence)


def fits(content: dict[str, Any]) -> bool:
    """
    Tell whether the platform takes an input of that length; characters count, not bytes.
    """
    return len(msgspec.json.encode(content).decode()) <= INPUT_CHARACTERS


def compose(
    profile: InstitutionProfile,
    infno: str,
    msgid: str,
    *,
    at: datetime,
    desk: Desk,
    content: dict[str, Any],
) -> Message:
    """
    Put a transaction's input into its envelope.
    """
    body = {
        "infno": infno,
        "msgid": msgid,
        "mdtrtarea_admvs": profile.admvs,
        "insuplc_admdvs": desk.place,
        "recer_sys_code": profile.recer_sys_code,
        "dev_no": desk.reader,
        "dev_safe_info": "",
        "cainfo": "",
        "signtype": "",
        "infver": "V1.0",
        "opter_type": profile.opter_type,
        "opter": desk.operator or profile.operator,
        "opter_name": profile.operator_name,
        "inf_time": china_time(at),
        "fixmedins_code": profile.fixmedins_code,
        "fixmedins_name": profile.fixmedins_name,
        "sign_no": profile.sign_no,
        "enc_type": "",
        "input": content,
    }
    return Message(infno=infno, msgid=msgid, body=Raw(msgspec.json.encode(body)))


def parse_answer(body: bytes) -> Answered | None:
    """
    Read an answer's envelope; None when it is none.
    """
    wire = decode_wire(body, _Wire)
    if wire is None:
        return None
    return Answered(
        infcode=str(wire.infcode),
        err_msg=wire.err_msg or "",
        output=bytes(wire.output),
        signed=bool(wire.cainfo or wire.signtype),
    )


_W = TypeVar("_W", bound=Struct)


def decode_wire(data: bytes, kind: type[_W]) -> _W | None:
    """
    Decode partner JSON into a Struct of ours; None when it does not fit.
    """
    try:
        data.decode()
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
