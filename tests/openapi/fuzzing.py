"""Runs Schemathesis over the whole document as one kind of caller, and says what it found."""

from collections import Counter
from copy import deepcopy
from itertools import count
from secrets import token_hex
from typing import Any

import requests
from requests.auth import AuthBase
from schemathesis import openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import InvalidStateMachine, InvalidTransition
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import Status, events, from_schema
from schemathesis.generation import GenerationMode
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from tests.fixtures.live import live
from tests.fixtures.stock import Stock
from wallet.parties.signing import SAFE_METHODS

SEED = 20260302
_TOUCHING = ("freezeDevices", "revokeDevice", "unlinkContext", "withdrawConsent")
_HEADER = ParameterLocation.HEADER
_TOKEN_TURNS = 200  # of the 300 seconds that a token lives
_SUCCESSES = (200, 201, 202, 204)
# what valid data may be answered beside success, in most operations and in those of the list
_STATES = ["2xx", "401", "403", "404", "409", "410", "422", "423", "429"]
_REFUSALS = ["400", "401", "403", "404", "409", "413", "415", "422"]
_LONG_BODIES = "approveOnScreen"
_CHECKED_FURTHER = {
    "approveOnScreen": "all strokes together have so many points at most",
    "enrolDevice": "a point may not lie on the curve",
    "enrolTerminal": "a point may not lie on the curve",
    "getShiftTotals": "a day of the right form may be in no calendar",
    "issueToken": "RFC 6749 wants 400 for other grants and scopes",
    "openSettlement": "what the hospital settled has to add up",
    "tenderSettlement": "each method wants other members",
    "listPresentations": "a cursor may be somebody else's",
    "listSettlements": "a cursor or a visit may be somebody else's",
    "listVisits": "a cursor may be somebody else's",
    "resolve": "a text may not be a code",
}


def configuration(examples: int, phases: tuple[str, ...]) -> SchemathesisConfig:
    """
    Return the same run every time: a fixed seed, nothing kept from other runs.
    """
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "generation": {
                "max-examples": examples,
                "deterministic": True,
                "database": "none",
                "no-shrink": True,
                "with-security-parameters": False,
            },
            "phases": {
                name: {"enabled": name in phases}
                for name in ("examples", "coverage", "fuzzing", "stateful")
            },
            "checks": {
                "positive_data_acceptance": {"expected-statuses": _STATES},
                # the hook that signs would sign its probes too; tests/api/http proves it instead
                "ignored_auth": {"enabled": False},
            },
            "operations": [
                {
                    "include-operation-id": [
                        each for each in _CHECKED_FURTHER if each != _LONG_BODIES
                    ],
                    "checks": {
                        "positive_data_acceptance": {"expected-statuses": [*_STATES, "400"]}
                    },
                },
                {
                    "include-operation-id": [_LONG_BODIES],
                    "checks": {
                        "positive_data_acceptance": {"expected-statuses": [*_STATES, "400"]},
                        # too many of something may be more than the longest body
                        "negative_data_rejection": {"expected-statuses": _REFUSALS},
                    },
                },
            ],
        }
    )


class Caller:
    """
    Decides who sends a request, and lets some of them reach what exists.

    Args:
        who: ``terminal``, ``resident`` or ``nobody``.
        stock: what exists.
    """

    def __init__(self, who: str, stock: Stock) -> None:
        self.who, self.stock = who, stock
        self._count = count()
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._valid: Counter[str] = Counter()
        self._token: tuple[str, int] | None = None

    def before_call(self, _context: Any, case: Any, kwargs: dict[str, Any]) -> None:
        """
        Authenticate a case; of each operation every second valid one is led to what exists.
        """
        turn = next(self._count)
        self.stock.terminal.town.advance(1)
        operation = case.operation.definition.raw["operationId"]
        if case.meta.generation.mode == GenerationMode.POSITIVE:
            case.body = _whole(case.body)
            self._valid[operation] += 1
            if self._valid[operation] % 2:
                self._lead(case, operation)
        kwargs["auth"] = self._auth(case, operation, turn)

    def after_call(self, _context: Any, case: Any, response: Any) -> None:
        """
        Count what was answered.
        """
        operation = case.operation.definition.raw["operationId"]
        if case.method.upper() == case.operation.method.upper():
            self.statuses[operation, response.status_code] += 1
        self.stock.touched |= operation in _TOUCHING

    def untouched(self) -> list[str]:
        """
        Return the operations that were never answered with success.
        """
        succeeded = {each for each, status in self.statuses if status in _SUCCESSES}
        return sorted({each for each, _ in self.statuses} - succeeded)

    def _lead(self, case: Any, operation: str) -> None:
        path, body = live(self.stock, operation, self.who)
        if path:
            case.path_parameters = {**case.path_parameters, **path}
        if body and isinstance(case.body, dict):
            case.body = {**case.body, **body}
        if "Idempotency-Key" in (case.headers or {}):
            case.headers = {**case.headers, "Idempotency-Key": token_hex(16)}

    def _auth(self, case: Any, operation: str, turn: int) -> AuthBase | None:
        if self.who == "nobody":
            return None
        if self.who == "resident":
            return Bearer(self._session(operation))
        negated = _HEADER in case.meta.components and (
            case.meta.components[_HEADER].mode == GenerationMode.NEGATIVE
        )
        return Signing(self.stock, self._access(turn), signs=not negated and turn % 9 != 0)

    def _access(self, turn: int) -> str:
        """
        Return the terminal's token, a new one in time; each turn takes a second of its life.
        """
        if self._token is None or turn >= self._token[1]:
            terminal = self.stock.terminal
            self._token = terminal.town.run(terminal.token()), turn + _TOKEN_TURNS
        return self._token[0]

    def _session(self, operation: str) -> str:
        resident = self.stock.resident
        if operation == "closeSession":
            return str(resident.town.run(resident.new_session()))
        return resident.session


