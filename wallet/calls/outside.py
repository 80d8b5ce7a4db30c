"""
The integrations as the wallet sees them: behind the guard, and never trusted with an exception.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from msgspec import Struct

from integrations.spi import (
    Answer,
    Declined,
    DidNotHappen,
    Happened,
    Insurance,
    InsuranceRequest,
    Integration,
    Manifest,
    NotSent,
    Numbers,
    Outcome,
    PartyView,
    Payment,
    PaymentRequest,
    Pending,
    Prepared,
    Query,
    Refused,
    Secured,
    SecureRequest,
    StatementRow,
    StillPending,
    Succeeded,
    UnavailableError,
    Undecided,
    Unknown,
)
from wallet.calls.errors import NotStartedError, UnknownIntegrationError
from wallet.calls.guard import Guard
from wallet.calls.results import PAYMENT_OPERATIONS, fits

PLUGIN_FAILED = "PLUGIN_FAILED"
_STATEMENT_MS: Final = 60_000


class Integrations(Protocol):
    """
    The opened integrations.
    """

    def get(self, integration_id: str) -> Integration | None:
        """
        Return one, or None.
        """
        ...

    def of_context(self, context: str) -> Sequence[Integration]:
        """
        Return those of a context.
        """
        ...


class Order(Struct, frozen=True, kw_only=True):
    """
    What is to be called: the request and what the integration remembers.
    """

    party_id: int
    integration_id: str
    request: InsuranceRequest | PaymentRequest
    continuation: bytes

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Order({self.integration_id!r}, {type(self.request).__name__})"


class Outside:
    """
    Calls integrations.
    """

    def __init__(self, *, guard: Guard, integrations: Integrations) -> None:
        self._guard = guard
        self._integrations = integrations

    def manifest(self, integration_id: str) -> Manifest:
        """
        Return an integration's manifest.

        Raises:
            UnknownIntegrationError: it is not installed.
        """
        return self._integration(integration_id).manifest

    def held_back(self, integration_id: str) -> None:
        """
        Note that a repetition has to wait for its turn.
        """
        self._guard.held_back(integration_id)

    def payments(self) -> tuple[str, ...]:
        """
        Return the ids of the integrations that charge.
        """
        found = self._integrations.of_context("payment")
        return tuple(each.manifest.id for each in found if isinstance(each, Payment))

    def states(self, integration_id: str) -> bool:
        """
        Tell whether an integration gives statements.
        """
        return isinstance(self._integrations.get(integration_id), Insurance | Payment)

    async def statement(
        self, integration_id: str, day: date, view: PartyView
    ) -> tuple[StatementRow, ...]:
        """
        Fetch a partner's statement of one day.

        Raises:
            UnavailableError: there is none yet, or no usable answer.
            UnknownIntegrationError: it gives none at all.
        """
        plugin = self._integration(integration_id)
        if not isinstance(plugin, Insurance | Payment):
            raise UnknownIntegrationError
        return await self._guard.run(
            integration_id,
            _STATEMENT_MS,
            lambda: plugin.statement(day, view),
            expected=(tuple,),
        )

    async def secure(self, integration_id: str, request: SecureRequest) -> Secured | Refused:
        """
        Ask whether an amount can be charged.

        Raises:
            UnavailableError: there is no usable answer.
        """
        plugin = self._capability(integration_id, "charge")
        if not isinstance(plugin, Payment):
            raise UnknownIntegrationError
        return await self._guard.run(
            integration_id,
            self._deadline_ms(integration_id),
            lambda: plugin.secure(request),
            expected=(Secured, Refused),
        )

    def prepare(self, order: Order, numbers: Numbers, view: PartyView) -> Prepared | Refused:
        """
        Let the integration build a call; one that crashes over it has refused: nothing was sent.
        """
        operation = str(order.request.__struct_config__.tag)
        plugin = self._capability(order.integration_id, operation)
        try:
            prepared: object = plugin.prepare(
                order.request,  # type: ignore[arg-type]
                order.continuation,
                numbers,
                view,
            )
        except Exception:  # noqa: BLE001 - whatever a stranger's code raises
            return Refused(PLUGIN_FAILED)
        if isinstance(prepared, Refused):
            return prepared
        if isinstance(prepared, Prepared) and prepared.operation == operation:
            return prepared
        return Refused(PLUGIN_FAILED)

    async def perform(
        self, integration_id: str, prepared: Prepared, view: PartyView, amount_minor: int | None
    ) -> Outcome:
        """
        Perform a committed call; whatever goes wrong is a value.

        Args:
            integration_id: whose call.
            prepared: as committed.
            view: the party on whose behalf.
            amount_minor: what the result must state, where an amount is involved.
        """
        plugin = self._capability(integration_id, prepared.operation)
        try:
            outcome: Outcome = await self._guard.run(
                integration_id,
                self._deadline_ms(integration_id),
                lambda: plugin.perform(prepared, view),
                expected=(Succeeded, Declined, Pending, NotSent, Unknown),
                failed=lambda result: isinstance(result, NotSent | Unknown),
            )
        except NotStartedError as fault:
            return NotSent(reason=str(fault))
        except UnavailableError as fault:
            return Unknown(reason=str(fault))
        if isinstance(outcome, Succeeded):
            fitting = fits(prepared.operation, outcome.result, amount_minor)
            return outcome if fitting else Unknown(reason="the result does not fit the call")
        return outcome

    async def query(
        self, integration_id: str, query: Query, view: PartyView, amount_minor: int | None
    ) -> Answer:
        """
        Ask what became of a call; whatever goes wrong is `Undecided`.
        """
        plugin = self._capability(integration_id, query.prepared.operation)
        try:
            answer: Answer = await self._guard.run(
                integration_id,
                self._deadline_ms(integration_id),
                lambda: plugin.query(query, view),
                expected=(Happened, DidNotHappen, StillPending, Undecided),
            )
        except UnavailableError as fault:
            return Undecided(reason=str(fault))
        if isinstance(answer, Happened):
            fitting = fits(query.prepared.operation, answer.result, amount_minor)
            return answer if fitting else Undecided(reason="the result does not fit the call")
        return answer

    def _integration(self, integration_id: str) -> Integration:
        found = self._integrations.get(integration_id)
        if found is None:
            raise UnknownIntegrationError
        return found

    def _capability(self, integration_id: str, operation: str) -> Insurance | Payment:
        found = self._integration(integration_id)
        if isinstance(found, Payment):  # it has every method of `Insurance` by name
            if operation in PAYMENT_OPERATIONS:
                return found
        elif isinstance(found, Insurance) and operation not in PAYMENT_OPERATIONS:
            return found
        raise UnknownIntegrationError

    def _deadline_ms(self, integration_id: str) -> int:
        return self.manifest(integration_id).deadlines.perform_ms
