"""Deadlocks and serialization failures in the middle of transactions about money."""

from collections import Counter

from tests.torture.ground import Ground
from tests.torture.stays import stay

_TABLES = ("visits", "settlements", "calls", "postings", "tenders", "journal", "presentations")
_PATIENTS = 3
_FAIL = """
create function torture() returns trigger language plpgsql as $$ begin
    if random() < 0.04 then
        if random() < 0.5 then
            raise exception using errcode = '40P01', message = 'deadlock, provoked';
        end if;
        raise exception using errcode = '40001', message = 'serialization failure, provoked';
    end if;
    return new;
end $$;
"""
_ON = (
    "create trigger torture before insert or update on {} for each row execute function torture();"
)


async def play(ground: Ground, seeds: list[int]) -> Counter[str]:
    """
    Treat some patients of a wallet whose transactions are given up now and then.
    """
    told: Counter[str] = Counter()
    for seed in seeds:
        async with ground.place() as place:
            url = place.url("postgres")
            async with stay(place, seed, url, patients=_PATIENTS) as region:
                await region.welcome()
                name = url.split("@/")[1].split("?")[0]
                script = _FAIL + "".join(map(_ON.format, _TABLES))
                ground.server.execute(script, database=name)
                for _ in range(_PATIENTS):
                    await region.treat()
                await region.judge()
            assert region.failures.keys() <= {"503 OVERLOADED"}, region.failures
            told["patients"] += _PATIENTS
            told.update(region.failures)
    return told
