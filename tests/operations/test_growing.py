"""A schema grows under processes that run: an older program never notices."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import text

from integrations.registry import Registry
from tests.fixtures.callers_at_work import PERSON
from tests.fixtures.wallets import ORIGIN
from wallet.app import compose, create_app
from wallet.clock import SystemClock, seconds
from wallet.db import migrate
from wallet.db.engine import create_engine
from wallet.ids import Ids
from wallet.settings import Settings
from wallet.vault.keyfile import SuiteName
from wallet.vault.rotation import generate

STEP = '''"""
{summary}
"""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint

from wallet.db.schema import BigInt, Text, add_index, contract, create_table

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None
{more}

def upgrade() -> None:
{body}
'''
EXPANDS = """    op.add_column("residents", Column("nickname", Text, nullable=True))
    create_table("later", Column("id", BigInt, nullable=False), PrimaryKeyConstraint("id"))
    add_index("ix_residents_created", "residents", ["resident_id", "created_at"])
"""
CONTRACTS = """    contract("9001_later")
    op.drop_column("residents", "nickname")
"""


@pytest.fixture
def later(tmp_path):
    """
    The steps of a later program: one expands, the one after it contracts.
    """
    folder = tmp_path / "later"
    folder.mkdir()
    expands = STEP.format(
        summary="More.", revision="9001_later", before=migrate.head(), more="", body=EXPANDS
    )
    contracts = STEP.format(
        summary="Less.",
        revision="9002_less",
        before="9001_later",
        more='contracts = "9001_later"\n',
        body=CONTRACTS,
    )
    (folder / "v9001.py").write_text(expands)
    (folder / "v9002.py").write_text(contracts)
    return folder


@pytest.fixture(params=["sqlite", "partitioned postgres"])
async def engine(request, tmp_path, anyio_backend):  # noqa: ARG001 - one loop for all
    """
    The database of a deployment that runs this program.
    """
    on_sqlite = request.param == "sqlite"
    url = (
        f"sqlite:///{tmp_path}/wallet.db"
        if on_sqlite
        else request.getfixturevalue("empty_postgres_url")
    )
    engine = create_engine(url)
    await migrate.upgrade(engine, partitions=0 if on_sqlite else 2)
    yield engine
    await engine.dispose()


@asynccontextmanager
async def running(engine):
    """
    Run this program's application on the database.
    """
    clock = SystemClock()
    url = engine.url.set(drivername=engine.url.get_backend_name())
    services = compose(
        Settings(
            database_url=url.render_as_string(hide_password=False),
            public_origin=ORIGIN,
            demo_login=True,
            integrations="",
        ),
        clock=clock,
        keys=generate(SuiteName.INTERNATIONAL, seconds(clock.now()), Ids(clock).secret),
        registry=Registry(()),
    )
    transport = httpx.ASGITransport(app=create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=30) as client:
        yield client
    await services.close()


async def work(client, told):
    """
    Write and read until cancelled.
    """
    while True:
        answer = await client.post("/v1/demo/sessions", json=PERSON)
        told[answer.status_code] += 1
        headers = {"authorization": f"Bearer {answer.json().get('token', '')}"}
        told[(await client.get("/v1/me", headers=headers)).status_code] += 1
        await asyncio.sleep(0.01)


async def failing(client):
    return (await client.get("/readyz")).json().get("failing", [])


class TestGrowing:
    async def test_an_older_program_runs_on(self, engine, later):
        """
        While later steps that expand are taken every request succeeds, and it stays ready.

        After a step that contracts what it does not know it is not ready any more.
        """
        told = Counter()
        async with running(engine) as client:
            at_work = [asyncio.create_task(work(client, told)) for _ in range(2)]
            await asyncio.sleep(0.1)
            await migrate.upgrade(engine, beside=later, expand_only=True)
            expanded = await migrate.current(engine), await failing(client)
            await asyncio.sleep(0.1)
            for task in at_work:
                task.cancel()
            await asyncio.gather(*at_work, return_exceptions=True)
            await migrate.upgrade(engine, beside=later)
            contracted = await migrate.current(engine), await failing(client)

        assert {200, 201} == set(told)
        assert ("9001_later", []) == expanded
        assert ("9002_less", ["migrations"]) == contracted

    @pytest.mark.parametrize("engine", ["partitioned postgres"], indirect=True)
    async def test_waits_its_turn(self, engine, later):
        """
        A step that does not get its lock lets others pass, and is taken when it can be.
        """
        async with engine.connect() as holder:
            await holder.execute(text("SELECT count(*) FROM residents"))
            growing = asyncio.create_task(migrate.upgrade(engine, beside=later, expand_only=True))
            await asyncio.sleep(2.5)
            async with engine.connect() as other:  # behind a lock that is waited for it would wait
                await asyncio.wait_for(other.execute(text("SELECT 1 FROM residents")), 5)
            await holder.rollback()
        await growing

        assert "9001_later" == await migrate.current(engine)
