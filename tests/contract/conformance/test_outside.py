"""
An integration that lives outside the tree: built, installed, loaded by name, examined.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from integrations.conformance import Clock, exhibit_of, run
from integrations.loader import installed, load
from integrations.registry import open_integrations
from integrations.spi import Environment, Purpose, Scene, Valid, ValidateRequest

SOURCE = Path(__file__).parents[2] / "plugins" / "demo_library_card"
NAME = "demo_library_card"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """
    A folder into which the package was installed, as a deployment would install it.
    """
    folder = tmp_path_factory.mktemp("outside")
    source = shutil.copytree(SOURCE, folder / "source")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check"]
    command += ["--target", str(folder / "site"), str(source)]
    subprocess.run(command, check=True, timeout=50)  # noqa: S603 - our own command
    return folder / "site"


@pytest.fixture
def importable(site, monkeypatch):
    monkeypatch.syspath_prepend(str(site))
    yield
    for module in [name for name in sys.modules if name.split(".")[0] == NAME]:
        del sys.modules[module]


@pytest.mark.usefixtures("importable")
class TestOutside:
    def test_is_not_imported_unasked(self):
        """
        Installed is not loaded.
        """
        assert NAME in installed()
        assert NAME not in sys.modules

    async def test_conforms(self):
        """
        It passes the same suite as those that come with the wallet.
        """
        (plugin,) = load([NAME])

        report = await run(plugin, exhibit_of(plugin))

        assert report.passed, report.render()

    async def test_answers(self):
        """
        It is opened and asked like any other.
        """
        (plugin,) = load([NAME])
        exhibit = exhibit_of(plugin)
        clock = Clock()
        async with exhibit.start(clock) as stage:
            settings = stage.settings("")
        registry = open_integrations(
            [plugin],
            lambda _manifest: Environment(
                settings=settings, now=clock, token=bytes, observe=lambda _exchange: None
            ),
        )

        verdict = await registry.get(NAME).validate(
            ValidateRequest(
                subject="L000001",
                purpose=Purpose.IDENTIFICATION,
                scene=Scene.CONSULTATION,
                party=stage.party(""),
                now=clock(),
            )
        )

        assert Valid({"card": "L000001", "until": "2026-02-04"}) == verdict
