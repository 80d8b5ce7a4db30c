"""
``fusion-wallet openapi``: the document that is committed under ``openapi/``, and its examples.
"""

from pathlib import Path

import click

from wallet.cli.documenting import document_bytes, example_files

PLACE = Path("openapi/wallet.v1.json")
EXAMPLES = Path("openapi/examples")


@click.command("openapi")
@click.option("--write", is_flag=True, help="Write the document.")
@click.option("--check", is_flag=True, help="Fail when the committed document has drifted.")
def command(*, write: bool, check: bool) -> None:
    """
    Print, write or check the OpenAPI document.
    """
    if write:
        _write()
    elif check:
        _check()
    else:
        click.echo(document_bytes(), nl=False)


def _files() -> dict[Path, bytes]:
    return {
        PLACE: document_bytes(),
        **{EXAMPLES / name: content for name, content in example_files().items()},
    }


def _write() -> None:
    wanted = _files()
    EXAMPLES.mkdir(parents=True, exist_ok=True)
    for path in set(EXAMPLES.glob("*.json")) - set(wanted):
        path.unlink()
    for path, content in wanted.items():
        path.write_bytes(content)
    click.echo(f"wrote {PLACE} and {len(wanted) - 1} examples")


def _check() -> None:
    wanted = _files()
    drifted = {path for path, content in wanted.items() if not _holds(path, content)}
    drifted |= set(EXAMPLES.glob("*.json")) - set(wanted)
    if drifted:
        named = ", ".join(sorted(map(str, drifted)))
        raise click.ClickException(f"drifted: {named}; run `make openapi`")
    click.echo(f"{PLACE} is up to date")


def _holds(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content
