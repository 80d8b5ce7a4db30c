"""
``fusion-wallet keys``: make, rotate and retire keys.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import click

from wallet.app import Services
from wallet.cli.composition import load_keys
from wallet.cli.running import with_services
from wallet.clock import SystemClock, seconds
from wallet.settings import Settings
from wallet.vault import keyfile, rotation
from wallet.vault.ages import Use, ages
from wallet.vault.errors import KeyFileError, KeyRotationError
from wallet.vault.keyfile import KeyFile, SuiteName
from wallet.vault.rewrapping import Rewrapped, rewrap_all

_LEAD_SECONDS = 600
_DATA_LEAD_SECONDS = 60
_LEADS = click.IntRange(0, 30 * 86_400)


@click.group("keys")
def command() -> None:
    """
    Make, rotate and retire keys; the key file itself never leaves its place.
    """


@command.command("new")
def new() -> None:
    """
    Make the key file of a new deployment (mode 0400); never overwrites one.
    """
    settings = Settings()
    suite = SuiteName(settings.code_suite)
    keys = rotation.generate(suite, seconds(SystemClock().now()), secrets.token_bytes)
    settings.key_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        keyfile.write_new(settings.key_file, keys)
    except KeyFileError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"made {settings.key_file}; keep a copy where the database's copies are not")


@command.command("show")
def show() -> None:
    """
    List the keys with their ages; no secret is shown.
    """
    now = seconds(SystemClock().now())
    for key in ages(load_keys(Settings()), now):
        since = "unknown" if key.since_seconds is None else _instant(key.since_seconds)
        line = f"{key.use.value} key {key.name:>3}  {key.suite:13}  from {since}"
        if key.use is Use.CODE:
            until = "open" if key.until_seconds is None else _instant(key.until_seconds)
            line += f"  until {until}"
        click.echo(f"{line}  {key.state}{', old: rotate it' if key.is_old else ''}")


@command.command("rotate-code")
@click.option(
    "--lead",
    type=_LEADS,
    default=_LEAD_SECONDS,
    show_default=True,
    help="Seconds until it issues.",
)
def rotate_code(lead: int) -> None:
    """
    Add a code key; it issues once every process has had time to load it.
    """
    settings = Settings()
    suite = SuiteName(settings.code_suite)
    now = seconds(SystemClock().now())
    begins = now + lead
    _replace(
        settings,
        lambda keys: rotation.rotate_code_key(keys, suite, now, begins, secrets.token_bytes),
    )
    click.echo(
        f"a new code key issues from {_instant(begins)}; the processes load it by themselves"
    )


@command.command("retire-code")
@click.argument("key_id", type=click.IntRange(0, 255))
def retire_code(key_id: int) -> None:
    """
    Retire a code key now, because it may have leaked.
    """
    now = seconds(SystemClock().now())
    _replace(Settings(), lambda keys: rotation.retire_code_key(keys, key_id, now))
    click.echo(f"code key {key_id} is retired; the processes know within seconds")


@command.command("rotate-data")
@click.option(
    "--lead",
    type=_LEADS,
    default=_DATA_LEAD_SECONDS,
    show_default=True,
    help="Seconds until then.",
)
def rotate_data(lead: int) -> None:
    """
    Add a data key; it encrypts once every process has it, older ones go on decrypting.
    """
    settings = Settings()
    suite = SuiteName(settings.code_suite)
    begins = seconds(SystemClock().now()) + lead
    _replace(
        settings, lambda keys: rotation.rotate_data_key(keys, suite, begins, secrets.token_bytes)
    )
    click.echo(f"a new data key encrypts from {_instant(begins)}; the processes load it by then")


@command.command("rewrap")
def rewrap() -> None:
    """
    Wrap every person's keys anew under the data key that encrypts, while everything goes on.

    Safe to repeat and to break off. Older data keys stay needed for what belongs to no person.
    """

    async def all_of_them(services: Services) -> Rewrapped:
        return await rewrap_all(services.basis.database, services.basis.vault)

    done = with_services(all_of_them)
    click.echo(f"{done.keys} keys wrapped anew, {done.persons} persons looked at")


def _replace(settings: Settings, change: Callable[[KeyFile], KeyFile]) -> None:
    keys = load_keys(settings)
    try:
        keyfile.replace(settings.key_file, change(keys))
    except (KeyFileError, KeyRotationError) as fault:
        raise click.ClickException(str(fault)) from None


def _instant(at_seconds: int) -> str:
    return datetime.fromtimestamp(at_seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
