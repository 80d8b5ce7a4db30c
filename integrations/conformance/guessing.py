"""
Checks under arbitrary input: an integration is total.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, get_args

import msgspec
from msgspec import inspect

from integrations.conformance.asking import code_of
from integrations.conformance.exhibit import Exhibit
from integrations.conformance.noise import Noise
from integrations.conformance.report import demand
from integrations.conformance.stand import Stand, stand
from integrations.spi import (
    ActionRequired,
    ChoiceRequired,
    CredentialRequest,
    Credentials,
    Declined,
    Decoded,
    DecodeRequest,
    Decoding,
    DidNotHappen,
    Happened,
    Insurance,
    InsuranceRequest,
    Linked,
    Linking,
    LinkRequest,
    NotSent,
    Obtained,
    Payment,
    PaymentRequest,
    Pending,
    Person,
    Plugin,
    Prepared,
    Proofing,
    Proved,
    Query,
    Refused,
    Secured,
    SecureRequest,
    StillPending,
    Succeeded,
    UnavailableError,
    Undecided,
    Unknown,
    Unlinked,
    Valid,
    ValidateRequest,
)

ROUNDS = 30

_OUTCOMES = (Succeeded, Declined, Pending, NotSent, Unknown)
_ANSWERS = (Happened, DidNotHappen, StillPending, Undecided)

_SAFE: tuple[tuple[type, str, type, tuple[type, ...]], ...] = (
    (Proofing, "prove", Person, (Proved, Refused)),
    (Linking, "link", LinkRequest, (Linked, ChoiceRequired, ActionRequired, Refused)),
    (Linking, "unlink", str, (Unlinked, Refused)),
    (Credentials, "obtain", CredentialRequest, (Obtained, Refused)),
    (Decoding, "decode", DecodeRequest, (Decoded, Refused)),
    (Payment, "secure", SecureRequest, (Secured, Refused)),
)

Guess = Callable[[], Awaitable[object]]


async def total(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    Whatever is asked, only the contract's results come back, with codes of the catalogue.
    """
    async with stand(plugin, exhibit) as world:
        guesser = _Guesser(world, Noise(plugin.manifest.id))
        for _ in range(ROUNDS):
            for name, guess, kinds in guesser.calls():
                await _one(plugin, name, guess, kinds)


async def scrubs_anything(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    Scrubbing takes any text, and scrubbing again changes nothing.
    """
    async with stand(plugin, exhibit) as world:
        noise = Noise(plugin.manifest.id)
        texts = [noise.text() for _ in range(ROUNDS * 10)]
        texts += [f"{noise.text()}\r\n\r\n{noise.text()}={noise.text()}" for _ in range(ROUNDS)]
        for text in texts:
            once = world.bench.integration.scrub(text)
            twice = world.bench.integration.scrub(once)
            demand(once == twice, "scrubbing twice is not scrubbing once")


async def _one(plugin: Plugin, name: str, guess: Guess, kinds: tuple[type, ...]) -> None:
    try:
        result = await guess()
    except UnavailableError:
        demand(name not in {"prepare", "perform"}, f"{name} raises UnavailableError")
        return
    demand(isinstance(result, kinds), f"{name}: got {type(result).__name__}")
    code = code_of(result)
    known = not code or code in plugin.manifest.refusals
    demand(known, f"{name}: {code} is not in the catalogue")


@dataclass(frozen=True)
class _Guesser:
    """
    Makes calls with arbitrary requests.
    """

    world: Stand
    noise: Noise

    def calls(self) -> list[tuple[str, Guess, tuple[type, ...]]]:
        """
        One call of each method, not yet made, with the results that are allowed.
        """
        integration = self.world.bench.integration
        return [
            ("validate", self._call("validate", ValidateRequest), (Valid, Refused)),
            *(
                (method, self._call(method, kind), results)
                for capability, method, kind, results in _SAFE
                if isinstance(integration, capability)
            ),
            *self._unsafe(),
        ]

    def _unsafe(self) -> list[tuple[str, Guess, tuple[type, ...]]]:
        integration, party = self.world.bench.integration, self.world.bench.party
        if not isinstance(integration, Insurance | Payment):
            return []
        kinds = PaymentRequest if isinstance(integration, Payment) else InsuranceRequest
        return [
            *(
                ("prepare", partial(self._prepare, kind), (Prepared, Refused))
                for kind in get_args(kinds)
            ),
            ("perform", self._call("perform", Prepared, party), _OUTCOMES),
            ("query", self._call("query", Query, party), _ANSWERS),
        ]

    def _call(self, method: str, kind: object, *more: object) -> Guess:
        return lambda: getattr(self.world.bench.integration, method)(self._request(kind), *more)

    async def _prepare(self, kind: object) -> object:
        bench = self.world.bench
        numbers, continuation = bench.numbers(), self.noise.octets()
        return bench.integration.prepare(self._request(kind), continuation, numbers, bench.party)

    def _request(self, kind: object) -> Any:  # noqa: ANN401 - whatever the contract's types say
        drawn = _draw(inspect.type_info(kind), self.noise, self.world.bench.clock())
        has_party = "party" in getattr(drawn, "__struct_fields__", ())
        if has_party and self.noise.number() % 2:
            return msgspec.structs.replace(drawn, party=self.world.bench.party)
        return drawn


def _draw(kind: inspect.Type, noise: Noise, now: datetime) -> Any:  # noqa: ANN401
    """
    Draw a value of a type of the contract.
    """
    match kind:
        case inspect.StructType(cls=cls, fields=fields):
            return cls(**{each.name: _draw(each.type, noise, now) for each in fields})
        case inspect.UnionType(types):
            return _draw(types[noise.number() % len(types)], noise, now)
        case inspect.VarTupleType(item_type):
            return tuple(_draw(item_type, noise, now) for _ in range(noise.number() % 3))
        case inspect.EnumType(cls=enum):
            members = list(enum)
            return members[noise.number() % len(members)]
        case _:
            return _PLAIN[type(kind)](noise, now)


def _near(noise: Noise, now: datetime) -> datetime:
    return now + timedelta(days=noise.number() % 1_000 - 500)


_PLAIN: dict[type, Callable[[Noise, datetime], object]] = {
    inspect.StrType: lambda noise, _now: noise.text(),
    inspect.BytesType: lambda noise, _now: noise.octets(),
    inspect.BoolType: lambda noise, _now: bool(noise.number() % 2),
    inspect.IntType: lambda noise, _now: noise.number(),
    inspect.NoneType: lambda _noise, _now: None,
    inspect.DateTimeType: _near,
    inspect.DateType: lambda noise, now: _near(noise, now).date(),
}
