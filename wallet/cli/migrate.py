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
@click.option("--expand", is_flag=True, help="Leave everything that older programs use.")
def command(*, check: bool, expand: bool) -> None:
    """
    Bring the database to the newest schema, beside running processes; tell the steps beforehand.

    Safe to repeat and to run several times at once.
    """
    settings = Settings()
    head = migrate.head()
    current = asyncio.run(_migrate(settings, check=check, expand=expand))
    click.echo(f"schema {current or 'none'}, newest {head}")
    left = migrate.pending(current)
    if current != head and not (expand and left and left[0].kind == "contract"):
        raise SystemExit(1)


async def _migrate(settings: Settings, *, check: bool, expand: bool) -> str:
    engine = create_engine(settings.database_url.get_secret_value())
    try:
        for step in migrate.pending(await migrate.current(engine)):
            click.echo(f"{step.kind} {step.revision}: {step.summary}")
        if not check:
            partitions = settings.database_partitions
            await migrate.upgrade(engine, partitions=partitions, expand_only=expand)
        return await migrate.current(engine)
    finally:
        await engine.dispose()
