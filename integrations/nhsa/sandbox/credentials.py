"""
Which credential opens what: ecToken (01), identity card (02), social-security card (03).

A token belongs to one person, institution and scene, lives for a while, serves one visit and is
spent by its settlement. Cards count only when a registered reader of the institution read them.
"""

import msgspec

from integrations.nhsa.sandbox.calls import Call, Platform
from integrations.nhsa.sandbox.people import Person
from integrations.nhsa.sandbox.records import EcToken
from integrations.nhsa.sandbox.refusals import (
    CARD_SN_MISMATCH,
    CARD_SN_MISSING,
    EC_TOKEN_EXPIRED,
    EC_TOKEN_OTHER_INSTITUTION,
    EC_TOKEN_OTHER_PERSON,
    EC_TOKEN_OTHER_SCENE,
    EC_TOKEN_OTHER_VISIT,
    EC_TOKEN_SPENT,
    EC_TOKEN_UNKNOWN,
    PERSON_UNKNOWN,
    READER_UNREGISTERED,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.wire import Field, may, must

EC_TOKEN = "01"  # noqa: S105 -- a certificate type
ID_CARD = "02"
SOCIAL_SECURITY_CARD = "03"
CREDENTIAL_FIELDS: tuple[Field, ...] = (
    must("mdtrt_cert_type", 3, EC_TOKEN, ID_CARD, SOCIAL_SECURITY_CARD),
    must("mdtrt_cert_no", 64),
    may("card_sn", 32),
)

SCENES = {
    "hospital": (
        "01101",
        "01102",
        "01103",
        "01104",
        "01201",
        "01202",
        "01203",
        "01204",
        "01301",
        "01302",
    ),
    "pharmacy": ("02121", "02122"),
}
_BUSINESS_SCENES = ("01101", "01301", "02121")


class Credential(msgspec.Struct, frozen=True):
    """
    Type, number and card serial as sent.
    """

    kind: str
    number: str
    card_sn: str

    def __repr__(self) -> str:
        """
        Without the number.
        """
        return f"Credential({self.kind!r})"


def credential_of(values: dict[str, str]) -> Credential:
    """
    The credential among fields that were read with `CREDENTIAL_FIELDS`.
    """
    return Credential(values["mdtrt_cert_type"], values["mdtrt_cert_no"], values["card_sn"])


def holder_of(
    platform: Platform, call: Call, credential: Credential, mdtrt_id: str = ""
) -> Person | Refusal:
    """
    The person whom a credential stands for in this call (of this visit, if there is one).
    """
    if credential.kind != EC_TOKEN:
        return _card_holder(platform, call, credential)
    token = platform.books.tokens.get(credential.number)
    if token is None:
        return EC_TOKEN_UNKNOWN
    other_visit = token.mdtrt_id not in {"", mdtrt_id} and mdtrt_id != ""
    refusal = first_refusal(
        (
            (token.fixmedins_code != call.institution.fixmedins_code, EC_TOKEN_OTHER_INSTITUTION),
            (token.expires_at <= call.at, EC_TOKEN_EXPIRED),
            (token.spent_by != "", EC_TOKEN_SPENT),
            (call.infno != "1101" and token.scene not in _BUSINESS_SCENES, EC_TOKEN_OTHER_SCENE),
            (other_visit or (call.infno == "2201" and token.mdtrt_id != ""), EC_TOKEN_OTHER_VISIT),
        )
    )
    return refusal or token.person


def check_holder(
    platform: Platform, call: Call, values: dict[str, str], person: Person
) -> Refusal | None:
    """
    Refuse a credential that does not stand for the person of the call.
    """
    holder = holder_of(platform, call, credential_of(values), values.get("mdtrt_id", ""))
    if isinstance(holder, Refusal):
        return holder
    return EC_TOKEN_OTHER_PERSON if holder.psn_no != person.psn_no else None


def bind_token(platform: Platform, values: dict[str, str], mdtrt_id: str) -> None:
    """
    Tie the token of a call, if it came with one, to the visit it served.
    """
    token = token_of(platform, values)
    if token is not None:
        token.mdtrt_id = mdtrt_id


def token_of(platform: Platform, values: dict[str, str]) -> EcToken | None:
    """
    The token among fields that were read with `CREDENTIAL_FIELDS`, if it is one.
    """
    if values["mdtrt_cert_type"] != EC_TOKEN:
        return None
    return platform.books.tokens.get(values["mdtrt_cert_no"])


def _card_holder(platform: Platform, call: Call, credential: Credential) -> Person | Refusal:
    if call.dev_no not in call.institution.readers:
        return READER_UNREGISTERED
    person = platform.people.by_certno(credential.number)
    if person is None or not person.insurances:
        return PERSON_UNKNOWN
    if credential.kind == ID_CARD:
        return person
    if not credential.card_sn:
        return CARD_SN_MISSING
    return person if credential.card_sn == person.card_sn else CARD_SN_MISMATCH
