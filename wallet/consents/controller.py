"""
``/v1/consents``: what the resident allows.
"""

from typing import Annotated

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from wallet.consents.schemas import ConsentList, ConsentView, GrantConsent
from wallet.consents.service import Consent, ConsentsService
from wallet.errors import (
    BodyTooLargeError,
    InternalError,
    MediaTypeUnsupportedError,
    NotFoundError,
    OverloadedError,
    ValidationFailedError,
)
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import problems

Handle = Annotated[str, PathParameter(pattern=r"\A[0-9A-Za-z_]{1,128}\Z")]
_READING = (InternalError, OverloadedError, TokenInvalidError, ValidationFailedError)


class ConsentsController(Controller):
    """
    Consents.
    """

    path = "/v1/consents"
    tags = ("resident",)

    @get(
        operation_id="listConsents",
        summary="What the resident allows",
        responses=problems(*_READING),
    )
    async def list_consents(
        self,
        resident: NamedDependency[ResidentCaller],
        consents: NamedDependency[ConsentsService],
    ) -> ConsentList:
        """
        Return the consents that stand.
        """
        mine = resident.resident_id
        live = await consents.of_resident(mine)
        return ConsentList(consents=[_view(consents.handle(mine, each), each) for each in live])

    @post(
        operation_id="grantConsent",
        summary="Allow a context for a purpose",
        responses=problems(*_READING, BodyTooLargeError, MediaTypeUnsupportedError),
    )
    async def grant(
        self,
        data: JSONBody[GrantConsent],
        resident: NamedDependency[ResidentCaller],
        consents: NamedDependency[ConsentsService],
    ) -> ConsentView:
        """
        Grant a consent; repeating it returns the one that stands.
        """
        granted = await consents.grant(resident.resident_id, data.context, data.purpose.value)
        return _view(consents.handle(resident.resident_id, granted), granted)

    @delete(
        "/{handle:str}",
        operation_id="withdrawConsent",
        summary="Withdraw a consent",
        description="Stops disclosure; never an undo, a refund or a statement.",
        responses=problems(*_READING, NotFoundError),
    )
    async def withdraw(
        self,
        handle: Handle,
        resident: NamedDependency[ResidentCaller],
        consents: NamedDependency[ConsentsService],
    ) -> None:
        """
        Withdraw a consent.
        """
        await consents.withdraw(resident.resident_id, handle)


def _view(handle: str, consent: Consent) -> ConsentView:
    return ConsentView(
        id=handle,
        context=consent.context,
        purpose=consent.purpose,
        basis=consent.basis,
        notice_version=consent.notice_version,
        granted_at=consent.granted_at.isoformat(),
    )
