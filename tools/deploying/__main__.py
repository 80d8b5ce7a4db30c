"""
``make check-deploy``: rules and their tests, units, container file, compose file, scripts.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.debian.unpacking import PLACE
from tools.javascript.places import ROOT

DEPLOY: Final = ROOT / "deploy"
_PROMTOOL: Final = str(PLACE / "usr" / "bin" / "promtool")
_HADOLINT: Final = str(ROOT / ".venv" / "deploy" / "bin" / "hadolint")
_WALLET: Final = "/opt/fusion-wallet"


def main() -> None:
    """
    Run every check; say which there was no program for.
    """
    failed = 0
    for name, command, folder in _checks():
        if shutil.which(command[0]) is None:
            print(f"not checked: {name}: there is no {command[0]}")
            continue
        done = subprocess.run(  # noqa: S603 - our own files, fixed programs
            command, cwd=folder, capture_output=True, text=True, check=False
        )
        print(f"{'ok' if done.returncode == 0 else 'WRONG'}: {name}")
        if done.returncode:
            failed += 1
            print(done.stdout + done.stderr)
    sys.exit(1 if failed else 0)


def _checks() -> Iterator[tuple[str, list[str], Path]]:
    prometheus = DEPLOY / "prometheus"
    yield "rules", [_PROMTOOL, "check", "rules", "wallet.rules.yml"], prometheus
    yield "tests of rules", [_PROMTOOL, "test", "rules", "wallet.rules.test.yml"], prometheus
    yield "what is scraped", [_PROMTOOL, "check", "config", "prometheus.yml"], prometheus
    yield "container file", [_HADOLINT, "Containerfile"], DEPLOY / "container"
    schema = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"]
    yield "compose file", [sys.executable, *schema], DEPLOY / "container"
    for script in sorted((DEPLOY / "backup").glob("*.sh")):
        yield script.name, ["sh", "-n", script.name], script.parent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        units = [_there(unit, folder) for unit in sorted((DEPLOY / "systemd").iterdir())]
        yield "units", ["systemd-analyze", "verify", "--man=no", *units], folder


def _there(unit: Path, folder: Path) -> str:
    """
    Return a copy of a unit whose programs exist here.
    """
    (folder / "bin").mkdir(exist_ok=True)
    program = folder / "bin" / "python"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = folder / unit.name
    copy.write_text(unit.read_text().replace(f"{_WALLET}/bin", str(folder / "bin")))
    return str(copy)


if __name__ == "__main__":
    main()
