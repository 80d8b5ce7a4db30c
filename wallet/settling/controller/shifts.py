"""
What a shift comes to.
"""

from typing import Annotated, Final

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wallet.http.callers import TerminalCaller
from wallet.http.described import allows
from wallet.http.problems import problems
from wallet.settling.shifts import SCOPE, ShiftsService, ShiftTotals
from wallet.visiting.requests import LOOKING

_INSTANT: Final = r"\A([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?\Z"


class ShiftsController(Controller):
    """
    Shifts.
    """

    path = "/v1/shift-totals"
    tags = ("desk",)

    @get(
        operation_id="getShiftTotals",
        summary="Add up a shift of this terminal (交班)",
        description=(
            "What this terminal settled, undid, took and gave back in a time of at most seven "
            "days, by method. Money that went back through a provider counts at the terminal "
            "that took it, money that was paid out by hand at the one that confirmed it. "
            "Ask again with both times once they have passed: what was on its way is then in it."
        ),
        opt=allows(SCOPE),
        responses=problems(*LOOKING),
    )
    async def get_shift_totals(
        self,
        terminal: NamedDependency[TerminalCaller],
        shifts: NamedDependency[ShiftsService],
        since: Annotated[
            str,
            QueryParameter(
                pattern=_INSTANT,
                max_length=20,
                description="RFC 3339, UTC; otherwise the beginning of the day in China.",
            ),
        ] = "",
        until: Annotated[
            str,
            QueryParameter(
                pattern=_INSTANT, max_length=20, description="RFC 3339, UTC; otherwise now."
            ),
        ] = "",
    ) -> ShiftTotals:
        """
        Return the sums.
        """
        return await shifts.totals(terminal, since, until)
