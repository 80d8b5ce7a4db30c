"""Partners that are slow, hang, cut and answer nonsense at random, two things at a time."""

from collections import Counter

from tests.faults.crash.plans import DATABASES, Draws
from tests.faults.crash.visits import StuckError
from tests.torture.ground import Ground
from tests.torture.stays import Stay, stay

_PATIENTS = 3
_CHANGES = {"lease_seconds": "150"}  # longer than a deadline of a partner, at this clock's speed
_KINDS = ("cut_after_request", "cut_before_response", "hang", "slow", "wrong_signature")
_AT = {
    "nhsa": ("2201", "2204", "2206", "2207", "2208", "2205"),
    "alipay": ("alipay.trade.pay", "alipay.trade.query", "alipay.trade.cancel"),
}


async def play(ground: Ground, seeds: list[int]) -> Counter[str]:
    """
    Treat some patients of a wallet whose partners misbehave.
    """
    told: Counter[str] = Counter()
    for seed in seeds:
        async with ground.place() as place:
            url = place.url(DATABASES[seed % len(DATABASES)])
            async with stay(place, seed, url, patients=_PATIENTS, changes=_CHANGES) as region:
                await region.welcome()
                for _ in range(_PATIENTS):
                    told.update(await _provoke(region))
                    try:
                        await region.treat("agreement", "cancelled by the cashier", "payment code")
                    except StuckError as stuck:
                        told[str(stuck)] += 1
                    await region.region.sandboxes.behave()
                await region.judge()
            assert region.failures.keys() <= {"503 OVERLOADED"}, region.failures
            told["patients"] += len(region.patients)
    return told


async def _provoke(region: Stay) -> Counter[str]:
    draws: Draws = region.draws
    provoked: Counter[str] = Counter()
    for _ in range(2):
        name = draws.of(tuple(_AT))
        kind = draws.of(_KINDS)
        await region.region.sandboxes.fault(name, operation=draws.of(_AT[name]), kind=kind)
        provoked[kind] += 1
    return provoked
