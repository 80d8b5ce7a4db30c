"""A change of what a table takes loses none of its rows."""

import pytest
from alembic import command
from sqlalchemy import text

from wallet.db import migrate
from wallet.db.engine import create_engine

BEFORE = "0002_oidc"
_ADDED = """INSERT INTO operators (operator_id, name, display, role, status, last_step, created_at)
    VALUES (7, 'zhang', 'Z', 'operator', 'active', 0, {now})"""
_LOOKED = """INSERT INTO operator_events
    (event_id, at, operator_id, kind, detail, person, purpose, ticket)
    VALUES (8, {now}, 7, 'looked', '', 'res_x', 'why', 'T-1')"""


@pytest.fixture(params=["sqlite", "postgres"])
async def engine(request, tmp_path, anyio_backend):  # noqa: ARG001 - one loop for all
    """
    An empty database.
    """
    url = f"sqlite:///{tmp_path}/fresh.db"
    if request.param == "postgres":
        url = request.getfixturevalue("empty_postgres_url")
    engine = create_engine(url)
    yield engine
    await engine.dispose()


class TestOperatorEvents:
    async def test_there_and_back(self, engine):
        """
        Events of before are there after the upgrade, and after going back.
        """
        now = "now()" if engine.dialect.name == "postgresql" else "1"
        told = []

        def go(connection, revision):
            move = command.downgrade if told else command.upgrade
            move(migrate.configuration(connection), revision)

        async with engine.begin() as connection:
            await connection.run_sync(go, BEFORE)
            for statement in (_ADDED, _LOOKED):
                await connection.execute(text(statement.format(now=now)))
        await migrate.upgrade(engine)
        rows = "SELECT event_id, kind, person FROM operator_events"
        async with engine.begin() as connection:
            told.append((await connection.execute(text(rows))).all())
            await connection.run_sync(go, BEFORE)
            told.append((await connection.execute(text(rows))).all())

        assert [[(8, "looked", "res_x")]] * 2 == told
