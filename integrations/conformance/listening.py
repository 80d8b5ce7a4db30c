"""
Checks of what reaches a log.
"""

from urllib.parse import quote, quote_plus

import msgspec

from integrations.conformance.asking import refusals, safe, unspeakable, validations
from integrations.conformance.exhibit import Exhibit, Refusal, Safe, Unsafe, Validation
from integrations.conformance.performing import unsafe
from integrations.conformance.report import NotApplicableError, demand
from integrations.conformance.stand import Stand, each
from integrations.spi import Plugin, Prepared


class _Tally:
    """
    Whether there was anything to scrub at all.
    """

    def __init__(self) -> None:
        self.observed = 0
        self.betraying = 0


async def transcripts(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    Nothing personal or secret of real exchanges is left by `scrub`, or reaches the observer.
    """
    if plugin.manifest.local:
        raise NotApplicableError("never leaves the process")
    tally = _Tally()

    async def validation(world: Stand, case: Validation) -> None:
        await world.bench.integration.validate(await case.request(world.bench))
        _look(world, tally)

    async def refusal(world: Stand, case: Refusal) -> None:
        await case.ask(world.bench)
        _look(world, tally)

    async def safe_call(world: Stand, case: Safe) -> None:
        await (await case.ready(world.bench))()
        _look(world, tally)

    async def unsafe_call(world: Stand, case: Unsafe) -> None:
        request, continuation = await case.request(world.bench)
        bench = world.bench
        prepared = bench.integration.prepare(request, continuation, bench.numbers(), bench.party)
        if isinstance(prepared, Prepared):
            await bench.integration.perform(prepared, bench.party)
        _look(world, tally)

    await each(plugin, exhibit, validations, validation)
    await each(plugin, exhibit, refusals, refusal)
    await each(plugin, exhibit, safe, safe_call)
    await each(plugin, exhibit, unsafe, unsafe_call)
    demand(tally.observed > 0, "the observer is never told of an exchange")
    demand(tally.betraying > 0, "no exchange held anything to scrub; name it in the exhibit")


def _look(world: Stand, tally: _Tally) -> None:
    forms = [form for text in unspeakable(world.stage) for form in _forms(text)]
    scrub = world.bench.integration.scrub
    for exchange in world.exchanges:
        shown = msgspec.json.encode(exchange).decode()
        demand(_clean(shown, forms), f"the observer is told too much of {exchange.operation}")
        for text in (exchange.request, exchange.response):
            demand(scrub(text) == text, f"the observer gets {exchange.operation} unscrubbed")
    for raw in world.proxy.raw if world.proxy is not None else ():
        text = raw.decode("utf-8", "replace")
        body = text.partition("\r\n\r\n")[2]
        for transcript in (text, body):
            once = scrub(transcript)
            demand(_clean(once, forms), "scrub leaves something personal or secret")
            demand(scrub(once) == once, "scrubbing twice is not scrubbing once")
        tally.betraying += not _clean(text, forms)
    tally.observed += len(world.exchanges)


def _clean(text: str, forms: list[str]) -> bool:
    return not any(form in text for form in forms)


def _forms(text: str) -> set[str]:
    """
    A text as it may stand in JSON, in a form, or plainly.
    """
    escaped = text.encode("ascii", "backslashreplace").decode()
    return {text, escaped, quote(text), quote_plus(text), quote(text, safe="")}