def _whole(value: Any) -> Any:
    """
    Return a body with 7 for 7.0, which to JSON Schema are one integer, and to us are not.
    """
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _whole(each) for name, each in value.items()}
        case list():
            return [_whole(each) for each in value]
        case _:
            return value


class Bearer(AuthBase):
    """
    Adds a token.
    """

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Signing(AuthBase):
    """
    Adds a terminal's token and signs exactly what will be sent.
    """

    def __init__(self, stock: Stock, token: str, *, signs: bool) -> None:
        self._terminal, self._token, self._signs = stock.terminal, token, signs

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        if not self._signs or request.method in SAFE_METHODS:
            return request
        sent = {
            name: str(request.headers[name])
            for name in ("Authorization", "Idempotency-Key")
            if name in request.headers
        }
        if len(sent) == len(("both",)) + 1:
            body = request.body or b""
            content = body.encode() if isinstance(body, str) else body
            signed = self._terminal.signed(
                str(request.method), str(request.path_url), sent, content
            )
            for name in ("Signature-Input", "Signature", "Content-Digest"):
                request.headers[name] = signed[name]
        return request


def callable_by(document: Any, who: str) -> set[str]:
    """
    Return ids of the operations that somebody may call, and of those that anybody may.
    """
    return {
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
        if _may(who, operation)
    }


def schema_for(document: Any, who: str, config: SchemathesisConfig) -> Any:
    """
    Return the document without the operations that somebody may not call.

    They are excluded and not cut out: another method of a path is not to be tried as if nobody
    had it. It is a copy: Schemathesis writes the links that it infers into what it is given.
    """
    schema = openapi.from_dict(deepcopy(document), config=config)
    others = callable_by(document, "nobody") - callable_by(document, who)
    return schema.exclude(operation_id=sorted(others)) if others else schema


def _may(who: str, operation: Any) -> bool:
    schemes = {scheme for each in operation.get("security", []) for scheme in each}
    return not schemes or who in schemes or who == "nobody"


def findings(schema: Any, caller: Caller) -> list[str]:
    """
    Run every enabled phase and return each failure once, as a text.
    """
    hooks = {"before_call": caller.before_call, "after_call": caller.after_call}
    for name, hook in hooks.items():
        GLOBAL_HOOK_DISPATCHER.register_hook_with_name(hook, name)
    found: dict[str, None] = {}
    try:
        for event in from_schema(schema).execute():
            found |= dict.fromkeys(_told(event))
    finally:
        for hook in hooks.values():
            GLOBAL_HOOK_DISPATCHER.unregister(hook)
    return list(found)


def _told(event: Any) -> list[str]:
    match event:
        case events.ScenarioFinished():
            return [
                _text(check, event.recorder.interactions.get(case_id))
                for case_id, checks in event.recorder.checks.items()
                for check in checks
                if check.status == Status.FAILURE
            ]
        case events.NonFatalError(value=InvalidStateMachine() as machine):
            return [_wrong(each) for each in machine.errors]
        case events.NonFatalError():
            return [f"{event.label}: {event.value!r}"]
        case events.FatalError():
            return [repr(event.exception)]
        case _:
            return []


def _wrong(link: InvalidTransition) -> str:
    reasons = "; ".join(each.message for each in link.errors)
    return f"{link.source} {link.status_code} -> {link.target} ({link.name}): {reasons}"


def _text(check: Any, interaction: Any) -> str:
    failure = check.failure_info.failure
    request = interaction.request if interaction else None
    sent = f"{request.method} {request.uri} {request.body!r:.400}" if request else ""
    answer = interaction.response if interaction else None
    got = f"{answer.status_code} {answer.content!r:.300}" if answer else ""
    return f"{check.name}: {failure.operation}: {failure.message:.300}\n    {sent}\n    {got}"
