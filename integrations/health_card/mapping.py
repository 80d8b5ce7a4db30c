"""
Between the wallet's persons and requests and the platform's fields. Pure.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from integrations.health_card import crypto, rules
from integrations.health_card.context import Application, Subject
from integrations.spi import Person, PersonKey
from integrations.spi.request import Sensitive

VERSION = "V2.0.0"

Value = str | int | bool | None
Field = Annotated[str, Meta(max_length=500)]

_ENCRYPTED = frozenset({"name", "idCode", "phone"})
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")


class Reply(Sensitive, frozen=True, kw_only=True, rename="camel"):
    """
    An answer as it is sent; the platform may add members at any time.
    """

    return_code: str | int
    sign_string: Field = ""
    timestamp: Field = ""
    datas: dict[str, Value] | None = None


class Card(Sensitive, frozen=True, kw_only=True, rename="camel"):
    """
    What an answer tells of a card and its holder, opened.
    """

    erhc_card_no: Field = ""
    empi: Field = ""
    name: Field = ""
    id_card_type_code: Field = ""
    id_code: Field = ""
    phone: Field = ""
    birthday: Field = ""
    sex: Field = ""


def request(
    application: Application, method: str, fields: Mapping[str, str], *, nonce: str, seconds: int
) -> bytes:
    """
    Write a signed request.

    Args:
        application: in whose name.
        method: the platform's method.
        fields: what it needs, in clear; personal ones are encrypted here.
        nonce: used once.
        seconds: Unix time.
    """
    body = {
        "appMode": application.app_mode,
        "orgCode": application.org_code,
        "appRecordNo": application.app_record_no,
        **{
            name: crypto.encrypt(value, application.key) if name in _ENCRYPTED else value
            for name, value in fields.items()
            if value
        },
    }
    head = {
        "appId": application.app_id,
        "nonceStr": nonce,
        "timestamp": crypto.encrypt(str(seconds), application.key),
        "version": VERSION,
    }
    envelope = {
        **head,
        "method": method,
        "headSign": crypto.signature(head, application.key),
        "bodySign": crypto.signature(body, application.key),
        "signMode": "SM3",
        "encryptMode": "SM4/ECB/ZeroBytePadding",
        "body": body,
    }
    return msgspec.json.encode(envelope)


def reply(body: bytes) -> Reply | None:
    """
    Read an answer, or None when it has another shape.
    """
    try:
        return msgspec.json.decode(body, type=Reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def is_genuine(answer: Reply, key: str, *, seconds: int, skew_seconds: int) -> bool:
    """
    Tell whether an answer is signed with the key and of now.

    The signature covers ``datas`` alone, so the sealed time keeps old answers from being replayed.
    """
    told = crypto.decrypt(answer.timestamp, key) or ""
    if not (told.isascii() and told.isdigit() and len(told) <= 11):  # noqa: PLR2004
        return False
    signed = crypto.verifies(answer.datas or {}, answer.sign_string, key)
    return signed and abs(seconds - int(told)) <= skew_seconds


def card(datas: Mapping[str, Value], key: str) -> Card | None:
    """
    Open the personal fields of an answer, or None when it names no card or cannot be opened.
    """
    opened: dict[str, Value] = {}
    for name, value in datas.items():
        if name in _ENCRYPTED and isinstance(value, str) and value:
            opened[name] = crypto.decrypt(value, key)
        elif value is not None:
            opened[name] = value
    try:
        found = msgspec.convert(opened, Card)
    except msgspec.ValidationError:
        return None
    return found if found.erhc_card_no else None


def person(found: Card) -> Person | None:
    """
    The person of a card, or None when the platform does not name one that we could know.
    """
    kind = rules.document_of(found.id_card_type_code)
    number = found.id_code.upper()
    if kind is None or not found.name or not number:
        return None
    if kind is PersonKey.ID_CARD and _ID_NUMBER.fullmatch(number) is None:
        return None
    return Person(
        name=found.name,
        document_type=kind,
        document_number=number,
        birth_date=_date(found.birthday),
        sex=rules.sex_of(found.sex),
        phone=found.phone,
    )


def encode(found: Card) -> str | None:
    """
    Write a card as a binding's subject, or None when a number is missing or malformed.
    """
    names = {"erhc_card_no": found.erhc_card_no, "empi": found.empi}
    try:
        return msgspec.json.encode(msgspec.convert(names, Subject)).decode()
    except msgspec.ValidationError:
        return None


def subject(text: str) -> Subject | None:
    """
    Read a binding's subject, or None when it is not one of ours.
    """
    try:
        return msgspec.json.decode(text.encode(), type=Subject)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None
