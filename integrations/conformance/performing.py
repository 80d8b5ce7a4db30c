"""
Checks of the unsafe calls: what is told of them is never more than what is known.
"""

from collections.abc import Awaitable, Callable

from integrations.conformance.exhibit import Exhibit, Stage, Unsafe
from integrations.conformance.proxy import Mode
from integrations.conformance.report import NotApplicableError, demand
from integrations.conformance.stand import Stand, each, stand
from integrations.spi import (
    Declined,
    DidNotHappen,
    Happened,
    Insurance,
    NotSent,
    Payment,
    Pending,
    Plugin,
    Prepared,
    Query,
    Succeeded,
    Unknown,
)

# Before the partner gets the request, and after it did all of it.
_BEFORE = (Mode.DROP, Mode.ERROR, Mode.GARBAGE)
_AFTER = (Mode.CUT, Mode.HALF)


def unsafe(stage: Stage) -> tuple[Unsafe, ...]:
    """
    A stage's unsafe calls.
    """
    return stage.unsafe


async def unsafe_calls_are_shown(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    An integration that charges or settles shows unsafe calls; no other does.
    """
    async with stand(plugin, exhibit) as world:
        has = isinstance(world.bench.integration, Insurance | Payment)
        demand(has == bool(world.stage.unsafe), "unsafe calls do not fit the capabilities")


async def prepares_purely(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    Preparing twice gives the same call; it is named, asks nobody and holds no key.
    """

    async def pure(world: Stand, case: Unsafe) -> None:
        request, continuation = await case.request(world.bench)
        asked = world.asked
        arguments = (request, continuation, world.bench.numbers(), world.bench.party)
        first = world.bench.integration.prepare(*arguments)
        second = world.bench.integration.prepare(*arguments)
        demand(isinstance(first, Prepared) and first == second, f"{case.name}: not the same")
        demand(first.operation == case.name, f"{case.name}: operation {first.operation!r}")
        demand(bool(first.reference), f"{case.name}: no reference")
        demand(world.asked == asked, f"{case.name}: preparing asks the partner")
        held = [key for key in world.stage.secret_keys() if key and key.encode() in first.payload]
        demand(not held, f"{case.name}: the payload holds a key")

    await _with_unsafe(plugin, exhibit, pure)


async def repeating_never_doubles(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    Performed three times, a call is in the partner's books once, and is never told as not done.
    """

    async def once(world: Stand, case: Unsafe) -> None:
        prepared, continuation = await _prepared(world, case)
        first = await world.bench.integration.perform(prepared, world.bench.party)
        demand(isinstance(first, Succeeded | Pending), f"{case.name}: {first}")
        for _ in range(2):
            again = await world.bench.integration.perform(prepared, world.bench.party)
            denied = isinstance(again, Declined | NotSent)
            demand(not denied, f"{case.name} repeated: {again}")
        effects = await case.effects(prepared)
        demand(effects == 1, f"{case.name}: {effects} times in the books")
        await _query_is_true(world, case, prepared, continuation)

    await _with_unsafe(plugin, exhibit, once)


async def broken_ways_are_unknown(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    Whatever breaks after a connection stood is `Unknown`; with no connection it may be `NotSent`.
    """

    async def unknown(world: Stand, case: Unsafe) -> None:
        prepared, continuation = await _prepared(world, case)
        for mode in _BEFORE:
            world.breaks(mode)
            outcome = await world.bench.integration.perform(prepared, world.bench.party)
            demand(isinstance(outcome, Unknown), f"{case.name}, {mode}: {outcome}")
        world.breaks(Mode.FORWARD)
        effects = await case.effects(prepared)
        demand(effects == 0, f"{case.name}: done without having been sent")
        await _query_is_true(world, case, prepared, continuation)
        if world.proxy is not None:
            world.proxy.stop_listening()
        outcome = await world.bench.integration.perform(prepared, world.bench.party)
        demand(isinstance(outcome, NotSent | Unknown), f"{case.name}, refused: {outcome}")

    await _with_unsafe(plugin, exhibit, unknown)


async def lost_answers_are_unknown(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    A call whose answer is lost is `Unknown`, and the query then does not deny it.
    """
    for mode in _AFTER:

        async def unknown(world: Stand, case: Unsafe, mode: Mode = mode) -> None:
            prepared, continuation = await _prepared(world, case)
            world.breaks(mode, once=True)
            outcome = await world.bench.integration.perform(prepared, world.bench.party)
            demand(isinstance(outcome, Unknown), f"{case.name}, {mode}: {outcome}")
            effects = await case.effects(prepared)
            demand(effects == 1, f"{case.name}, {mode}: {effects} times in the books")
            await _query_is_true(world, case, prepared, continuation)

        await _with_unsafe(plugin, exhibit, unknown)


async def unlisted_status(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    A status that nobody listed decides nothing.
    """

    async def undecided(world: Stand, case: Unsafe) -> None:
        prepared, _ = await _prepared(world, case)
        await case.unlisted()
        outcome = await world.bench.integration.perform(prepared, world.bench.party)
        demand(isinstance(outcome, Pending | Unknown), f"{case.name}: {outcome}")

    await _with_unsafe(plugin, exhibit, undecided)


async def _with_unsafe(
    plugin: Plugin, exhibit: Exhibit, look: Callable[[Stand, Unsafe], Awaitable[None]]
) -> None:
    async with stand(plugin, exhibit) as world:
        if not world.stage.unsafe:
            raise NotApplicableError("neither charges nor settles")
    await each(plugin, exhibit, unsafe, look)


async def _prepared(world: Stand, case: Unsafe) -> tuple[Prepared, bytes]:
    request, continuation = await case.request(world.bench)
    prepared = world.bench.integration.prepare(
        request, continuation, world.bench.numbers(), world.bench.party
    )
    demand(isinstance(prepared, Prepared), f"{case.name}: {prepared}")
    return prepared, continuation


async def _query_is_true(
    world: Stand, case: Unsafe, prepared: Prepared, continuation: bytes
) -> None:
    """
    The query may leave it open, but what it says is what stands in the books.
    """
    query = Query(prepared=prepared, continuation=continuation, now=world.bench.clock())
    answer = await world.bench.integration.query(query, world.bench.party)
    effects = await case.effects(prepared)
    lies = isinstance(answer, DidNotHappen if effects else Happened)
    demand(not lies, f"{case.name}: {effects} times in the books, yet {answer}")
    again = await world.bench.integration.query(query, world.bench.party)
    demand(type(again) is type(answer), f"{case.name}: {answer}, then {again}")
