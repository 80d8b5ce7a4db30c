"""
``fusion-wallet conformance ID``: hold an integration to the contract.
"""

import asyncio

import click

from integrations import conformance
from wallet.cli.composition import plugins


@click.command("conformance")
@click.argument("integration_id", metavar="ID")
def command(integration_id: str) -> None:
    """
    Hold one integration, shipped or installed, to the contract against its own sandbox.
    """
    report = asyncio.run(conformance.run_by_name(plugins((integration_id,)), integration_id))
    click.echo(report.render())
    if not report.passed:
        raise SystemExit(1)
