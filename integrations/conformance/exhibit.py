"""
What an integration brings along so that the suite can examine it: its `exhibit.py`.

The module `exhibit` beside the plugin has a function ``exhibit() -> Exhibit``. It may import the
integration's own sandbox, which the plugin may not.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from integrations.spi import (
    InsuranceRequest,
    Numbers,
    PartyView,
    PaymentRequest,
    Prepared,
    ValidateRequest,
)


class Clock:
    """
    A clock that stands until it is moved.
    """

    def __init__(self, at: datetime = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)) -> None:
        self._at = at

    def __call__(self) -> datetime:
        """
        The instant; aware UTC.
        """
        return self._at

    def advance(self, span: timedelta) -> None:
        """
        Let time pass.
        """
        self._at += span


@dataclass(frozen=True)
class Bench:
    """
    What a case works with.

    Attributes:
        integration: opened; which capabilities it has is the case's own knowledge.
        party: in whose name it is called.
        clock: everybody's time, the sandbox's too.
    """

    integration: Any
    party: PartyView
    clock: Clock
    _serials: "count[int]" = field(default_factory=lambda: count(1))

    def numbers(self) -> Numbers:
        """
        Allocate the numbers of one more unsafe call.
        """
        serial = next(self._serials)
        return Numbers(serial=serial, sequence=serial, instant=self.clock())


@dataclass(frozen=True)
class Validation:
    """
    A request for a verdict and what it comes to.

    Attributes:
        expect: the refusal's code, or empty for a valid one.
        request: makes what must be there at the partner first, and gives the request.
    """

    expect: str
    request: Callable[[Bench], Awaitable[ValidateRequest]]


@dataclass(frozen=True)
class Refusal:
    """
    Any other call that ends in a refusal of the catalogue.

    Attributes:
        expect: the code.
        ask: makes the call; returns what the integration returned.
    """

    expect: str
    ask: Callable[[Bench], Awaitable[object]]


@dataclass(frozen=True)
class Safe:
    """
    One call, besides `validate`, that changes nothing or converges when repeated.

    Attributes:
        method: ``link``, ``unlink``, ``prove``, ``obtain``, ``decode``, ``secure``, ``query`` or
            ``statement``.
        ready: makes what must go before, and gives the call, not yet made.
    """

    method: str
    ready: Callable[[Bench], Awaitable[Callable[[], Awaitable[object]]]]


@dataclass(frozen=True)
class Unsafe:
    """
    An unsafe call that goes through when nothing is in its way.

    Attributes:
        name: the request's tag.
        request: makes what must go before, and gives the request with its continuation.
        effects: how often the partner's own books show the call; 0 or 1 when all is well.
        unlisted: makes the partner answer the next such call with a status that nobody listed.
    """

    name: str
    request: Callable[[Bench], Awaitable[tuple[InsuranceRequest | PaymentRequest, bytes]]]
    effects: Callable[[Prepared], Awaitable[int]]
    unlisted: Callable[[], Awaitable[None]]


class Stage(Protocol):
    """
    A partner that was started for one check and knows nothing of the others.
    """

    @property
    def address(self) -> str | None:
        """
        ``host:port`` on loopback; None exactly when the integration never leaves the process.
        """
        ...

    def settings(self, base_url: str) -> bytes:
        """
        Settings for `open`, with the partner at ``http://host:port``.
        """
        ...

    def party(self, base_url: str) -> PartyView:
        """
        The party in whose name the cases are asked, with the partner at that address.
        """
        ...

    def secret_keys(self) -> tuple[str, ...]:
        """
        Private keys and shared secrets of deployment and party, each as one line of text.
        """
        ...

    def personal(self) -> tuple[str, ...]:
        """
        What names the people of the cases, tokens and subjects included, as far as known by now.
        """
        ...

    @property
    def validations(self) -> tuple[Validation, ...]:
        """
        At least one that is valid.
        """
        ...

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """
        Together with the validations one for each code of the catalogue.
        """
        ...

    @property
    def safe(self) -> tuple[Safe, ...]:
        """
        At least one for each method of the integration's capabilities.
        """
        ...

    @property
    def unsafe(self) -> tuple[Unsafe, ...]:
        """
        One for each kind of unsafe call; empty without `Payment` or `Insurance`.
        """
        ...


class Exhibit(Protocol):
    """
    An integration's own contribution to its examination.
    """

    @property
    def page(self) -> Path:
        """
        The page that documents the integration.
        """
        ...

    def start(self, clock: Clock) -> AbstractAsyncContextManager[Stage]:
        """
        Start the partner afresh; it is gone when the context ends.
        """
        ...
