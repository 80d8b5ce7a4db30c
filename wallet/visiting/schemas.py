"""
The wire form of visits.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from wallet.http.described import one_of
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN
from wallet.visiting.history import OwnVisit
from wallet.visiting.machine import VISIT_PHASES
from wallet.visiting.records import Details, Visit

Handle = Annotated[str, Meta(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]
Code = Annotated[
    str, Meta(min_length=1, max_length=30, pattern=r"\A[0-9A-Za-z._-]{1,30}\Z", examples=["0101"])
]
Label = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        pattern=r"\A[^\x00-\x1f\x7f]{1,100}\Z",
        examples=["心内科"],
    ),
]
DOUBT_ZH = "结果确认中，请勿重复收费"
DOUBT_EN = "The outcome is being confirmed; do not charge again."


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What the desk shows, in both languages.
    """

    zh: str
    en: str


DOUBT = Message(zh=DOUBT_ZH, en=DOUBT_EN)


class OpenVisit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Open a visit for the presented resident.
    """

    presentation: Handle
    department_code: Code
    department_name: Label
    doctor_code: Code
    doctor_name: Label
    operator: Code

    def __repr__(self) -> str:
        """
        Show nothing: a department can tell an illness.
        """
        return "OpenVisit(…)"

    def details(self) -> Details:
        """
        Return where in the hospital the visit is.
        """
        return Details(
            department_code=self.department_code,
            department_name=self.department_name,
            doctor_code=self.doctor_code,
            doctor_name=self.doctor_name,
            operator=self.operator,
        )


class VisitView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A visit as its party sees it.
    """

    id: Handle
    phase: Annotated[str, one_of(VISIT_PHASES)]
    status: Annotated[str, one_of(("due", "sent", "unknown"), "Of the phase.")]
    visit_number: Annotated[str, Meta(description="Our number of the visit, sent to the insurer.")]
    insured: Annotated[bool, Meta(description="The visit is registered with the insurer.")]
    insurer_reference: Annotated[
        str, Meta(description="The insurer's number of the visit, or empty.")
    ]
    reason: Annotated[
        str, Meta(description="Why the insurer is not in it, or what a person has to look at.")
    ]
    settlement_open: Annotated[bool, Meta(description="A settlement is going on in it.")]
    settlements: Annotated[
        int, Meta(ge=0, le=10**6, description="How many settlements are completed.")
    ]
    locked: Annotated[bool, Meta(description="Something is not known; begin nothing.")]
    message: Message | None
    opened_at: datetime
    closes_at: datetime


class ResidentVisitView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A visit as its resident sees it.
    """

    id: Handle
    party_name: Annotated[str, Meta(max_length=200, description="Where it is.")]
    phase: Annotated[str, one_of(VISIT_PHASES)]
    insured: Annotated[bool, Meta(description="The visit is registered with the insurer.")]
    settlement_open: Annotated[bool, Meta(description="A settlement is going on in it.")]
    settlements: Annotated[
        int, Meta(ge=0, le=10**6, description="How many settlements are completed.")
    ]
    locked: Annotated[bool, Meta(description="Something about it is not known yet.")]
    opened_at: datetime
    closes_at: datetime


class ResidentVisitPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A part of a resident's visits, newest first.
    """

    visits: list[ResidentVisitView]
    next_cursor: Handle | None


def resident_page(visits: Sequence[OwnVisit], cursor: str | None) -> ResidentVisitPage:
    """
    Return the wire form of a part of a resident's visits.
    """
    return ResidentVisitPage(
        visits=[
            ResidentVisitView(
                id=visit.id,
                party_name=visit.party_name,
                phase=visit.state.phase,
                insured=visit.state.registered,
                settlement_open=visit.settling,
                settlements=visit.settlements,
                locked=visit.state.locked,
                opened_at=visit.opened_at,
                closes_at=visit.closes_at,
            )
            for visit in visits
        ],
        next_cursor=cursor,
    )


def visit_view(name: str, visit: Visit) -> VisitView:
    """
    Return a visit's wire form.

    Args:
        name: the id under which the party knows it.
        visit: the visit.
    """
    state = visit.state
    return VisitView(
        id=name,
        phase=state.phase,
        status=state.status,
        visit_number=visit.visit_number,
        insured=state.registered,
        insurer_reference=visit.visit_reference,
        reason=state.reason,
        settlement_open=visit.open_settlement_id is not None,
        settlements=visit.standing,
        locked=state.locked,
        message=DOUBT if state.locked else None,
        opened_at=visit.opened_at,
        closes_at=visit.closes_at,
    )
