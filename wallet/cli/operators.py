"""
``fusion-wallet operators``: who may sign in to run the region's wallet.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
import msgspec

from wallet.app import Services
from wallet.cli.running import with_services
from wallet.operators.errors import (
    AccountTakenError,
    InvalidOperatorError,
    NameTakenError,
    NotLinkedError,
    UnknownOperatorError,
)
from wallet.operators.words import Role

R = TypeVar("R")

_ROLES = click.Choice([role.value for role in Role])


@click.group("operators")
def command() -> None:
    """
    Add, list, link, disable, enable and reset operators of the region; let a network in.
    """


@command.command("add")
@click.argument("name")
@click.option("--display", required=True, help="Name to be shown.")
@click.option("--role", type=_ROLES, default=Role.OPERATOR.value, show_default=True)
def add(name: str, display: str, role: str) -> None:
    """
    Add an operator; prints a one-time token with which they enrol within a day.
    """

    async def issue(services: Services) -> str:
        administration = services.people.operators.administration
        return (await administration.add(name, display=display, role=Role(role))).token

    click.echo(_known(issue))


@command.command("list")
def listing() -> None:
    """
    List operators, one JSON object a line.
    """

    async def show(services: Services) -> None:
        for each in await services.people.operators.administration.listed():
            click.echo(msgspec.json.encode(each).decode())

    with_services(show)


@command.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """
    Keep an operator out; sessions end at once.
    """
    _known(lambda s: s.people.operators.administration.disable(name))
    click.echo("disabled")


@command.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """
    Let an operator sign in again; ends a lock-out of the account too.
    """
    _known(lambda s: s.people.operators.administration.enable(name))
    click.echo("active")


@command.command("let-in")
@click.argument("address")
def let_in(address: str) -> None:
    """
    End the lock-out of the network that ADDRESS is in; nothing of it is shown or kept.
    """
    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise click.ClickException("that is no IP address") from None
    with_services(lambda s: s.people.operators.administration.let_in(address))
    click.echo("may try")


@command.command("reset")
@click.argument("name")
def reset(name: str) -> None:
    """
    Void password, authenticator, recovery codes, link and sessions; prints a new one-time token.
    """

    async def issue(services: Services) -> str:
        return (await services.people.operators.administration.reset(name)).token

    click.echo(_known(issue))


@command.command("link")
@click.argument("name")
@click.option("--subject", required=True, help="The account's `sub` at the operators' provider.")
def link(name: str, subject: str) -> None:
    """
    Let an operator sign in with an account of the configured provider.

    A password that the operator has goes on being good beside it.
    """

    async def put(services: Services) -> None:
        provider = services.people.providers.operator
        if provider is None:
            raise click.ClickException("no provider for operators is configured")
        administration = services.people.operators.administration
        await administration.link(name, issuer=provider.issuer, subject=subject)

    _known(put)
    click.echo("linked")


@command.command("unlink")
@click.argument("name")
def unlink(name: str) -> None:
    """
    Let an operator no longer sign in with the provider; sessions end at once.
    """
    _known(lambda s: s.people.operators.administration.unlink(name))
    click.echo("unlinked")


def _known(use: Callable[[Services], Awaitable[R]]) -> R:
    try:
        return with_services(use)
    except UnknownOperatorError:
        raise click.ClickException("no such operator") from None
    except NameTakenError:
        raise click.ClickException("there is an operator of that name") from None
    except AccountTakenError:
        raise click.ClickException("that account is linked to another operator") from None
    except NotLinkedError:
        raise click.ClickException("no account is linked") from None
    except InvalidOperatorError as fault:
        raise click.ClickException(str(fault)) from None
