"""
``fusion-wallet parties``: onboard relying parties and their terminals, and call as one.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import aiohttp
import click
import msgspec

from wallet.app import Services
from wallet.cli import kinds
from wallet.cli.running import with_services
from wallet.clock import SystemClock
from wallet.parties.client import CallRefusedError, TerminalClient, enrol
from wallet.parties.errors import InvalidProfileError, UnknownPartyError
from wallet.parties.words import (
    LEAST_SCOPES,
    PartySettings,
    PartyStatus,
    Scope,
    TerminalKind,
    least_scopes,
)

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")

_FILE = click.Path(path_type=Path, dir_okay=False)
_ATTEMPTS: Final = 40
_PAUSE_SECONDS: Final = 0.25


def _number(
    name: str,
    kind: click.IntRange,
    *,
    default: int,
    help: str,  # noqa: A002 - as click has it
) -> Callable[[F], F]:
    return click.option(name, type=kind, default=default, show_default=True, help=help)


@click.group("parties")
def command() -> None:
    """
    Onboard relying parties and their terminals, and call the wallet as one.
    """


@command.command("create")
@click.option("--name", required=True, callback=kinds.party_name, help="Its registered name.")
@click.option("--kind", type=kinds.PARTIES, required=True)
@_number("--otp-limit", kinds.FEN, default=20_000, help="Fen without approval (OTP).")
@_number("--signed-limit", kinds.FEN, default=200_000, help="The same, signed code; no less.")
@_number(
    "--screen-limit",
    kinds.FEN,
    default=0,
    help="Fen that a signature on the patient's screen approves; 0: never.",
)
@_number("--cash-due", kinds.CASH_DUE, default=1800, help="Seconds the cash may be due.")
@click.option("--settled-by", type=kinds.SETTLERS, default="wallet")
@click.option("--sign-resolve", is_flag=True, help="Its terminals sign resolves too.")
def create(  # noqa: PLR0913 - an option each
    name: str,
    kind: str,
    otp_limit: int,
    signed_limit: int,
    screen_limit: int,
    cash_due: int,
    settled_by: str,
    *,
    sign_resolve: bool,
) -> None:
    """
    Create a relying party; prints its id.
    """
    settings = PartySettings(
        name=name,
        kind=kind,
        settled_by=settled_by,
        otp_limit_minor=otp_limit,
        signed_limit_minor=signed_limit,
        screen_limit_minor=screen_limit,
        cash_due_seconds=cash_due,
        sign_resolve=sign_resolve,
    )
    if not settings.has_limits_in_order:
        raise click.BadParameter("--signed-limit is below --otp-limit")
    click.echo(with_services(lambda s: s.people.administration.create_party(settings)))


@command.command("list")
def listing() -> None:
    """
    List parties and their terminals.
    """

    async def show(services: Services) -> None:
        for party in await services.people.administration.list_parties():
            click.echo(msgspec.json.encode(party).decode())
            terminals = await services.people.administration.list_terminals(party.party_id)
            for terminal in terminals:
                click.echo("  " + msgspec.json.encode(terminal).decode())

    with_services(show)


@command.command("profile")
@click.argument("party_id", type=kinds.NUMBER)
@click.argument("integration_id")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def profile(party_id: int, integration_id: str, file: Path) -> None:
    """
    Set what an integration must know of a party, from a JSON file; kept encrypted.
    """
    content = file.read_bytes()

    async def put(services: Services) -> None:
        integration = services.basis.registry.get(integration_id)
        if integration is None:
            raise click.ClickException(f"{integration_id} is not among the allowed integrations")
        schema = integration.manifest.party_profile
        try:
            await services.people.administration.set_profile(
                party_id, integration_id, content, schema
            )
        except InvalidProfileError as fault:
            raise click.ClickException(str(fault)) from None

    _known(put)
    click.echo("kept")


@command.command("enrolment")
@click.argument("party_id", type=kinds.NUMBER)
@click.option("--kind", type=kinds.TERMINALS, default=TerminalKind.DESK.value, show_default=True)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([s.value for s in Scope]),
    help="May be repeated; without any, what a terminal of the kind cannot do without.",
)
@click.option(
    "--patient-screen", is_flag=True, help="It has a screen on which a patient may sign."
)
def enrolment(party_id: int, kind: str, scopes: tuple[str, ...], *, patient_screen: bool) -> None:
    """
    Print a one-time token with which one terminal enrols itself within a day.
    """
    terminal = TerminalKind(kind)
    try:
        least = least_scopes(terminal, patient_screen=patient_screen)
    except ValueError:
        raise click.ClickException(f"nobody stands beside a {kind}") from None
    named = frozenset(Scope(scope) for scope in scopes)
    granted = named | (least - LEAST_SCOPES[terminal]) if named else least

    async def issue(services: Services) -> str:
        issued = await services.people.administration.issue_enrolment_token(
            party_id, kind=terminal, scopes=granted
        )
        return issued.token

    click.echo(_known(issue))


@command.command("revoke")
@click.argument("party_id", type=kinds.NUMBER)
@click.argument("terminal_id", type=kinds.NUMBER)
def revoke(party_id: int, terminal_id: int) -> None:
    """
    Revoke a terminal, effective at once.
    """
    _known(lambda s: s.people.administration.revoke_terminal(party_id, terminal_id))
    click.echo("revoked")


@command.command("suspend")
@click.argument("party_id", type=kinds.NUMBER)
def suspend(party_id: int) -> None:
    """
    Stop everything its terminals do, effective at once; what they began is finished.
    """
    _known(lambda s: s.people.administration.set_status(party_id, PartyStatus.SUSPENDED))
    click.echo("suspended")


@command.command("resume")
@click.argument("party_id", type=kinds.NUMBER)
def resume(party_id: int) -> None:
    """
    Let a suspended party work again.
    """
    _known(lambda s: s.people.administration.set_status(party_id, PartyStatus.ACTIVE))
    click.echo("active")


@command.command("enrol")
@click.argument("token")
@click.option("--origin", required=True, help="The wallet's address.")
@click.option("--key", "key_file", type=_FILE, required=True, help="PEM; made if missing.")
@click.option("--name", default="shell", show_default=True)
def enrol_terminal(token: str, origin: str, key_file: Path, name: str) -> None:
    """
    Enrol this shell as a terminal; prints the terminal's id. Waits for a server that is starting.
    """
    kinds.make_key(key_file)
    key = kinds.own_key(key_file)

    async def run() -> str:
        async with aiohttp.ClientSession() as http:
            return await _heard(lambda: enrol(http, origin, token=token, name=name, key=key))

    click.echo(_answered(run()))


@command.command("call")
@click.argument("method")
@click.argument("target")
@click.argument("body", required=False)
@click.option("--origin", default="http://127.0.0.1:8000", show_default=True)
@click.option("--terminal", required=True, help="The terminal's id, from enrolment.")
@click.option("--key", "key_file", type=_FILE, required=True)
@click.option("--idempotency-key", default="", help="To repeat an earlier call.")
def call(
    method: str,
    target: str,
    body: str | None,
    origin: str,
    terminal: str,
    key_file: Path,
    idempotency_key: str,
) -> None:
    """
    Send one request as a terminal: token, signature and idempotency key included.
    """
    key = kinds.own_key(key_file)

    async def run() -> str:
        async with aiohttp.ClientSession() as http:
            client = TerminalClient(
                http,
                origin=origin,
                terminal_id=terminal,
                key=key,
                clock=SystemClock(),
                token=secrets.token_bytes,
            )
            content = body.encode() if body else None
            answered = await client.call(
                method.upper(), target, content, idempotency_key=idempotency_key
            )
        return f"{answered.status}\n{answered.body.decode()}"

    click.echo(_answered(run()))


def _known(use: Callable[[Services], Awaitable[R]]) -> R:
    try:
        return with_services(use)
    except UnknownPartyError:
        raise click.ClickException("no such party or terminal") from None


async def _heard(ask: Callable[[], Awaitable[str]]) -> str:
    """
    Ask, and again for some seconds while nobody listens there.

    Raises:
        aiohttp.ClientConnectorError: nobody did.
    """
    for _ in range(_ATTEMPTS):
        with suppress(aiohttp.ClientConnectorError):
            return await ask()
        await asyncio.sleep(_PAUSE_SECONDS)
    return await ask()


def _answered(coroutine: Coroutine[Any, Any, str]) -> str:
    try:
        return asyncio.run(coroutine)
    except CallRefusedError as fault:
        raise click.ClickException(fault.answered.body.decode()) from None
    except aiohttp.ClientError as fault:
        raise click.ClickException(f"no answer: {type(fault).__name__}") from None
