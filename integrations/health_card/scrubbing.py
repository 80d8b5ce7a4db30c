"""
Transcripts without anything personal or secret: what is not known to be harmless is withheld.
"""

import re
from collections.abc import Mapping

import msgspec

WITHHELD = "***"

_SHAPES = {
    name: re.compile(shape)
    for name, shape in {
        "method": r"[A-Za-z]{1,40}",
        "version": r"V[0-9.]{1,10}",
        "signMode": r"SM3",
        "encryptMode": r"SM4/ECB/ZeroBytePadding",
        "appMode": r"[0-9]{1,2}",
        "returnCode": r"[0-9]{1,6}",
        "idCardTypeCode": r"[0-9]{2}",
        "personnelType": r"[0-9]",
        "medStepCode": r"[0-9]{6}",
    }.items()
}
_NESTS = frozenset({"body", "datas"})
_KNOWN_NAMES = frozenset(
    {
        "appId",
        "appRecordNo",
        "birthday",
        "bodySign",
        "empi",
        "erhcCardNo",
        "headSign",
        "idCode",
        "msg",
        "name",
        "nonceStr",
        "orgCode",
        "phone",
        "qrCode",
        "returnDesc",
        "sex",
        "signString",
        "terminalCode",
        "timestamp",
    }
)
# of one exchange there are two; each is looked for in all that is left
_HEADS_MAX = 4
_HEAD = re.compile(r"(?:[A-Z]{3,7} /|HTTP/1)[^\n]*(?:\n|\Z)")


def scrub(transcript: str) -> str:
    """
    Keep of a request or answer what tells how it went, and withhold everything else.

    Understands JSON, also after an HTTP head. A value stays only when its name is listed and its
    text has the listed shape; what is not understood is withheld as a whole. Idempotent.
    """
    text = transcript.strip()
    for _ in range(_HEADS_MAX):
        if not _HEAD.match(text):
            break
        text = text.replace("\r\n", "\n").partition("\n\n")[2].strip()
    if not text:
        return ""
    try:
        value = msgspec.json.decode(text.encode(), type=dict[str, object])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return WITHHELD
    return msgspec.json.encode(_kept(value, nested=False)).decode()


def _kept(members: Mapping[str, object], *, nested: bool) -> dict[str, object]:
    known = _SHAPES.keys() | _KNOWN_NAMES | _NESTS
    return {
        name if name in known else WITHHELD: _kept_value(name, value, nested=nested)
        for name, value in members.items()
    }


def _kept_value(name: str, value: object, *, nested: bool) -> object:
    if name in _NESTS and isinstance(value, dict) and not nested:
        return _kept(value, nested=True)
    shape = _SHAPES.get(name)
    if shape is not None and isinstance(value, str) and shape.fullmatch(value):
        return value
    return WITHHELD
