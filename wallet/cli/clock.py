"""
``fusion-wallet clock``: what this machine, the database and the deployment say the time is.
"""

from datetime import datetime

import click

from wallet.app import Services
from wallet.cli.running import with_services
from wallet.instances import clocks


@click.command("clock")
@click.option(
    "--accept", is_flag=True, help="Let the present time of this machine be the right one."
)
def command(*, accept: bool) -> None:
    """
    Show what the time is here, at the database, and the latest that any process trusted.

    Processes trust no clock that is behind that one. If it lies in the future because a clock was
    wrong for long, and all clocks are right by now, --accept sets it back.
    """

    async def look(services: Services) -> tuple[datetime, datetime | None, datetime | None]:
        basis = services.basis
        now = basis.clock.now()
        if accept:
            await clocks.accept(basis.database, now)
        return (basis.clock.now(), *await clocks.told(basis.database))

    here, there, latest = with_services(look)
    click.echo(f"here      {here.isoformat(timespec='seconds')}")
    click.echo(
        f"database  {there.isoformat(timespec='seconds') if there else 'no clock of its own'}"
    )
    click.echo(f"latest    {latest.isoformat(timespec='seconds') if latest else 'never told'}")
