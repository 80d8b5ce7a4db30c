"""
``fusion-wallet distribute``: lay the tables over several PostgreSQL, by resident.
"""

import asyncio

import click
from sqlalchemy import text

from wallet.db import distributing
from wallet.db.engine import create_engine
from wallet.settings import Settings
from wallet.tables import metadata


@click.command("distribute")
@click.option("--dry-run", is_flag=True, help="Only print the statements.")
def command(*, dry_run: bool) -> None:
    """
    Distribute freshly migrated, empty tables by resident with Citus (docs/deployment.md).
    """
    if dry_run:
        for statement in distributing.statements(metadata):
            click.echo(f"{statement};")
        return
    try:
        asyncio.run(_distribute(Settings()))
    except distributing.NotDistributableError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo("distributed by resident")


async def _distribute(settings: Settings) -> None:
    engine = create_engine(settings.database_url.get_secret_value())
    try:
        async with engine.begin() as connection:
            await distributing.check(connection)
            await connection.execute(text("CREATE EXTENSION IF NOT EXISTS citus"))
            await distributing.distribute(connection, metadata)
    finally:
        await engine.dispose()
