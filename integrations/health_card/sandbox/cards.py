"""
Applying for a card, claiming, changing and looking at it.
"""

from typing import Annotated, Literal

import msgspec

from integrations.health_card.sandbox.answers import Datas, Refusal
from integrations.health_card.sandbox.books import ID_CARD, Books, Card, is_id_number
from integrations.health_card.sandbox.calls import Call, read
from integrations.health_card.sandbox.qr import static_code

Required = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
Phone = Annotated[str, msgspec.Meta(pattern=r"\A(?:1[0-9]{10})?\Z")]

_DETAILS = (
    "sex",
    "nation",
    "birthday",
    "birthplace",
    "address",
    "currentAddress",
    "maritalstatuscode",
    "nationality",
)


class Application(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """
    What `createVmcardQRcode` reads: a person with a document (`personnelType` 1).
    """

    name: Name
    id_card_type_code: Required
    id_code: Required
    personnel_type: Literal["1", "2"]
    phone: Phone = ""


class Document(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """
    A person named by a document, or a card by its number.
    """

    id_card_type_code: str = ""
    id_code: str = ""
    erhc_card_no: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """
    What `modifyVmcardInfo` reads; name and document prove the card's, they are not changed.
    """

    erhc_card_no: Required
    name: str = ""
    id_code: str = ""
    phone: Phone = ""


def create(books: Books, call: Call) -> Datas | Refusal:
    """
    `createVmcardQRcode`: the card of a person, made at the first time and found at each later.
    """
    form = read(call, Application)
    if isinstance(form, Refusal):
        return form
    if form.personnel_type != "1":
        return Refusal("1013")
    if form.id_card_type_code == ID_CARD and not is_id_number(form.id_code):
        return Refusal("2008")
    known = books.people.get(form.id_code)
    if known is not None and known.name != form.name:
        return Refusal("2005")
    card = books.find(form.id_card_type_code, form.id_code)
    if card is None:
        card = books.issue(form.name, form.id_card_type_code, form.id_code, phone=form.phone)
        card = books.write(msgspec.structs.replace(card, details=_details(call)))
    elif card.name != form.name:
        return Refusal("2005")
    return {"erhcCardNo": card.erhc_card_no, "empi": card.empi} | _code(card, call)


def activate(books: Books, call: Call) -> Datas | Refusal:
    """
    `activateVmcardQRcode`: an institution fetches the code of a person who has a card.
    """
    card = _named(books, call)
    if isinstance(card, Refusal):
        return card
    claimed = card.claimed_by | {call.app.org_code}
    card = books.write(msgspec.structs.replace(card, claimed_by=claimed))
    return {"erhcCardNo": card.erhc_card_no, "empi": card.empi} | _code(card, call)


def has_registered(books: Books, call: Call) -> Datas | Refusal:
    """
    `queryIfHasRegistered`: `parameters` is 1 for a person who has a card, 0 for one who has not.
    """
    card = _named(books, call)
    match card:
        case Card():
            return {"parameters": 1, "remarks": "已注册"}
        case Refusal("2001"):
            return {"parameters": 0, "remarks": "未注册"}
        case Refusal():
            return card


def modify(books: Books, call: Call) -> Datas | Refusal:
    """
    `modifyVmcardInfo`: another phone or address.
    """
    form = read(call, Change)
    if isinstance(form, Refusal):
        return form
    card = books.cards.get(form.erhc_card_no)
    if card is None:
        return Refusal("2001")
    if form.name not in {"", card.name} or form.id_code not in {"", card.id_number}:
        return Refusal("2005")
    books.write(
        msgspec.structs.replace(
            card, phone=form.phone or card.phone, details=card.details | _details(call)
        )
    )
    return {"erhcCardNo": card.erhc_card_no, "empi": card.empi}


def person_info(books: Books, call: Call) -> Datas | Refusal:
    """
    `getPersonInfo`: the person of a document or of a card.
    """
    card = _named(books, call)
    return card if isinstance(card, Refusal) else person_datas(card)


def person_datas(card: Card) -> Datas:
    """
    What the platform tells of a person.
    """
    datas: Datas = {
        "erhcCardNo": card.erhc_card_no,
        "empi": card.empi,
        "name": card.name,
        "idCardTypeCode": card.id_type,
        "idCode": card.id_number,
        "phone": card.phone,
    }
    if card.id_type == ID_CARD:
        born = card.id_number[6:14]
        datas["birthday"] = f"{born[:4]}-{born[4:6]}-{born[6:]}"
        datas["sex"] = "1" if int(card.id_number[16]) % 2 else "2"
    return card.details | datas


def _named(books: Books, call: Call) -> Card | Refusal:
    form = read(call, Document)
    if isinstance(form, Refusal):
        return form
    if form.erhc_card_no:
        card = books.cards.get(form.erhc_card_no)
    elif form.id_card_type_code and form.id_code:
        card = books.find(form.id_card_type_code, form.id_code)
    else:
        return Refusal("1001")
    return card if card is not None else Refusal("2001")


def _code(card: Card, call: Call) -> Datas:
    return {"qrCode": static_code(card, call.settings)}


def _details(call: Call) -> dict[str, str]:
    return {name: call.body[name] for name in _DETAILS if call.body.get(name)}
