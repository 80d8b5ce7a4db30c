"""What an integration may say at all, whatever its partner sent."""

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from integrations.spi import (
    ActionRequired,
    Charged,
    ChoiceRequired,
    Declined,
    Decoded,
    DidNotHappen,
    Exchange,
    Happened,
    Linked,
    Manifest,
    NotSent,
    Obtained,
    Pending,
    PreSettled,
    Proved,
    Refused,
    Secured,
    Settled,
    StatementRow,
    StillPending,
    Succeeded,
    UnavailableError,
    Undecided,
    Unknown,
    Unlinked,
    Valid,
)
from tests.fuzz.target import at_once
from wallet.calls.results import fits

_SAFE = (
    Valid,
    Refused,
    Linked,
    ChoiceRequired,
    ActionRequired,
    Unlinked,
    Proved,
    Obtained,
    Decoded,
    Secured,
)
_OUTCOMES = (Succeeded, Declined, Pending, NotSent, Unknown)
_ANSWERS = (Happened, DidNotHappen, StillPending, Undecided)
_YES = (Succeeded, Happened, Valid, Linked, Obtained, Decoded, Proved, Secured)
_SECRET = "sEcReT 7"


class Judge:
    """
    Insists on the contract, and remembers what the observer was told.

    Args:
        manifest: names the codes there are.
        scrub: the integration's own.
    """

    def __init__(self, manifest: Manifest, scrub: Any) -> None:
        self._manifest, self._scrub = manifest, scrub

    def observe(self, exchange: Exchange) -> None:
        """
        Look at what is told of an exchange: scrubbed for good, and fit for any log.
        """
        for text in (exchange.request, exchange.response):
            text.encode()
            assert text == self._scrub(text)
        exchange.result.encode()

    def safe(self, work: Awaitable[Any]) -> str:
        """
        Judge what comes of a call that changes nothing.
        """
        return self._judged(work, _SAFE)

    def outcome(self, operation: str, amount_minor: int | None, work: Awaitable[Any]) -> str:
        """
        Judge what comes of performing a call.
        """
        return self._judged(work, _OUTCOMES, operation, amount_minor)

    def answer(self, operation: str, amount_minor: int | None, work: Awaitable[Any]) -> str:
        """
        Judge what comes of asking for a call.
        """
        return self._judged(work, _ANSWERS, operation, amount_minor)

    def statement(self, work: Awaitable[Any]) -> str:
        """
        Judge the rows of a day.
        """
        try:
            rows = at_once(work)
        except UnavailableError as fault:
            return _unavailable(fault)
        for row in rows:
            assert isinstance(row, StatementRow)
            assert min(row.total_minor, row.fund_minor, row.account_minor) >= 0
            _in_utc(row.at)
        return f"statement of {min(len(rows), 1)}"

    def _judged(
        self,
        work: Awaitable[Any],
        expected: tuple[type, ...],
        operation: str = "",
        amount_minor: int | None = None,
    ) -> str:
        try:
            result = at_once(work)
        except UnavailableError as fault:
            return _unavailable(fault)
        assert isinstance(result, expected)
        msgspec.json.encode(result).decode()
        self._codes(result)
        _instants(result)
        if isinstance(result, Succeeded | Happened) and fits(
            operation, result.result, amount_minor
        ):
            return "yes, as asked"
        return "yes" if isinstance(result, _YES) else "no"

    def _codes(self, result: Any) -> None:
        if isinstance(result, Refused | Declined | DidNotHappen):
            assert result.code in self._manifest.refusals


def _unavailable(fault: UnavailableError) -> str:
    # it is logged, and nothing of the answer belongs there
    assert len(str(fault)) <= 200
    assert _SECRET not in str(fault)
    return "unavailable"


def _instants(result: Any) -> None:
    inner = getattr(result, "result", None)
    if isinstance(inner, Charged | Settled):
        _in_utc(inner.at)
    if isinstance(inner, Settled | PreSettled):
        assert inner.split.balances()
    if isinstance(result, Obtained | Decoded) and result.expires_at is not None:
        _in_utc(result.expires_at)


def _in_utc(at: datetime) -> None:
    # what is kept is kept in UTC, and compared with what is a little earlier and later
    assert at.tzinfo is not None
    assert at.astimezone(UTC) - timedelta(days=1) < at < at.astimezone(UTC) + timedelta(days=1)
