"""
``/operator/parties``: relying parties, their terminals, and letting a new one in.
"""

import asyncio
from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from codes import image
from wallet.errors import NotFoundError, ValidationFailedError
from wallet.http.callers import OperatorCaller
from wallet.pages.forms import FORM_BODY, go
from wallet.pages.operator.door import Door, OperatorForm, insist_on_acting
from wallet.pages.operator.overview import Books
from wallet.pages.rendering import AnyRequest, page
from wallet.parties.errors import UnknownPartyError
from wallet.parties.words import LEAST_SCOPES, PartyStatus, TerminalKind

HERE: Final = "/operator/parties"


class PartiesController(Controller):
    """
    Relying parties.
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
        )

    @post("/status", opt=FORM_BODY)
    async def set_status(
        self, operator_form: NamedDependency[OperatorForm], books: NamedDependency[Books]
    ) -> Response[Any]:
        """
        Suspend a party, or let it go on.
        """
        insist_on_acting(operator_form.caller)
        asked = operator_form.fields.get("status", "")
        if asked not in tuple(PartyStatus):
            raise ValidationFailedError
        try:
            await books.administration.set_status(
                _number(operator_form.fields.get("party", "")), PartyStatus(asked)
            )
        except UnknownPartyError:
            raise NotFoundError from None
        return go(HERE)

    @post("/revoke", opt=FORM_BODY)
    async def revoke(
        self, operator_form: NamedDependency[OperatorForm], books: NamedDependency[Books]
    ) -> Response[Any]:
        """
        Revoke a terminal for good.
        """
        insist_on_acting(operator_form.caller)
        party_id = _number(operator_form.fields.get("party", ""))
        terminal_id = _number(operator_form.fields.get("terminal", ""))
        try:
            await books.administration.revoke_terminal(party_id, terminal_id)
        except UnknownPartyError:
            raise NotFoundError from None
        return go(HERE)

    @post("/enrolment", opt=FORM_BODY)
    async def enrolment(
        self,
        request: AnyRequest,
        operator_form: NamedDependency[OperatorForm],
        books: NamedDependency[Books],
    ) -> Response[str]:
        """
        Show a one-time enrolment token for a new terminal, as text and as a QR code.
        """
        insist_on_acting(operator_form.caller)
        asked = operator_form.fields.get("kind", "")
        if asked not in tuple(TerminalKind):
            raise ValidationFailedError
        kind = TerminalKind(asked)
        try:
            issued = await books.administration.issue_enrolment_token(
                _number(operator_form.fields.get("party", "")),
                kind=kind,
                scopes=LEAST_SCOPES[kind],
            )
        except UnknownPartyError:
            raise NotFoundError from None
        return page(
            request,
            "operator/enrolment_token",
            operator=operator_form.caller,
            token=issued.token,
            expires_at=issued.expires_at,
            picture=await asyncio.to_thread(image.link_svg, issued.token),
        )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(2**63))):
        raise NotFoundError
    number = int(text)
    if number >= 2**63:
        raise NotFoundError
    return number
