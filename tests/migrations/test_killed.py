"""A migration that was killed can be run again, and the program of before can go on beside it."""

import signal

import pytest
from sqlalchemy import Connection, inspect

from tests.fixtures.migrating import FAILPOINT, NOTHING, begun_at, revisions, standing
from tests.fixtures.nursery.orders import Migrate
from tests.fixtures.regions import hasty
from wallet.db.engine import create_engine

# all of them: make torture KIND=migrations
STARTS = (NOTHING, *revisions()[-2:])
# Constraints that a later revision puts on what the one before wrote, each with its reason.
_TIGHTENED: frozenset[str] = frozenset()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request, tmp_path):
    """
    The URL of an empty database.
    """
    if request.param == "postgres":
        return request.getfixturevalue("empty_postgres_url")
    return f"sqlite:///{tmp_path}/fresh.db"


def described(connection: Connection):
    """
    Return tables with their columns: whether one may be left out, and what checks there are.
    """
    inspector = inspect(connection)
    return {
        name: (
            {
                column["name"]: bool(column["nullable"] or column["default"] is not None)
                for column in inspector.get_columns(name)
            },
            {
                str(check["name"]): str(check["sqltext"])
                for check in inspector.get_check_constraints(name)
            },
            {str(unique["name"]) for unique in inspector.get_unique_constraints(name)},
        )
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


async def schema_of(url):
    engine = create_engine(url)
    async with engine.connect() as connection:
        found = await connection.run_sync(described)
    await engine.dispose()
    return found


class TestKilled:
    @pytest.mark.parametrize("start", STARTS)
    async def test_runs_again(self, empty_url, nursery, tmp_path, start):
        """
        Killed in the middle it leaves nothing half done, and the program of before can go on.
        """
        await begun_at(empty_url, start)
        before = await schema_of(empty_url)
        orders = [
            Migrate(
                log=str(tmp_path / "migrate.log"),
                clock=hasty(),
                database_url=empty_url,
                failpoint=failpoint,
            )
            for failpoint in (f"{FAILPOINT}:3", "")
        ]
        ends = [await nursery.start(order).gone() for order in orders]
        hurt = list(_hurt(before, await schema_of(empty_url)))

        assert [(signal.SIGKILL, 0), (0, 0)] == [(end.signal, end.code) for end in ends]
        assert ([], []) == (await standing(empty_url), hurt)


def _hurt(before, after):
    for name, (columns, _checks, uniques) in before.items():
        if name not in after:
            yield f"{name} is gone"
            continue
        now, _, unique_now = after[name]
        yield from (f"{name}.{column} is gone" for column in columns if column not in now)
        yield from (
            f"{name}.{column} has to be given"
            for column, optional in now.items()
            if column not in columns and not optional
        )
        yield from (f"{name}: {each} is new" for each in unique_now - uniques - _TIGHTENED)
