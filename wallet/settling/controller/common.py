"""
What the controllers of settlements have in common.
"""

from collections.abc import Mapping
from typing import Annotated

from litestar.di import Provide
from litestar.params import PathParameter

from wallet.http.callers import ResidentCaller, TerminalCaller
from wallet.http.errors import TokenInvalidError
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.settling.approvals import ApprovalsService
from wallet.settling.counter import SCREEN, Folder
from wallet.settling.errors import BillInvalidError, InsuranceRefusedError
from wallet.settling.service import SettlingService
from wallet.settling.viewers import Viewer, viewer
from wallet.settling.views import Views
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN
from wallet.visiting.requests import DEPENDENCIES

Id = Annotated[str, PathParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]
SEEN: Mapping[str, Provide] = {**DEPENDENCIES, "viewer": Provide(viewer)}
SCANNED = (BillInvalidError, HandleExpiredError, HandleMismatchError, InsuranceRefusedError)


def views_for(settling: SettlingService, caller: TerminalCaller | ResidentCaller) -> Views:
    """
    Return the views whose ids are sealed for whoever looks.
    """
    if isinstance(caller, TerminalCaller):
        audience = f"party:{caller.party_id}"
        return Views(settling.counter, audience, screen=SCREEN in caller.scopes)
    return Views(settling.counter, f"resident:{caller.resident_id}")


async def seen(
    viewer: Viewer, name: str, settling: SettlingService, approvals: ApprovalsService
) -> tuple[Folder, Views]:
    """
    Return a settlement of whoever looks, and the views for them.

    Raises:
        NotFoundError: it is not theirs.
        TokenInvalidError: nobody looks.
    """
    if viewer.terminal is not None:
        folder = await settling.counter.get(viewer.terminal, name)
        return folder, views_for(settling, viewer.terminal)
    if viewer.resident is None:
        raise TokenInvalidError
    folder = await approvals.get(viewer.resident.resident_id, name)
    return folder, views_for(settling, viewer.resident)
