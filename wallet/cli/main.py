"""
``fusion-wallet``: the group of all commands.
"""

import importlib
import signal
from types import FrameType
from typing import Any

import click

from wallet import failpoints
from wallet.cli.telling import plainly

COMMANDS = {
    "demo": "wallet.cli.demo.command",
    "serve": "wallet.cli.serve",
    "worker": "wallet.cli.worker",
    "migrate": "wallet.cli.migrate",
    "distribute": "wallet.cli.distribute",
    "sandbox": "wallet.cli.sandbox",
    "keys": "wallet.cli.keys",
    "parties": "wallet.cli.parties",
    "residents": "wallet.cli.residents",
    "operators": "wallet.cli.operators",
    "work": "wallet.cli.work",
    "clock": "wallet.cli.clock",
    "restored": "wallet.cli.restored",
    "openapi": "wallet.cli.openapi",
    "bench": "wallet.cli.bench",
    "conformance": "wallet.cli.conformance",
}


def _later(_number: int, _frame: FrameType | None) -> None:
    """
    Do nothing; not `SIG_IGN`, which the server's processes would inherit.
    """


class LazyGroup(click.Group):
    """
    Imports a command's module when the command is asked for.
    """

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever a command returns
        """
        Run a command; a fault of its surroundings is told in a line.

        Raises:
            click.ClickException: a setting or the database is of no use; says why.
        """
        with plainly():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """
        Find the command that is to be run.
        """
        if args[:1] == ["serve"]:  # a reload while it starts must not end it; what it reads is new
            signal.signal(signal.SIGHUP, _later)
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """
        Return the commands in the order of `COMMANDS`.
        """
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """
        Return one command.
        """
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        command: click.Command = module.command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fusion-wallet")
def main() -> None:
    """
    One rotating code per resident: health card, insurance settlement, payment.
    """
    failpoints.arm_from_environment()
