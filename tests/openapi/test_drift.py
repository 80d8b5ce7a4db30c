"""What is committed under openapi/ is what the code says now."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from wallet.cli.documenting import document_bytes, example_files
from wallet.cli.main import main

PLACE = Path(__file__).parents[2] / "openapi"


class TestDrift:
    def test_document(self):
        """
        The committed document is the generated one; `make openapi` makes it so.
        """
        assert document_bytes() == (PLACE / "wallet.v1.json").read_bytes()

    def test_what_is_served(self, town):
        """
        A running wallet serves the committed bytes.
        """

        async def fetched():
            async with town.client() as client:
                return await client.get("/openapi/openapi.json")

        assert (PLACE / "wallet.v1.json").read_bytes() == town.run(fetched()).content

    def test_examples(self):
        """
        The committed examples are those of the document, and no more.
        """
        committed = {path.name: path.read_bytes() for path in (PLACE / "examples").iterdir()}

        assert example_files() == committed


class TestCommand:
    def test_is_independent_of_the_environment(self, tmp_path):
        """
        Neither settings, nor time zone, nor the seed of hashes, nor the folder changes a byte.
        """
        environment = {
            **os.environ,
            "FUSION_WALLET_DATABASE_URL": "nonsense",
            "FUSION_WALLET_PUBLIC_ORIGIN": "https://elsewhere.example",
            "FUSION_WALLET_PORT": "nonsense",
            "PYTHONHASHSEED": "7",
            "PYTHONPATH": str(PLACE.parent),
            "TZ": "Asia/Shanghai",
        }
        done = subprocess.run(
            [sys.executable, "-m", "wallet", "openapi"],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            check=True,
            timeout=50,
        )

        assert document_bytes() == done.stdout
        assert [] == list(tmp_path.iterdir())

    def test_write_then_check(self, tmp_path, monkeypatch):
        """
        What was written passes; a changed document, a changed and a left-over example do not.
        """
        monkeypatch.chdir(tmp_path)
        run = CliRunner().invoke
        examples = tmp_path / "openapi" / "examples"

        assert 1 == run(main, ["openapi", "--check"]).exit_code
        assert 0 == run(main, ["openapi", "--write"]).exit_code
        assert 0 == run(main, ["openapi", "--check"]).exit_code

        (examples / "resolve.json").write_bytes(b"{}")
        (examples / "gone.json").write_bytes(b"{}")
        refused = run(main, ["openapi", "--check"])

        assert 1 == refused.exit_code
        assert "openapi/examples/gone.json, openapi/examples/resolve.json" in refused.output
        assert 0 == run(main, ["openapi", "--write"]).exit_code
        assert not (examples / "gone.json").exists()
