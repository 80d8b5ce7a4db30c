"""
The electronic credential: decoding a scanned 医保码 into an ecToken, and the regional grant.

`POST /ec/query` plays the local decoding component: `{data, transType: "ec.query", orgId}` in,
`{code, data (JSON text), message, orgId}` out. `POST /grant/ectoken` turns a person whom a region
identified by its own code into an ecToken; that such a grant exists is unconfirmed.
"""

from datetime import datetime, timedelta

import msgspec

from integrations.nhsa.sandbox.calls import Output, Platform
from integrations.nhsa.sandbox.credentials import SCENES
from integrations.nhsa.sandbox.people import Person
from integrations.nhsa.sandbox.records import EcCode, EcToken
from integrations.nhsa.sandbox.refusals import (
    EC_CODE_EXPIRED,
    EC_CODE_OTHER_SCENE,
    EC_CODE_UNKNOWN,
    EC_CODE_USED,
    EC_SCENE_INVALID,
    EC_TRANSACTION_UNKNOWN,
    GRANT_NOT_ALLOWED,
    GRANT_REF_REPEATED,
    INSTITUTION_MISMATCH,
    INSTITUTION_UNKNOWN,
    PERSON_MISMATCH,
    PERSON_UNKNOWN,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.settings import Institution
from integrations.nhsa.sandbox.wire import may, must, read_fields, read_node, time_text

CODE_DIGITS = 28
_QUERY_FIELDS = (
    must("orgId", 40),
    must("businessType", 5),
    must("operatorId", 64),
    must("operatorName", 64),
    must("officeId", 20),
    must("officeName", 30),
    may("deviceType", 30),
    must("ecQrCode", 128),
)
_GRANT_FIELDS = (
    must("fixmedins_code", 12),
    must("psn_name", 50),
    must("certno", 50),
    must("psn_cert_type", 6, "01"),
    must("businessType", 5),
    must("grant_ref", 64),
)


def mint_code(platform: Platform, person: Person, scene: str, now: datetime) -> tuple[str, EcCode]:
    """
    A fresh 28-digit code, as the person's own app would show it.
    """
    books, settings = platform.books, platform.settings
    number = int(books.make_secret("ec-code"), 16) % 10**CODE_DIGITS
    text = f"{number:0{CODE_DIGITS}d}"
    code = EcCode(
        person=person,
        scene=scene,
        expires_at=now + timedelta(seconds=settings.ec_code_seconds),
    )
    books.codes[text] = code
    return text, code


def _issue_token(
    platform: Platform, institution: Institution, person: Person, scene: str, now: datetime
) -> str:
    """
    A token of 38 characters: division of insurance, `ec`, 30 hexadecimal digits.
    """
    settings = platform.settings
    text = f"{person.places[0]}ec{platform.books.make_secret('ec-token')[:30]}"
    platform.books.tokens[text] = EcToken(
        person=person,
        fixmedins_code=institution.fixmedins_code,
        scene=scene,
        expires_at=now + timedelta(seconds=settings.ec_token_seconds),
    )
    return text


def query_code(platform: Platform, body: dict[str, object], now: datetime) -> Output | Refusal:
    """
    `ec.query`: decode a scanned code once, for one institution and scene.
    """
    if body.get("transType") != "ec.query":
        return EC_TRANSACTION_UNKNOWN
    values = read_node(body, "data", _QUERY_FIELDS)
    if isinstance(values, Refusal):
        return values
    institution = _institution(platform, values["orgId"])
    if institution is None:
        return INSTITUTION_UNKNOWN
    scene = values["businessType"]
    refusal = first_refusal(
        (
            (body.get("orgId") != values["orgId"], INSTITUTION_MISMATCH),
            (scene not in SCENES[institution.kind], EC_SCENE_INVALID),
        )
    )
    person = refusal or _spend_code(platform, values["ecQrCode"], scene, now)
    if isinstance(person, Refusal):
        return person
    token = _issue_token(platform, institution, person, scene, now)
    return _decoded(platform, person, token, values["ecQrCode"])


def _spend_code(platform: Platform, text: str, scene: str, now: datetime) -> Person | Refusal:
    code = platform.books.codes.get(text)
    if code is None:
        return EC_CODE_UNKNOWN
    refusal = first_refusal(
        (
            (code.used, EC_CODE_USED),
            (code.expires_at <= now, EC_CODE_EXPIRED),
            (code.scene not in {"", scene}, EC_CODE_OTHER_SCENE),
        )
    )
    if refusal is not None:
        return refusal
    code.used = True
    return code.person if code.person.insurances else PERSON_UNKNOWN


def _decoded(platform: Platform, person: Person, token: str, code: str) -> Output:
    return {
        "idNo": person.certno,
        "idType": "01",
        "userName": person.psn_name,
        "ecToken": token,
        "insuOrg": person.places[0],
        "ecIndexNo": platform.books.make_secret("ec-index")[:32].upper(),
        "gender": person.gend,
        "birthday": person.brdy.replace("-", "."),
        "nationality": person.naty,
        "email": "",
        "extra": "",
        "ecQrCode": code,
        "authNo": "",
        "chnlId": "",
    }


def decode_answer(answer: Output | Refusal, org_id: object) -> Output:
    """
    The answer of `/ec/query`; `data` is JSON within a string, empty for a refusal.
    """
    shared: Output = {"orgId": org_id if isinstance(org_id, str) else ""}
    if isinstance(answer, Refusal):
        return {"code": answer.infcode, "data": "", "message": answer.err_msg, **shared}
    data = msgspec.json.encode(answer).decode()
    return {"code": 0, "data": data, "message": "成功", **shared}


def grant_token(
    platform: Platform, institution: Institution, body: dict[str, object], now: datetime
) -> Output | Refusal:
    """
    The regional grant: an ecToken for a person named by name and identity number.

    The same `grant_ref` for the same person and scene gives the same token again.
    """
    values = read_fields(body, _GRANT_FIELDS)
    if isinstance(values, Refusal):
        return values
    person = platform.people.by_certno(values["certno"])
    refusal = first_refusal(
        (
            (values["fixmedins_code"] != institution.fixmedins_code, INSTITUTION_MISMATCH),
            (not institution.regional_grant, GRANT_NOT_ALLOWED),
            (values["businessType"] not in SCENES[institution.kind], EC_SCENE_INVALID),
        )
    )
    if refusal is not None:
        return refusal
    if person is None or not person.insurances:
        return PERSON_UNKNOWN
    if person.psn_name != values["psn_name"]:
        return PERSON_MISMATCH
    return _grant(platform, institution, person, values, now)


def _grant(
    platform: Platform,
    institution: Institution,
    person: Person,
    values: dict[str, str],
    now: datetime,
) -> Output | Refusal:
    books, scene = platform.books, values["businessType"]
    key = f"{institution.fixmedins_code}:{values['grant_ref']}"
    if key not in books.grants:
        token = _issue_token(platform, institution, person, scene, now)
        books.grants[key] = (person.psn_no, scene, token)
    psn_no, granted_scene, token = books.grants[key]
    if (psn_no, granted_scene) != (person.psn_no, scene):
        return GRANT_REF_REPEATED
    return {
        "ecToken": token,
        "expireTime": time_text(books.tokens[token].expires_at),
        "insuOrg": person.places[0],
    }


def grant_answer(answer: Output | Refusal) -> Output:
    """
    The answer of `/grant/ectoken`; `data` is an object here, null for a refusal.
    """
    if isinstance(answer, Refusal):
        return {"code": answer.infcode, "message": answer.err_msg, "data": None}
    return {"code": 0, "message": "成功", "data": answer}


def _institution(platform: Platform, code: str) -> Institution | None:
    for institution in platform.settings.institutions:
        if institution.fixmedins_code == code:
            return institution
    return None
