"""
``fusion-wallet work``: what waits for a person, and having it asked about again.
"""

import click
import msgspec

from wallet.app import Services
from wallet.cli.grounds import grounds, why
from wallet.cli.running import with_services
from wallet.errors import NotFoundError, StateConflictError
from wallet.settling.refunding import REFUND_PHASES
from wallet.settling.reviewing import KINDS, Kind
from wallet.settling.states import PHASES
from wallet.visiting.machine import VISIT_PHASES

_PHASES = click.Choice(sorted({*PHASES, *REFUND_PHASES, *VISIT_PHASES}))


@click.group("work")
def command() -> None:
    """
    See what waits for a person, and have it asked about again.
    """


@command.command("list")
@click.option("--phase", type=_PHASES, default="review", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
def listing(phase: str, limit: int) -> None:
    """
    List visits, settlements and refunds in a phase with what was asked last, a line of JSON each.
    """

    async def show(services: Services) -> None:
        for waiting in await services.money.review.listed(phase, limit):
            click.echo(msgspec.json.encode(waiting).decode())

    with_services(show)


@command.command("reexamine")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name", metavar="ID")
@grounds
def reexamine(kind: Kind, name: str, purpose: str, ticket: str) -> None:
    """
    Have the outside asked again about something in review; a worker does so, and it is journalled.
    """

    async def again(services: Services) -> None:
        try:
            await services.money.review.reexamine(kind, name, why(purpose, ticket))
        except NotFoundError:
            raise click.ClickException(f"there is no such {kind}") from None
        except StateConflictError as refusal:
            text = refusal.detail or "it does not wait for a person"
            raise click.ClickException(text) from None

    with_services(again)
    click.echo("asked again")
