"""
What a page tells of an entry of the journal at the moment it is written.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final

from wallet.errors import NotFoundError
from wallet.journal.service import Written
from wallet.pages.rendering import AnyRequest, part
from wallet.settling.approvals import ApprovalsService

# kinds that change what the page of the code may show at all
TURNS: Final = ("alarmed", "alarm_cleared", "frozen", "revoked", "unfrozen")
USES: Final = ("scanned",)
_MONEY: Final = ("approval_asked", "charged", "refunded", "settled", "settlement_undone")
TOLD: Final = (*USES, "disclosed", *_MONEY, *TURNS)


async def told(request: AnyRequest, approvals: ApprovalsService, written: Written) -> str:
    """
    Return the piece of a page that tells of an entry, with the amount where money is concerned.
    """
    entry = written.entry
    settlement, name = None, ""
    if entry.kind in _MONEY and entry.subject_id is not None:
        name = approvals.name_of(entry.resident_id, entry.subject_id)
        with suppress(NotFoundError):
            settlement = (await approvals.get(entry.resident_id, name)).settlement
    return part(
        request,
        "resident/news",
        written=written,
        tell=entry.kind in TOLD,
        turns=entry.kind in TURNS,
        uses=entry.kind in USES,
        at_ms=milliseconds(entry.at),
        settlement=settlement,
        name=name,
    )


def milliseconds(at: datetime) -> int:
    """
    Return an instant as scripts reckon: milliseconds since the Unix epoch.
    """
    return int(at.timestamp() * 1000)
