"""
Checks of the calls that change nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from integrations.conformance.exhibit import Exhibit, Refusal, Safe, Stage, Validation
from integrations.conformance.proxy import Mode
from integrations.conformance.report import NotApplicableError, demand
from integrations.conformance.stand import Stand, each, stand
from integrations.spi import (
    Credentials,
    Declined,
    Decoding,
    DidNotHappen,
    Insurance,
    Linking,
    Payment,
    Plugin,
    Proofing,
    Purpose,
    Refused,
    UnavailableError,
    Valid,
)

Call = Callable[[], Awaitable[object]]

_METHODS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Proofing, ("prove",)),
    (Linking, ("link", "unlink")),
    (Credentials, ("obtain",)),
    (Decoding, ("decode",)),
    (Insurance, ("query", "statement")),
    (Payment, ("secure",)),
)


def validations(stage: Stage) -> tuple[Validation, ...]:
    """
    A stage's requests for a verdict.
    """
    return stage.validations


def refusals(stage: Stage) -> tuple[Refusal, ...]:
    """
    A stage's other calls that are refused.
    """
    return stage.refusals


def safe(stage: Stage) -> tuple[Safe, ...]:
    """
    A stage's other safe calls.
    """
    return stage.safe


def unspeakable(stage: Stage) -> tuple[str, ...]:
    """
    What may be seen in no log and no error.
    """
    return tuple(text for text in (*stage.secret_keys(), *stage.personal()) if text)


def code_of(result: object) -> str:
    """
    The refusal's code in a result, or empty.
    """
    return result.code if isinstance(result, Refused | Declined | DidNotHappen) else ""


async def vectors(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    There is a case for a valid verdict and for each refusal code, and each ends as it says.
    """
    seen = set()

    async def verdict(world: Stand, case: Validation) -> None:
        found = await world.bench.integration.validate(await case.request(world.bench))
        wanted = isinstance(found, Refused if case.expect else Valid)
        demand(wanted and code_of(found) == case.expect, f"{case.expect or 'valid'}: {found}")
        seen.add(case.expect)

    async def refusal(world: Stand, case: Refusal) -> None:
        found = await case.ask(world.bench)
        demand(code_of(found) == case.expect, f"{case.expect}: got {found}")
        seen.add(case.expect)

    await each(plugin, exhibit, validations, verdict)
    await each(plugin, exhibit, refusals, refusal)
    demand("" in seen, "no case for a valid verdict")
    missing = plugin.manifest.refusals.keys() - seen
    demand(not missing, f"no case for {', '.join(sorted(missing))}")
    extra = seen - plugin.manifest.refusals.keys() - {""}
    demand(not extra, f"not in the catalogue: {', '.join(sorted(extra))}")


async def same_twice(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    The same request gets the same verdict again.
    """

    async def twice(world: Stand, case: Validation) -> None:
        request = await case.request(world.bench)
        first = await world.bench.integration.validate(request)
        second = await world.bench.integration.validate(request)
        demand(first == second, f"first {first}, then {second}")

    await each(plugin, exhibit, validations, twice)


async def releases(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    A valid verdict holds only fields that the manifest releases for the purpose.
    """

    async def released(world: Stand, case: Validation) -> None:
        request = await case.request(world.bench)
        for purpose in Purpose:
            asked = msgspec.structs.replace(request, purpose=purpose)
            verdict = await world.bench.integration.validate(asked)
            if isinstance(verdict, Valid):
                extra = verdict.fields.keys() - plugin.manifest.releases.get(purpose, ())
                demand(not extra, f"{purpose} releases {', '.join(sorted(extra))}")

    await each(plugin, exhibit, validations, released)


async def safe_calls_are_shown(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    The exhibit has a call for each method of the integration's capabilities, and each answers.
    """
    async with stand(plugin, exhibit) as world:
        shown = {case.method for case in world.stage.safe}
        has = {
            method
            for capability, names in _METHODS
            if isinstance(world.bench.integration, capability)
            for method in names
        }
    demand(shown == has, f"shows {sorted(shown)}, has {sorted(has)}")

    async def answers(world: Stand, case: Safe) -> None:
        await (await case.ready(world.bench))()

    await each(plugin, exhibit, safe, answers)


async def broken_ways(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    A partner that fails gives `UnavailableError` and nothing else, never a verdict.
    """
    if plugin.manifest.local:
        raise NotApplicableError("never leaves the process")

    async def validation(world: Stand, case: Validation) -> None:
        request = await case.request(world.bench)
        await _under_breakage(world, lambda: world.bench.integration.validate(request))

    async def other(world: Stand, case: Safe) -> None:
        await _under_breakage(world, await case.ready(world.bench))

    await each(plugin, exhibit, validations, validation)
    await each(plugin, exhibit, safe, other)


async def keeps_its_deadline(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    A partner that never answers is given up within half as much again as the deadline.
    """
    if plugin.manifest.local:
        raise NotApplicableError("never leaves the process")
    seconds = plugin.manifest.deadlines.validate_ms * 1.5 / 1000

    async def given_up(world: Stand, case: Validation) -> None:
        request = await case.request(world.bench)
        asked = world.asked
        world.breaks(Mode.HANG)
        try:
            await asyncio.wait_for(world.bench.integration.validate(request), seconds)
        except UnavailableError:
            return
        except TimeoutError:
            demand(holds=False, found=f"no answer within {seconds} s")
        demand(world.asked == asked, "a verdict without an answer")

    def valid(stage: Stage) -> list[Validation]:
        return [case for case in stage.validations if not case.expect]

    await each(plugin, exhibit, valid, given_up)


async def _under_breakage(world: Stand, call: Call) -> None:
    """
    Make the call with every kind of breakage, unless it asks nobody.

    What breaks before the partner comes first: what the partner gets may change the answers.
    """
    asks = False
    for mode in (Mode.DROP, Mode.ERROR, Mode.GARBAGE, Mode.HALF, Mode.CUT):
        world.breaks(mode)
        asks = await _unavailable(world, call, mode) or asks
    if asks and world.proxy is not None:
        world.proxy.stop_listening()
        await _unavailable(world, call, "connection_refused", must=True)


async def _unavailable(world: Stand, call: Call, how: str, *, must: bool = False) -> bool:
    asked = world.asked
    try:
        result = await call()
    except UnavailableError as error:
        shown = [text for text in unspeakable(world.stage) if text in str(error)]
        demand(not shown, f"{how}: the error says too much")
    else:
        demand(world.asked == asked and not must, f"{how}: got {result}")
    return world.asked != asked
