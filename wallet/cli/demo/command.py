"""
``fusion-wallet demo``: everything at once, over real HTTP, on free loopback ports.
"""

import asyncio
import shutil
import signal
import tempfile
import time
from pathlib import Path

import click
import msgspec

from wallet.app import compose
from wallet.cli.composition import check_files, load_keys, open_registry
from wallet.cli.demo import region
from wallet.cli.demo.ports import free_port
from wallet.cli.demo.printing import Narrator
from wallet.cli.demo.processes import Processes
from wallet.cli.demo.region import Onboarded, Partners
from wallet.cli.demo.story import LI, Story, tell
from wallet.clock import SystemClock
from wallet.db import migrate
from wallet.operators.errors import NameTakenError
from wallet.operators.words import Role
from wallet.settings import PREFIX, Settings


@click.command("demo")
@click.option("--once", is_flag=True, help="Tell the story and exit.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Folder to use.")
def command(*, once: bool, keep: Path | None) -> None:
    """
    Start partners, server and worker, tell the whole story, then serve until Ctrl-C.
    """
    check_files()
    folder = keep or Path(tempfile.mkdtemp(prefix="fusion-wallet-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    processes = Processes(folder)
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        _run(folder, processes, once=once)
    except KeyboardInterrupt:
        click.echo()
    finally:
        processes.end()
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _run(folder: Path, processes: Processes, *, once: bool) -> None:
    began = time.monotonic()
    narrator = Narrator()
    click.secho("fusion-wallet demo", bold=True)
    narrator.fact("folder", folder)
    partners = _start_partners(folder, processes, narrator)
    environment = _environment(folder)
    settings = _settings(environment)
    region.make_keys(settings.key_file)
    region.write_private(settings.integration_settings, region.integration_settings(partners))
    hospital, pharmacy = asyncio.run(_seed(settings, partners))
    processes.start("server", "serve", environment=environment)
    processes.start("worker", "worker", environment=environment)
    processes.await_answer("server", f"{settings.public_origin}/readyz")
    narrator.fact("wallet", settings.public_origin)
    story = Story(
        settings=settings,
        partners=partners,
        hospital=hospital,
        pharmacy=pharmacy,
        folder=folder,
        narrator=narrator,
    )
    asyncio.run(tell(story))
    narrator.fact("told in", f"{time.monotonic() - began:.1f} s")
    if not once:
        _serve(processes, settings, hospital)


def _start_partners(folder: Path, processes: Processes, narrator: Narrator) -> Partners:
    told = region.partner_settings()
    urls = {}
    for name, settings in told.items():
        file = region.write_private(folder / f"sandbox-{name}.json", msgspec.json.encode(settings))
        processes.start_sandbox(name, file)
    for name in told:
        urls[name] = processes.sandbox_address(name)
        narrator.fact(f"sandbox {name}", urls[name])
    return Partners(
        nhsa=told["nhsa"], alipay=told["alipay"], health_card=told["health_card"], urls=urls
    )


def _environment(folder: Path) -> dict[str, str]:
    port = free_port()
    values = {
        "database_url": f"sqlite:///{folder / 'wallet.db'}",
        "key_file": str(folder / "keys.json"),
        "integration_settings": str(folder / "integrations.json"),
        "public_origin": f"http://127.0.0.1:{port}",
        "port": str(port),
        "demo_login": "true",
        "drain_seconds": "0",
    }
    return {PREFIX + name.upper(): value for name, value in values.items()}


def _settings(environment: dict[str, str]) -> Settings:
    values = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items()}
    return Settings.model_validate(values)


async def _seed(settings: Settings, partners: Partners) -> tuple[Onboarded, Onboarded]:
    registry = open_registry(settings)
    services = compose(settings, clock=SystemClock(), keys=load_keys(settings), registry=registry)
    try:
        await migrate.upgrade(services.basis.database.engine)
        hospital = await region.onboard(services, registry, partners, region.HOSPITAL, 0)
        pharmacy = await region.onboard(services, registry, partners, region.PHARMACY, 1)
    finally:
        await services.close()
    return hospital, pharmacy


async def _operator(settings: Settings) -> str:
    """
    Return a one-time token with which somebody becomes the demonstration's operator.
    """
    registry = open_registry(settings)
    services = compose(settings, clock=SystemClock(), keys=load_keys(settings), registry=registry)
    administration = services.people.operators.administration
    try:
        issued = await administration.add("operator", display="演示运营员", role=Role.OPERATOR)
    except NameTakenError:
        issued = await administration.reset("operator")
    finally:
        await services.close()
    return issued.token


def _serve(processes: Processes, settings: Settings, hospital: Onboarded) -> None:
    token = asyncio.run(_operator(settings))
    click.echo()
    click.secho(f"Serving {settings.public_origin} (Ctrl-C ends)", bold=True)
    click.echo(
        f"    resident's pages: {settings.public_origin}/ (sign in as {LI.name}, {LI.number})"
    )
    click.echo(
        f"    operator's pages: {settings.public_origin}/operator/enrol (one-time token {token})"
    )
    click.echo(f"    desk: {settings.public_origin}/desk/enrol#{hospital.tokens['browser']}")
    click.echo(f"    interface: {settings.public_origin}/openapi")
    while processes.alive():
        time.sleep(0.5)
    raise click.ClickException("a process ended by itself; see its log in the folder above")
