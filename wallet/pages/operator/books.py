"""
What the operator's pages look into.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol

from msgspec import Struct

from integrations.registry import Registry
from wallet.figures.service import FiguresService
from wallet.http.timekeeping import Timekeeping
from wallet.pages.operator.looking import Looking
from wallet.parties.administration import PartiesAdministration
from wallet.restoring.service import Restoring
from wallet.settling.reviewing import ReviewService
from wallet.vault import Vault

LATE: Final = timedelta(minutes=2)


class Overdue(Protocol):
    """
    The list of things to do.
    """

    async def overdue(self, by: timedelta) -> datetime | None:
        """
        Return since when something has been due that nobody works on, if for longer than that.
        """
        ...


class Books(Struct, frozen=True, kw_only=True):
    """
    Services behind the operator's pages.

    Attributes:
        region: the issuer region of the deployment.
    """

    administration: PartiesAdministration
    review: ReviewService
    registry: Registry
    figures: FiguresService
    looking: Looking
    work: Overdue
    vault: Vault
    timekeeping: Timekeeping
    restoring: Restoring
    region: int
