"""
Very many residents in a few minutes: one is made as always, the others are copies of their rows.

Only what is bound to the resident's number is encrypted anew; all have the keys of the first one,
so that what is not bound to it opens too. A scan costs the same as with keys of their own.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

import click
from sqlalchemy import Connection, insert, text

from bench.seeding import Desk, Sealer, found_desk, own_keys, resident
from wallet.app import Services
from wallet.tables import metadata
from wallet.vault.envelope import Keep
from wallet.vault.keyfile import KeyFile

_ALIKE: Final = ("devices", "bindings", "consents")
_SERIES: Final = {
    "postgresql": "(select generate_series({first}, {last}) as g)",
    "sqlite": (
        "(with recursive n(g) as (select {first} union all select g + 1 from n where g < {last}) "
        "select g from n)"
    ),
}
_CHUNK: Final = 20_000
_COPIED: Final = 100_000  # in one statement, which has as little time as any of the wallet's
_FIRST: Final = 1


async def crowd(services: Services, keys: KeyFile, residents: int) -> Desk:
    """
    Fill a migrated, empty database.

    Args:
        services: over that database.
        keys: of the same deployment.
        residents: how many.
    """
    desk = await found_desk(services)
    sealer = Sealer(services, keys, own_keys(services))
    database = services.basis.database
    async with database.transaction() as session:
        for table, row in resident(sealer, _FIRST, services.basis.clock.now()):
            await session.execute(insert(metadata.tables[table]), row)
    engine = database.engine
    if engine.dialect.name == "sqlite":
        await engine.dispose()  # who leaves the journal has to be alone
        _fill_sqlite(str(engine.url.database), sealer, residents)
        return desk
    async with engine.begin() as connection:
        await connection.run_sync(_copy_rows, residents)
        raw: Any = (await connection.get_raw_connection()).driver_connection
        born = await raw.fetchval("select created_at from residents where resident_id = 1")
        for table, columns, rows in _sealed(sealer, residents, born):
            await raw.copy_records_to_table(table, records=rows, columns=columns)
    await _tidy(services)
    return desk


def _copy_rows(connection: Connection, residents: int) -> None:
    for first in range(_FIRST + 1, residents + 1, _COPIED):
        last = min(first + _COPIED - 1, residents)
        for table in _ALIKE:
            connection.execute(text(_copies(table, first, last, "postgresql")))


def _copies(table: str, first: int, last: int, dialect: str) -> str:
    columns = [column.name for column in metadata.tables[table].columns]
    taken = ", ".join("s.g" if name == "resident_id" else f"r.{name}" for name in columns)
    series = _SERIES[dialect].format(first=first, last=last)
    return (
        f"insert into {table} ({', '.join(columns)}) select {taken} "  # noqa: S608 - our tables
        f"from {series} s cross join (select * from {table} where resident_id = 1) r"
    )


def _sealed(
    sealer: Sealer, residents: int, born: object
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    """
    Return the rows that cannot be copied, so many at a time.
    """
    for first in range(_FIRST + 1, residents + 1, _CHUNK):
        numbers = range(first, min(first + _CHUNK, residents + 1))
        yield (
            "person_keys",
            ("resident_id", "keep", "wrapped"),
            [(each, keep.value, sealer.wrapped(each, keep)) for each in numbers for keep in Keep],
        )
        yield (
            "residents",
            ("resident_id", "person", "level", "created_at"),
            [(each, sealer.person(each), 3, born) for each in numbers],
        )
        if first % (10 * _CHUNK) < _CHUNK:
            click.echo(f"seeded {numbers.stop - 1} of {residents}", err=True)


def _fill_sqlite(place: str, sealer: Sealer, residents: int) -> None:
    """
    Write past the journal: nobody else reads the file yet, and a run that fails throws it away.
    """
    connection = sqlite3.connect(place, isolation_level=None)
    try:
        for pragma in ("journal_mode=off", "synchronous=off", "cache_size=-200000"):
            connection.execute(f"pragma {pragma}")
        connection.execute("begin")
        for table in _ALIKE:
            connection.execute(_copies(table, _FIRST + 1, residents, "sqlite"))
        born = connection.execute(
            "select created_at from residents where resident_id = 1"
        ).fetchone()[0]
        for table, columns, rows in _sealed(sealer, residents, born):
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f"insert into {table} ({', '.join(columns)}) values ({marks})",  # noqa: S608 - ours
                rows,
            )
        connection.execute("commit")
        connection.execute("analyze")
        connection.execute("pragma journal_mode=wal")
    finally:
        connection.close()


async def _tidy(services: Services) -> None:
    """
    Let PostgreSQL do at once what it would have done by itself long before so many were there.
    """
    engine = services.basis.database.engine.execution_options(isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for table in (*_ALIKE, "person_keys", "residents"):
            await connection.execute(text(f"vacuum analyze {table}"))
        await connection.execute(text("checkpoint"))
