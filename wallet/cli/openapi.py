"""
``fusion-wallet openapi``: the document that is committed under ``openapi/``.
"""

from pathlib import Path

import click

from wallet.cli.documenting import document_bytes

PLACE = Path("openapi/wallet.v1.json")


@click.command("openapi")
@click.option("--write", is_flag=True, help="Write the document.")
@click.option("--check", is_flag=True, help="Fail when the committed document has drifted.")
def command(*, write: bool, check: bool) -> None:
    """
    Print, write or check the OpenAPI document.
    """
    document = document_bytes()
    if write:
        PLACE.write_bytes(document)
        click.echo(f"wrote {PLACE}")
    elif check:
        if not PLACE.exists() or PLACE.read_bytes() != document:
            raise click.ClickException(f"{PLACE} has drifted; run `make openapi`")
        click.echo(f"{PLACE} is up to date")
    else:
        click.echo(document.decode())
