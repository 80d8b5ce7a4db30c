"""
Whether this process lives, and whether it should get traffic, and if not, why.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

import structlog
from litestar import Controller, get
from litestar.di import NamedDependency
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from wallet.db.floor import floor, standing
from wallet.db.session import Database
from wallet.errors import WalletError
from wallet.http.described import one_of
from wallet.http.errors import NotReadyError
from wallet.http.holding_back import Restores
from wallet.http.problems import problems
from wallet.http.timekeeping import Timekeeping


class Check(Struct, frozen=True):
    """
    One thing that must hold before traffic comes.

    Attributes:
        name: a word for it, shown when it fails.
        holds: asks; a fault counts as no.
    """

    name: str
    holds: Callable[[], Awaitable[bool]]


class Readiness:
    """
    Asks every check side by side.

    Args:
        checks: what must hold.
        seconds: a check that takes longer fails.
    """

    def __init__(self, *checks: Check, seconds: float = 2.0) -> None:
        self._checks = checks
        self._seconds = seconds

    async def failing(self) -> list[str]:
        """
        Return the names of the checks that do not hold, in their order.
        """
        answers = await asyncio.gather(*(self._ask(check) for check in self._checks))
        return [check.name for check, held in zip(self._checks, answers, strict=True) if not held]

    async def _ask(self, check: Check) -> bool:
        try:
            async with asyncio.timeout(self._seconds):
                return await check.holds()
        except (TimeoutError, OSError, SQLAlchemyError, WalletError, ValueError) as fault:
            structlog.get_logger("wallet.http").warning(
                "check failed", check=check.name, exc_info=fault
            )
            return False


def database_reachable(database: Database) -> Check:
    """
    Return the check that the database answers.
    """

    async def holds() -> bool:
        async with database.reading() as session:
            await session.execute(select(1))
        return True

    return Check("database", holds)


def migrations_at_head(database: Database, fits: Callable[[str, str], bool]) -> Check:
    """
    Return the check that the schema is one that this program may run on.

    Args:
        database: whose it is.
        fits: judges the revision it stands at and the one that programs have to know.
    """

    async def holds() -> bool:
        async with database.reading() as session:
            return fits(await standing(session), await floor(session))

    return Check("migrations", holds)


def clock_sane(timekeeping: Timekeeping) -> Check:
    """
    Return the check that the wall clock keeps step with one that cannot jump.

    After a jump it fails for a minute in which the two must keep step again.
    """

    async def holds() -> bool:
        return timekeeping.untrusted_seconds() == 0

    return Check("clock", holds)


def keys_loaded(loaded: Callable[[], bool]) -> Check:
    """
    Return the check that the key file was read, has a key for every use, and still can be read.
    """

    async def holds() -> bool:
        return loaded()

    return Check("keys", holds)


def nothing_restored(restores: Restores) -> Check:
    """
    Return the check that no restore from a backup waits for an operator.
    """

    async def holds() -> bool:
        return not await restores.pending()

    return Check("restored", holds)


def integrations_open(allowed: Sequence[str], opened: Sequence[str]) -> Check:
    """
    Return the check that every integration that may be loaded was opened.
    """

    async def holds() -> bool:
        return set(allowed) <= set(opened)

    return Check("integrations", holds)


class Health(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The answer of a healthy process.
    """

    status: Annotated[str, one_of(("ok",))] = "ok"


class HealthController(Controller):
    """
    For load balancers and supervisors.
    """

    path = "/"
    tags = ("operation",)

    @get(
        "/livez",
        operation_id="livez",
        summary="Is the process alive?",
        description="Answers as long as the process does; asks nothing else.",
    )
    async def livez(self) -> Health:
        """
        Say that the process answers.
        """
        return Health()

    @get(
        "/readyz",
        operation_id="readyz",
        summary="Should this process get traffic?",
        description="Database, migrations, clock, keys, integrations, whether a restore is over "
        "and whether the process is about to end; `failing` names what is not right.",
        responses=problems(NotReadyError),
    )
    async def readyz(self, readiness: NamedDependency[Readiness]) -> Health:
        """
        Ask every check.
        """
        failing = await readiness.failing()
        if failing:
            raise NotReadyError(failing=failing)
        return Health()
