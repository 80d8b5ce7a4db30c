"""The first calls of the README, as a newcomer types them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from wallet.cli.demo.ports import free_port

_README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"## First calls\n.*?```sh\n(.*?)```", re.DOTALL)
_SECONDS = 180
_AT_THE_END = "trap 'kill $(jobs -p); wait' EXIT\n"


@pytest.mark.slow
def test_first_calls(tmp_path):
    """
    Typed in a folder of their own, with another port, they end in the answer that the page names.
    """
    port = free_port()
    (typed,) = _BLOCK.findall(_README.read_text())
    called = f"parties call --origin http://127.0.0.1:{port}"
    typed = typed.replace(":8000", f":{port}").replace("parties call", called)
    activate = tmp_path / ".venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
    done = subprocess.run(  # noqa: S603 - the page's own words
        ["bash", "-euc", _AT_THE_END + typed],  # noqa: S607 - what a newcomer has
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "FUSION_WALLET_PORT": str(port),
            "FUSION_WALLET_PUBLIC_ORIGIN": f"http://127.0.0.1:{port}",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )

    assert "400\n" in done.stdout, done.stdout + done.stderr
    assert '"code":"CODE_MALFORMED"' in done.stdout
    assert done.stdout.count("trm_") == 0  # kept in a variable
