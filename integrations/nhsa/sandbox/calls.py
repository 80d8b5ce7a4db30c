"""
One business call after the envelope was accepted, and what it works on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from integrations.nhsa.sandbox.books import Books
from integrations.nhsa.sandbox.catalogue import Item
from integrations.nhsa.sandbox.people import Person, PersonRegister
from integrations.nhsa.sandbox.records import Executed, Visit
from integrations.nhsa.sandbox.refusals import (
    INSUPLC_MISMATCH,
    INSUPLC_MISSING,
    PERSON_UNKNOWN,
    VISIT_CANCELLED,
    VISIT_OTHER_INSTITUTION,
    VISIT_OTHER_PERSON,
    VISIT_UNKNOWN,
    Refusal,
    first_refusal,
)
from integrations.nhsa.sandbox.settings import Institution, NhsaSandboxSettings
from integrations.nhsa.sandbox.wire import CHINA

Output = dict[str, object]


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """
    A call of a known institution; `at` is the platform's time of arrival.
    """

    infno: str
    msgid: str
    institution: Institution
    insuplc_admdvs: str
    dev_no: str
    at: datetime
    input: dict[str, object]

    def __repr__(self) -> str:
        """
        Without the input.
        """
        return f"Call({self.infno!r}, {self.msgid!r})"

    @property
    def at_china(self) -> datetime:
        """
        The time of arrival on the platform's own clock.
        """
        return self.at.astimezone(CHINA)

    def done(self, platform: "Platform", psn_no: str, made: str) -> None:
        """
        Note that this state-changing message was carried out.
        """
        platform.books.executed[self.msgid] = Executed(self.infno, psn_no, made)


@dataclass(frozen=True)
class Platform:
    """
    What transactions work on.
    """

    settings: NhsaSandboxSettings
    people: PersonRegister
    catalogue: Mapping[str, Item]
    books: Books


Transaction = Callable[[Platform, Call], Output | Refusal]


def find_person(platform: Platform, call: Call, psn_no: str) -> Person | Refusal:
    """
    The person of a person number, insured at the place the envelope names.
    """
    person = platform.people.by_number(psn_no)
    if person is None or not person.insurances:
        return PERSON_UNKNOWN
    if not call.insuplc_admdvs:
        return INSUPLC_MISSING
    if call.insuplc_admdvs not in person.places:
        return INSUPLC_MISMATCH
    return person


def find_visit(platform: Platform, call: Call, values: dict[str, str]) -> Visit | Refusal:
    """
    The visit of `mdtrt_id`, if it is this institution's, this person's and not cancelled.
    """
    visit = platform.books.visits.get(values["mdtrt_id"])
    if visit is None:
        return VISIT_UNKNOWN
    if visit.fixmedins_code != call.institution.fixmedins_code:
        return VISIT_OTHER_INSTITUTION
    refusal = first_refusal(
        (
            (visit.person.psn_no != values["psn_no"], VISIT_OTHER_PERSON),
            (not call.insuplc_admdvs, INSUPLC_MISSING),
            (call.insuplc_admdvs != visit.insurance.place, INSUPLC_MISMATCH),
            (visit.cancelled, VISIT_CANCELLED),
        )
    )
    return refusal or visit
