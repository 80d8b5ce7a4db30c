"""
``fusion-wallet restored``: after a restore from a backup, compare, then let money move again.
"""

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import click
import msgspec

from wallet.app import Services
from wallet.cli.grounds import grounds, why
from wallet.cli.running import with_services
from wallet.clock import SystemClock
from wallet.db import migrate
from wallet.logs import configure
from wallet.restoring.errors import NotComparedError, NotRestoredError, TooEarlyError
from wallet.restoring.service import Restoration
from wallet.settling.comparing import Compared

_NONE = "no restore is open"
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # no backup is older; a year was mistyped
_FORMATS = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%SZ")


def _instant(_context: click.Context, _parameter: click.Parameter, given: datetime) -> datetime:
    at = given if given.tzinfo else given.replace(tzinfo=UTC)
    if not _FIRST <= at <= SystemClock().now():
        raise click.BadParameter("no backup was made then; is it UTC, as the script printed it?")
    return at


@click.group("restored")
def command() -> None:
    """
    After a restore from a backup: nothing is moved until this is ended (docs/deployment.md).
    """


@command.command("begin")
@click.option(
    "--backup-at",
    required=True,
    type=click.DateTime(formats=list(_FORMATS)),
    callback=_instant,
    help="When the backup was made, or up to when its log was replayed: 2026-11-28T01:00:00Z",
)
def begin(backup_at: datetime) -> None:
    """
    Bring a restored database to the newest schema, and note that it was restored.

    Do it before any server or worker is started.
    """

    async def note(services: Services) -> None:
        basis = services.basis
        await migrate.upgrade(basis.database.engine, partitions=basis.settings.database_partitions)
        await basis.restoring.begin(backup_at)

    with_services(note)
    click.echo(f"restored as of {backup_at.isoformat()}; nothing is moved until it is ended")


@command.command("show")
def show() -> None:
    """
    Tell whether a restore is open, and what was compared.
    """

    async def tell(services: Services) -> None:
        standing = await services.basis.restoring.standing()
        click.echo(msgspec.json.encode(standing).decode() if standing else _NONE)

    with_services(tell)


@command.command("compare")
def compare() -> None:
    """
    Ask partners about all that is open, and for their statements since the backup; a line each.

    It changes nothing, here or there, but notes that it was done and how many lines do not agree.
    """
    configure(sys.stderr.buffer, SystemClock())  # what is compared has the standard output alone

    async def ask(services: Services) -> int:
        standing = await services.basis.restoring.standing()
        if standing is None:
            raise click.ClickException(_NONE)
        differences = 0
        async for found in _compared(services, standing):
            differences += found.verdict != "agrees"
            click.echo(msgspec.json.encode(found).decode())
        try:
            await services.basis.restoring.compared(differences)
        except NotRestoredError:  # somebody ended it meanwhile
            raise click.ClickException(_NONE) from None
        return differences

    click.echo(f"differences: {with_services(ask)}")


@command.command("end")
@click.option("--differences", required=True, type=int, help="As the last `compare` counted them.")
@grounds
def end(differences: int, purpose: str, ticket: str) -> None:
    """
    Let codes be used up and money be moved again, once every difference was dealt with.
    """

    async def finish(services: Services) -> None:
        try:
            await services.basis.restoring.end(differences, why(purpose, ticket))
        except NotRestoredError:
            raise click.ClickException(_NONE) from None
        except TooEarlyError:
            raise click.ClickException(
                "codes from before the restore may still be young; two minutes after `begin`"
            ) from None
        except NotComparedError:
            raise click.ClickException(
                "that is not what the last `fusion-wallet restored compare` found"
            ) from None

    with_services(finish)
    click.echo("ended; servers and workers go on within seconds")


async def _compared(services: Services, standing: Restoration) -> AsyncIterator[Compared]:
    database, comparing = services.basis.database, services.money.comparing
    async with database.reading() as session:
        async for found in comparing.open_ones(session):
            yield found
        for party in await services.people.administration.list_parties():
            for integration in services.basis.registry:
                integration_id = integration.manifest.id
                view = await services.people.parties.view(session, party.party_id, integration_id)
                if not view.profile or not services.money.calls.outside.states(integration_id):
                    continue
                async for found in comparing.statements(
                    session, view, integration_id, standing.backup_at
                ):
                    yield found
