"""
1101 person information, and choosing among a person's insurances.
"""

from typing import Any

from msgspec import Raw

from integrations.nhsa.amounts import optional_fen
from integrations.nhsa.credentials import credential_fields
from integrations.nhsa.envelope import decode_wire
from integrations.nhsa.memory import Credential, Subject
from integrations.nhsa.rules import INSURED, INSUTYPES
from integrations.spi import ChoiceRequired, Fields, LinkChoice, Person, Refused, Text
from integrations.spi.request import Sensitive


class Insurance(Sensitive, frozen=True, kw_only=True):
    """
    One row of ``insuinfo``.

    Attributes:
        insutype, place: which scheme, where.
        psn_type: such as ``11`` in service, ``12`` retired.
        active: insured and not paused.
        balance_minor: personal account in fen; None where the platform names none.
    """

    insutype: str
    place: str
    psn_type: str
    active: bool
    balance_minor: int | None

    @property
    def key(self) -> str:
        """
        What names it among the person's insurances.
        """
        return f"{self.insutype}-{self.place}"


class Insured(Sensitive, frozen=True, kw_only=True):
    """
    A person as 1101 answers.
    """

    psn_no: str
    certno: str
    name: str
    insurances: tuple[Insurance, ...]


class _Base(Sensitive, frozen=True):
    psn_no: str
    certno: str = ""
    psn_name: str = ""


class _Row(Sensitive, frozen=True):
    insutype: str
    insuplc_admdvs: str
    psn_insu_stas: str
    psn_type: str = ""
    balc: Raw = Raw(b"")


class _PersonInfo(Sensitive, frozen=True):
    baseinfo: _Base
    insuinfo: tuple[_Row, ...] | None = ()


def person_question(credential: Credential) -> dict[str, Any]:
    """
    Build the input of 1101.
    """
    return {
        "data": {
            **credential_fields(credential),
            "begntime": "",
            "psn_cert_type": "",
            "certno": "",
            "psn_name": "",
        }
    }


def parse_person(output: bytes) -> Insured | None:
    """
    Read the answer of 1101; None when it is malformed.
    """
    info = decode_wire(output, _PersonInfo)
    if info is None or not info.baseinfo.psn_no:
        return None
    return Insured(
        psn_no=info.baseinfo.psn_no,
        certno=info.baseinfo.certno.upper(),
        name=info.baseinfo.psn_name,
        insurances=tuple(_insurance(row) for row in info.insuinfo or ()),
    )


def _insurance(row: _Row) -> Insurance:
    balance = bytes(row.balc)
    return Insurance(
        insutype=row.insutype,
        place=row.insuplc_admdvs,
        psn_type=row.psn_type,
        active=row.psn_insu_stas == INSURED,
        balance_minor=optional_fen(balance) if balance not in {b"", b"null"} else None,
    )


def same_person(insured: Insured, person: Person) -> bool:
    """
    Tell whether name and document number agree.
    """
    number = person.document_number.upper()
    return (insured.certno, insured.name) == (number, person.name)


def choose(insured: Insured, key: str = "") -> Insurance | ChoiceRequired | Refused:
    """
    Pick the insurance to bind: the named one, or the only active one.
    """
    if not insured.insurances:
        return Refused("NOT_INSURED")
    active = [row for row in insured.insurances if row.active]
    if not active:
        return Refused("SUSPENDED")
    named = [row for row in active if row.key == key]
    if named:
        return named[0]
    return active[0] if len(active) == 1 else ChoiceRequired(tuple(map(_choice, active)))


def current(insured: Insured, subject: Subject | None) -> Insurance | Refused:
    """
    Find the insurance that was bound, as it is now; without a binding, the only one.

    The options of ``CHOICE_REQUIRED`` are the keys of what there is to choose from.
    """
    if not insured.insurances:
        return Refused("NOT_INSURED")
    if subject is not None and subject.psn_no != insured.psn_no:
        return Refused("PERSON_MISMATCH")
    if subject is None:
        found = list(insured.insurances) if len(insured.insurances) == 1 else []
    else:
        bound = f"{subject.insutype}-{subject.insuplc_admdvs}"
        found = [row for row in insured.insurances if row.key == bound]
    if not found:
        return Refused("CHOICE_REQUIRED", tuple(row.key for row in insured.insurances))
    return found[0] if found[0].active else Refused("SUSPENDED")


def insurance_fields(
    insutype: str, place: str, division: str, insurance: Insurance | None = None
) -> Fields:
    """
    Say what may be shown of an insurance; account balance and person type only once asked.
    """
    fields: Fields = {
        "insutype": insutype,
        "insutype_name": INSUTYPES.get(insutype, (insutype, insutype))[0],
        "place": place,
        "local": place == division,
    }
    if insurance is not None:
        fields["person_type"] = insurance.psn_type
        fields["balance_minor"] = insurance.balance_minor
    return fields


def label(insurance: Insurance) -> str:
    """
    Name an insurance for the resident's list.
    """
    return f"{INSUTYPES.get(insurance.insutype, (insurance.insutype, ''))[0]} · {insurance.place}"


def _choice(insurance: Insurance) -> LinkChoice:
    zh, en = INSUTYPES.get(insurance.insutype, (insurance.insutype, insurance.insutype))
    text = Text(f"{zh} · {insurance.place}", f"{en} · {insurance.place}")
    return LinkChoice(insurance.key, text)
