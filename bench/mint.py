"""
Codes that the server draws, passes that it tops up, and the profiles and suites side by side.
"""

import asyncio
import statistics
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from bench import drawing, telling
from bench.drawing import Pair
from bench.findings import Findings, Series, ratio
from bench.ground import Ground, ground
from bench.minting import Deployment, Measure, Plan, Taken
from bench.stage import Wallet, make_keys
from codes import Profile
from wallet.clock import SystemClock, seconds
from wallet.vault.keyfile import SuiteName

_INTERNATIONAL, _NATIONAL = SuiteName.INTERNATIONAL, SuiteName.NATIONAL
_SHOWN, _TOPPED, _DRAWN, _VERIFIED, _ISSUED = (
    "codes shown per second (HTTP)",
    "top-ups of 432 passes per second (HTTP)",
    "codes drawn offline per processor second",
    "codes verified per processor second",
    "top-ups of 432 passes issued per processor second",
)
_KEYS: Final = {
    ("otp", _INTERNATIONAL): "OTP, international",
    ("signed", _INTERNATIONAL): "signed P-256, international",
    ("otp", _NATIONAL): "OTP, national",
    ("signed", _NATIONAL): "signed SM2, national",
}
_PROFILES: Final = {"otp": Profile.OTP, "signed": Profile.SIGNED}


def run(plan: Plan) -> Findings:
    """
    Set everything up, measure, take everything down.
    """
    with ground() as place:
        return asyncio.run(_measured(plan, place))


async def _measured(plan: Plan, place: Ground) -> Findings:
    deployments = {suite: _deployment(plan, place, suite) for suite in SuiteName}
    for each in deployments.values():
        await each.prepare()
    with ExitStack() as stack:
        for each in deployments.values():
            stack.enter_context(each.wallet.serving())
        for each in deployments.values():
            each.wallet.await_ready()
        measures = _measures(plan, deployments)
        taken: dict[tuple[str, str], list[Taken]] = {key: [] for key in measures}
        for number in range(plan.rounds + 1):
            for (unit, name), measure in measures.items():
                given = await measure()
                if number:  # the first round warms
                    taken[unit, name].append(given)
                    telling.note(number, plan.rounds, f"{unit}: {name}", f"{given.rate:.0f}")
    return _findings(plan, place, taken)


def _deployment(plan: Plan, place: Ground, suite: SuiteName) -> Deployment:
    keys = place.folder / f"{suite.value}.json"
    make_keys(keys, suite)
    wallet = Wallet(place.database(suite.value), keys, plan.residents, code_suite=suite.value)
    wallet.forked = plan.forked
    return Deployment(wallet, suite, plan)


def _measures(
    plan: Plan, deployments: dict[SuiteName, Deployment]
) -> dict[tuple[str, str], Measure]:
    international, national = deployments[_INTERNATIONAL], deployments[_NATIONAL]
    measures = {
        (_SHOWN, "text, international"): international.showing("/v1/code"),
        (_SHOWN, "SVG, international"): international.showing("/v1/code.svg"),
        (_SHOWN, "PNG, international"): international.showing("/v1/code.png"),
        (_SHOWN, "text, national"): national.showing("/v1/code"),
    }
    now = seconds(SystemClock().now())
    for (profile, suite), name in _KEYS.items():
        measures[_TOPPED, name] = deployments[suite].topping_up(profile)
        pair = Pair(_PROFILES[profile], suite, now)
        measures[_DRAWN, name] = _pure(plan, pair.draw)
        measures[_VERIFIED, name] = _pure(plan, pair.verify)
        measures[_ISSUED, name] = _pure(plan, pair.issue)
    return measures


def _pure(plan: Plan, work: drawing.Work) -> Measure:
    async def measure() -> Taken:
        return Taken(rate=await asyncio.to_thread(drawing.rate, work, plan.seconds / 10))

    return measure


def _findings(plan: Plan, place: Ground, taken: dict[tuple[str, str], list[Taken]]) -> Findings:
    order = (_SHOWN, _TOPPED, _ISSUED, _DRAWN, _VERIFIED)
    series = sorted(
        (_series(unit, name, each) for (unit, name), each in taken.items()),
        key=lambda each: order.index(each.unit),
    )
    known = {(each.unit, each.name): each for each in series}
    first = _KEYS["otp", _INTERNATIONAL]
    text = known[_SHOWN, "text, international"]
    return Findings(
        bench="mint",
        title="Codes and passes",
        about=(
            "Codes that the server draws and passes that it gives to phones, over HTTP on "
            "PostgreSQL with one granian worker per suite; below, what phone and server do for "
            "them without HTTP and database, in processor time."
        ),
        machine=place.described(),
        settings={
            name: str(getattr(plan, name))
            for name in ("seconds", "rounds", "connections", "residents")
        },
        series=series,
        ratios=[
            *(
                ratio(each, text)
                for each in series
                if each.unit == _SHOWN and each.name != text.name
            ),
            *(
                ratio(_named(each), _named(known[each.unit, first]))
                for each in series
                if each.unit != _SHOWN and each.name != first
            ),
        ],
        targets=[],
    )


def _named(series: Series) -> Series:
    """
    Name a series so that it can stand without its unit.
    """
    what = series.unit.partition(" per ")[0]
    return Series(name=f"{what}: {series.name}", unit=series.unit, values=series.values)


def _series(unit: str, name: str, taken: list[Taken]) -> Series:
    more = {}
    tallies = [each.tally for each in taken if each.tally is not None]
    if tallies:
        more = {
            "p50 ms": f"{statistics.median(each.p50_ms for each in tallies):.1f}",
            "p99 ms": f"{statistics.median(each.p99_ms for each in tallies):.1f}",
            "server CPU µs": f"{statistics.median(each.server_us for each in taken):.0f}",
            "refused": f"{sum(each.refused for each in tallies)}",
        }
    return Series(name=name, unit=unit, values=[each.rate for each in taken], more=more)


@click.command("mint")
@telling.seconds
@telling.rounds
@click.option("--connections", default=16, show_default=True, type=click.IntRange(1, 256))
@click.option("--residents", default=1000, show_default=True, type=click.IntRange(10, 100_000))
@telling.out
def command(out: Path | None, **plan: Any) -> None:  # noqa: ANN401
    """
    Measure codes that the server draws and passes that it tops up, profiles side by side.
    """
    telling.tell(run(Plan(**plan)), out)
