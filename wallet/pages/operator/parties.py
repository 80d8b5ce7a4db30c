"""
``/operator/parties``: relying parties, their terminals, and letting a new one in.
"""

import asyncio
from decimal import Decimal
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from codes import image
from wallet.db.session import Witness
from wallet.errors import NotFoundError, ValidationFailedError
from wallet.http.callers import OperatorCaller
from wallet.operators.words import EventKind
from wallet.pages.forms import FORM_BODY, go
from wallet.pages.operator.books import Books
from wallet.pages.operator.door import Door, OperatorForm, insist_on_acting
from wallet.pages.rendering import AnyRequest, page
from wallet.parties.errors import UnknownPartyError
from wallet.parties.words import (
    CASH_DUE_MOST_SECONDS,
    LIMIT_MOST_MINOR,
    PartyKind,
    PartySettings,
    PartyStatus,
    SettledBy,
    TerminalKind,
    is_party_name,
    least_scopes,
)

HERE: Final = "/operator/parties"
_FEN: Final = 100
_MOST_MINUTES: Final = CASH_DUE_MOST_SECONDS // 60
_STATUS_EVENTS: Final = {
    PartyStatus.ACTIVE: EventKind.PARTY_RESUMED,
    PartyStatus.SUSPENDED: EventKind.PARTY_SUSPENDED,
}


class PartiesController(Controller):
    """
    Relying parties. Whatever is done to one is written down in the same transaction.
    """

    path = HERE
    include_in_schema = False

    @get()
    async def parties(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
    ) -> Response[str]:
        """
        Show parties with their terminals.
        """
        parties = await books.administration.list_parties()
        return page(
            request,
            "operator/parties",
            csrf=door.proof(operator),
            operator=operator,
            parties=[
                (party, await books.administration.list_terminals(party.party_id))
                for party in parties
            ],
            kinds=[kind.value for kind in TerminalKind],
            party_kinds=[kind.value for kind in PartyKind],
            settlers=[each.value for each in SettledBy],
        )

    @post(opt=FORM_BODY)
    async def create(
        self,
        door: NamedDependency[Door],
        operator_form: NamedDependency[OperatorForm],
        books: NamedDependency[Books],
    ) -> Response[Any]:
        """
        Create a party.
        """
        insist_on_acting(operator_form.caller)

        def witness(party_id: int) -> Witness:
            about = books.administration.names.party(party_id)
            return _witness(door, operator_form, EventKind.PARTY_CREATED, about)

        settings = _settings(operator_form)
        if not settings.has_limits_in_order:
            raise ValidationFailedError("Look at: limits")
        await books.administration.create_party(settings, witness)
        return go(HERE)

    @post("/status", opt=FORM_BODY)
    async def set_status(
        self,
        door: NamedDependency[Door],
        operator_form: NamedDependency[OperatorForm],
        books: NamedDependency[Books],
    ) -> Response[Any]:
        """
        Suspend a party, or let it go on.
        """
        insist_on_acting(operator_form.caller)
        asked, name = operator_form.text("status"), operator_form.text("party")
        if asked not in tuple(PartyStatus):
            raise ValidationFailedError
        status = PartyStatus(asked)
        witness = _witness(door, operator_form, _STATUS_EVENTS[status], name)
        try:
            party_id = books.administration.names.party_of(name)
            await books.administration.set_status(party_id, status, witness)
        except UnknownPartyError:
            raise NotFoundError from None
        return go(HERE)

    @post("/revoke", opt=FORM_BODY)
    async def revoke(
        self,
        door: NamedDependency[Door],
        operator_form: NamedDependency[OperatorForm],
        books: NamedDependency[Books],
    ) -> Response[Any]:
        """
        Revoke a terminal for good.
        """
        insist_on_acting(operator_form.caller)
        name = operator_form.text("terminal")
        witness = _witness(door, operator_form, EventKind.TERMINAL_REVOKED, name)
        try:
            await books.administration.revoke_terminal(
                *books.administration.names.terminal_of(name), witness
            )
        except UnknownPartyError:
            raise NotFoundError from None
        return go(HERE)

    @post("/enrolment", opt=FORM_BODY)
    async def enrolment(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator_form: NamedDependency[OperatorForm],
        books: NamedDependency[Books],
    ) -> Response[str]:
        """
        Show a one-time enrolment token for a new terminal, as text and as a QR code.
        """
        insist_on_acting(operator_form.caller)
        asked, name = operator_form.text("kind"), operator_form.text("party")
        if asked not in tuple(TerminalKind):
            raise ValidationFailedError
        kind = TerminalKind(asked)
        try:
            # nobody stands beside a kiosk or a gate
            scopes = least_scopes(
                kind, patient_screen=operator_form.text("patient_screen") == "yes"
            )
        except ValueError:
            raise ValidationFailedError("Look at: patient_screen") from None
        try:
            issued = await books.administration.issue_enrolment_token(
                books.administration.names.party_of(name),
                kind=kind,
                scopes=scopes,
                witness=_witness(door, operator_form, EventKind.TERMINAL_OFFERED, name),
            )
        except UnknownPartyError:
            raise NotFoundError from None
        return page(
            request,
            "operator/enrolment_token",
            csrf=door.proof(operator_form.caller),
            operator=operator_form.caller,
            token=issued.token,
            at_desk=kind is TerminalKind.DESK,
            expires_at=issued.expires_at,
            picture=await asyncio.to_thread(image.link_svg, issued.token),
        )


def _witness(door: Door, form: OperatorForm, kind: EventKind, about: str) -> Witness:
    async def write(session: AsyncSession) -> None:
        await door.operators.events.acted(session, form.caller, kind, about)

    return write


def _settings(form: OperatorForm) -> PartySettings:
    name, kind, settler = form.text("name"), form.text("kind"), form.text("settled_by")
    if not is_party_name(name):
        raise ValidationFailedError("Look at: name")
    if kind not in tuple(PartyKind) or settler not in tuple(SettledBy):
        raise ValidationFailedError
    return PartySettings(
        name=name,
        kind=kind,
        settled_by=settler,
        otp_limit_minor=_fen(form.text("otp_limit")),
        signed_limit_minor=_fen(form.text("signed_limit")),
        screen_limit_minor=_fen(form.text("screen_limit") or "0"),
        cash_due_seconds=60 * _whole(form.text("cash_due"), _MOST_MINUTES),
        sign_resolve=form.text("sign_resolve") == "yes",
    )


def _fen(yuan: str) -> int:
    try:
        fen = Decimal(yuan) * _FEN if yuan.isascii() else Decimal(-1)
    except ArithmeticError:  # no number, or one beyond what decimals can be
        raise ValidationFailedError("Look at: limits") from None
    if not (fen.is_finite() and 0 <= fen <= LIMIT_MOST_MINOR and fen == fen.to_integral_value()):
        raise ValidationFailedError("Look at: limits")
    return int(fen)


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        raise ValidationFailedError("Look at: cash_due")
    number = int(text)
    if not 1 <= number <= most:
        raise ValidationFailedError("Look at: cash_due")
    return number
