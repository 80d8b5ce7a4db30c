"""
``fusion-wallet migrate``: bring the database to the newest schema.
"""

import asyncio

import click

from wallet.db import migrate
from wallet.db.engine import create_engine
from wallet.settings import Settings


@click.command("migrate")
@click.option("--check", is_flag=True, help="Only tell whether the database is at the newest.")
def command(*, check: bool) -> None:
    """
    Bring the database to the newest schema; safe to repeat and to run several times at once.
    """
    settings = Settings()
    head = migrate.head()
    current = asyncio.run(_migrate(settings, check=check))
    click.echo(f"schema {current or 'none'}, newest {head}")
    if current != head:
        raise SystemExit(1)


async def _migrate(settings: Settings, *, check: bool) -> str:
    engine = create_engine(settings.database_url.get_secret_value())
    try:
        if not check:
            await migrate.upgrade(engine, partitions=settings.database_partitions)
        return await migrate.current(engine)
    finally:
        await engine.dispose()
