"""
Bring a database to the newest schema, and tell where it stands.

Steps are of two kinds (decision 0025): one that expands leaves everything that an older program
uses; one that contracts takes something away, a release after nobody uses it any more.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec import Struct
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from wallet.db.engine import patient
from wallet.db.schema import PARTITIONS
from wallet.failpoints import hit

_PLACE = Path(__file__).parent / "migrations"
FAILPOINT = "migrate.statement"
_LOCK = 0x66757369  # any number, the same for everybody
_LOCK_SECONDS: Final = 2  # whoever waits for a lock lets others wait behind it
_ATTEMPTS: Final = 30
_PAUSE_SECONDS: Final = 1.0
_LOCK_NOT_AVAILABLE: Final = "55P03"


class Step(Struct, frozen=True):
    """
    One step of the schema.

    Attributes:
        revision: its name.
        kind: ``expand``: older programs run on; ``contract``: only those that know `floor` do.
        summary: what it is for.
        floor: of a contract step.
    """

    revision: str
    kind: Literal["expand", "contract"]
    summary: str
    floor: str


def configuration(
    connection: Connection | None = None, partitions: int = 0, beside: Path | None = None
) -> Config:
    """
    Return Alembic's configuration; there is no ini file.
    """
    config = Config()
    places = [_PLACE / "versions", *([beside] if beside else [])]
    config.set_main_option("script_location", str(_PLACE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join(str(each) for each in places))
    config.attributes[PARTITIONS] = partitions
    if connection is not None:
        config.attributes["connection"] = connection
    return config


@cache
def steps(beside: Path | None = None) -> tuple[Step, ...]:
    """
    Return every step that this program knows, in their order.

    Args:
        beside: a folder with steps of a later program.
    """
    scripts = ScriptDirectory.from_config(configuration(beside=beside)).walk_revisions()
    return tuple(_step(script.revision, script.module) for script in reversed([*scripts]))


def _step(revision: str, module: object) -> Step:
    floor = str(getattr(module, "contracts", ""))
    summary = str(module.__doc__ or "").strip().splitlines()[0]
    return Step(revision, "contract" if floor else "expand", summary, floor)


def head() -> str:
    """
    Return the newest revision this code knows.
    """
    return steps()[-1].revision


def pending(current: str, beside: Path | None = None) -> tuple[Step, ...]:
    """
    Return the steps that a database lacks; none when it is ahead of this program.
    """
    known = steps(beside)
    names = [step.revision for step in known]
    if not current:
        return known
    return known[names.index(current) + 1 :] if current in names else ()


def fits(current: str, floor: str) -> bool:
    """
    Tell whether this program may run on a database.

    Args:
        current: the revision it stands at; one that we do not know is of a later program.
        floor: the revision that its programs have to know.
    """
    known = {step.revision for step in steps()}
    if current in known:
        return all(step.kind == "contract" for step in pending(current))
    return floor in known


async def current(engine: AsyncEngine) -> str:
    """
    Return the revision the database stands at, or an empty text.
    """
    async with engine.connect() as connection:
        return await connection.run_sync(_current)


async def upgrade(
    engine: AsyncEngine,
    *,
    partitions: int = 0,
    expand_only: bool = False,
    beside: Path | None = None,
) -> None:
    """
    Bring the database to the newest revision; safe when several do it at once.

    Processes that run on it are let go on: on PostgreSQL each step is a transaction of its own,
    and one that does not get its locks within two seconds lets the others pass and tries again.

    Args:
        engine: the database.
        partitions: hash partitions per resident table, when the tables are made (PostgreSQL).
        expand_only: stop before the first step that contracts.
        beside: a folder with steps of a later program.
    """
    target = _target(pending(await current(engine), beside), expand_only=expand_only)
    if not target:
        return

    def run(connection: Connection) -> None:
        event.listen(connection, "before_cursor_execute", _pass)
        with _alone(connection):
            command.upgrade(configuration(connection, partitions, beside), target)

    own = patient(engine)
    try:
        await _tried(own, run)
    finally:
        await own.dispose()


async def _tried(engine: AsyncEngine, run: Callable[[Connection], None]) -> None:
    for left in reversed(range(_ATTEMPTS)):
        try:
            async with engine.connect() as connection:
                await connection.run_sync(run)
        except DBAPIError as fault:
            if not left or getattr(fault.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return


def _target(steps_left: Sequence[Step], *, expand_only: bool) -> str:
    """
    Return the last revision to go to; empty when there is none.
    """
    taken = ""
    for step in steps_left:
        if expand_only and step.kind == "contract":
            break
        taken = step.revision
    return taken


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """
    Be the only one that migrates meanwhile; another one may take its time.

    SQLite has one lock, which a transaction around all steps takes; they are short there.
    """
    if connection.dialect.name != "postgresql":
        with connection.begin():
            yield
        return
    with connection.begin():
        connection.exec_driver_sql("SET lock_timeout = 0")
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
        connection.exec_driver_sql(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
    try:
        yield
    finally:
        connection.rollback()  # of what only looked, or failed
        with connection.begin():
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")
            connection.exec_driver_sql("RESET lock_timeout")
            connection.exec_driver_sql("RESET statement_timeout")


def _pass(*_: object) -> None:
    hit(FAILPOINT)


def _current(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""
