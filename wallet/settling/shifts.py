"""
The sums of a terminal's shift, on the wire.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from wallet.clock import Clock
from wallet.errors import ValidationFailedError
from wallet.http.callers import TerminalCaller
from wallet.settling.replies import Amount, Method
from wallet.takings.service import Sum, TakingsService, Totals
from wallet.visiting.intents import allow

SCOPE: Final = "statements:read"
LONGEST: Final = timedelta(days=7)
_CHINA: Final = timedelta(hours=8)  # no summer time since 1991
LARGEST: Final = 2**53 - 1  # what every reader keeps exact
Count = Annotated[int, Meta(ge=0, le=LARGEST)]
Signed = Annotated[
    int, Meta(ge=-(LARGEST), le=LARGEST, description="Minor units (fen); negative: went out.")
]


class MethodTotals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One way cash parts were met.
    """

    method: Method
    provider: Annotated[str, Meta(description="The payment integration, or empty.")]
    taken_count: Count
    taken_minor: Amount
    given_back_count: Count
    given_back_minor: Amount
    net_minor: Signed


class SettledTotals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Bills: all of it, and what the patient does not pay.
    """

    count: Count
    total_minor: Amount
    insured_minor: Amount


class ShiftTotals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What one terminal settled, undid, took and gave back.
    """

    since: datetime
    until: datetime
    settled: SettledTotals
    undone: SettledTotals
    methods: list[MethodTotals]
    taken_minor: Amount
    given_back_minor: Amount
    net_minor: Signed
    drawer_minor: Annotated[Signed, Meta(description="What cash should lie in the drawer.")]


class ShiftsService:
    """
    Adds shifts up.
    """

    def __init__(self, *, takings: TakingsService, clock: Clock) -> None:
        self._takings = takings
        self._clock = clock

    async def totals(self, caller: TerminalCaller, since: str, until: str) -> ShiftTotals:
        """
        Return the sums of the caller's own terminal.

        Args:
            caller: whose terminal it is.
            since: RFC 3339 with ``Z``; empty: the beginning of the day in China that is added up.
            until: the same; empty: now.

        Raises:
            ScopeDeniedError: the token does not allow it.
            ValidationFailedError: there is no such time, or it is too long.
        """
        allow(caller, SCOPE)
        # a whole second, with which the next shift can begin
        whole = self._clock.now().replace(microsecond=0) + timedelta(seconds=1)
        end = _instant(until) if until else whole
        begin = _instant(since) if since else _midnight(end)
        if not timedelta(0) <= end - begin <= LONGEST:
            raise ValidationFailedError("Look at: since, until")
        found = await self._takings.totals(caller.party_id, caller.terminal_id, begin, end)
        return _written(found, begin, end)


def _written(found: Totals, since: datetime, until: datetime) -> ShiftTotals:
    methods = [
        _method(key, found.taken.get(key, Sum()), found.given_back.get(key, Sum()))
        for key in sorted({*found.taken, *found.given_back})
    ]
    taken = sum(each.taken_minor for each in methods)
    given_back = sum(each.given_back_minor for each in methods)
    return ShiftTotals(
        since=since,
        until=until,
        settled=_settled(found.settled),
        undone=_settled(found.undone),
        methods=methods,
        taken_minor=taken,
        given_back_minor=given_back,
        net_minor=taken - given_back,
        drawer_minor=sum(each.net_minor for each in methods if each.method == "cash"),
    )


def _method(key: tuple[str, str], taken: Sum, given_back: Sum) -> MethodTotals:
    method, provider = key
    return MethodTotals(
        method=method,
        provider=provider,
        taken_count=taken.count,
        taken_minor=taken.amount_minor,
        given_back_count=given_back.count,
        given_back_minor=given_back.amount_minor,
        net_minor=taken.amount_minor - given_back.amount_minor,
    )


def _settled(found: Sum) -> SettledTotals:
    return SettledTotals(
        count=found.count, total_minor=found.amount_minor, insured_minor=found.insured_minor
    )


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValidationFailedError("Look at: since, until") from None


def _midnight(end: datetime) -> datetime:
    """
    Return when the day in China begins whose last instant is before an end.
    """
    try:
        there = end - timedelta.resolution + _CHINA
        return there.replace(hour=0, minute=0, second=0, microsecond=0) - _CHINA
    except OverflowError:
        raise ValidationFailedError("Look at: since, until") from None
