"""
``/looks``: who looked, and what was released.
"""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wallet.http.callers import ResidentCaller
from wallet.journal.service import JournalService
from wallet.pages.rendering import AnyRequest, page
from wallet.residents.sessions import SessionsService
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

A_PAGE = 20


class LooksController(Controller):
    """
    The journal, in sentences.
    """

    path = "/looks"
    include_in_schema = False

    @get()
    async def looks(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        journal: NamedDependency[JournalService],
        cursor: Annotated[
            str | None, QueryParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)
        ] = None,
    ) -> Response[str]:
        """
        Show a part of the journal, newest first.
        """
        part = await journal.of_resident(visitor.resident_id, cursor=cursor, limit=A_PAGE)
        return page(
            request,
            "resident/looks",
            csrf=sessions.proof(visitor),
            entries=part.entries,
            following=part.next_cursor,
        )
