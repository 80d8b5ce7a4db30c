"""
Settlements as the resident sees them.
"""

from typing import Annotated

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from wallet.devices.public_keys import read_signature
from wallet.errors import (
    BodyTooLargeError,
    ClockUntrustedError,
    InternalError,
    MediaTypeUnsupportedError,
    NotFoundError,
    OverloadedError,
    StateConflictError,
    ValidationFailedError,
)
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import problems
from wallet.settling.approvals import ApprovalsService
from wallet.settling.controller.common import Id, views_for
from wallet.settling.errors import ApprovalInvalidError
from wallet.settling.replies import ResidentSettlementPage, ResidentSettlementView
from wallet.settling.schemas import ApproveSettlement
from wallet.settling.service import SettlingService
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

LARGEST_PAGE = 100


class ResidentSettlementsController(Controller):
    """
    Settlements as the resident sees them.
    """

    path = "/v1/settlements"
    tags = ("resident",)

    @get(
        operation_id="listSettlements",
        summary="See what was settled and paid",
        responses=problems(
            InternalError, OverloadedError, TokenInvalidError, ValidationFailedError
        ),
    )
    async def list_settlements(
        self,
        resident: NamedDependency[ResidentCaller],
        settling: NamedDependency[SettlingService],
        approvals: NamedDependency[ApprovalsService],
        cursor: Annotated[
            str | None,
            QueryParameter(
                pattern=TEXT_PATTERN,
                max_length=TEXT_MAX_LENGTH,
                description="`next_cursor` of the page before.",
            ),
        ] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE)] = 50,
        visit_id: Annotated[
            str | None,
            QueryParameter(
                pattern=TEXT_PATTERN,
                max_length=TEXT_MAX_LENGTH,
                description="Only those of this visit, an `id` of `listVisits`.",
            ),
        ] = None,
    ) -> ResidentSettlementPage:
        """
        List the resident's settlements, newest first.
        """
        folders, following = await approvals.page(
            resident.resident_id, cursor=cursor, limit=limit, visit=visit_id
        )
        return views_for(settling, resident).page(folders, following)

    @post(
        "/{settlement_id:str}/approve",
        operation_id="approveSettlement",
        summary="Approve the cash part with a device's key",
        description="The signature is over settlement, version, amount and payee.",
        status_code=200,
        responses=problems(
            ApprovalInvalidError,
            BodyTooLargeError,
            ClockUntrustedError,
            InternalError,
            MediaTypeUnsupportedError,
            NotFoundError,
            OverloadedError,
            StateConflictError,
            TokenInvalidError,
            ValidationFailedError,
        ),
    )
    async def approve_settlement(
        self,
        settlement_id: Id,
        data: JSONBody[ApproveSettlement],
        resident: NamedDependency[ResidentCaller],
        settling: NamedDependency[SettlingService],
        approvals: NamedDependency[ApprovalsService],
    ) -> ResidentSettlementView:
        """
        Approve.
        """
        folder = await approvals.approve(
            resident.resident_id,
            settlement_id,
            data.device_no,
            data.version,
            read_signature(data.signature),
        )
        return views_for(settling, resident).resident(folder)
