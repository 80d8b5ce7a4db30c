"""
``GET /v1/presentations``: what the resident may read of the journal.
"""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wallet.errors import InternalError, OverloadedError, ValidationFailedError
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import problems
from wallet.journal.schemas import JournalPage, page_view
from wallet.journal.service import LARGEST_PAGE, JournalService
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN


class JournalController(Controller):
    """
    The resident's journal.
    """

    path = "/v1/presentations"
    tags = ("resident",)

    @get(
        operation_id="listPresentations",
        summary="See who looked and what was released",
        description="Newest first. Every disclosure is here, also the ones that were refused.",
        responses=problems(
            InternalError, OverloadedError, TokenInvalidError, ValidationFailedError
        ),
    )
    async def list_presentations(
        self,
        resident: NamedDependency[ResidentCaller],
        journal: NamedDependency[JournalService],
        cursor: Annotated[
            str | None,
            QueryParameter(
                pattern=TEXT_PATTERN,
                max_length=TEXT_MAX_LENGTH,
                description="`next_cursor` of the page before.",
            ),
        ] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE)] = 50,
    ) -> JournalPage:
        """
        List the resident's journal.
        """
        page = await journal.of_resident(resident.resident_id, cursor=cursor, limit=limit)
        return page_view(page)
