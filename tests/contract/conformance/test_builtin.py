"""
The conformance suite over every integration that comes with the wallet.
"""

import importlib.util
from pathlib import Path

import pytest

from integrations.builtin import builtin
from integrations.conformance import CHECKS, NoExhibitError, exhibit_of, run_by_name
from integrations.conformance.suite import examine

PLUGINS = {plugin.manifest.id: plugin for plugin in builtin()}


class TestConformance:
    @pytest.mark.parametrize(("name", "check"), CHECKS, ids=[name for name, _ in CHECKS])
    @pytest.mark.parametrize("integration_id", PLUGINS)
    async def test_of(self, integration_id, name, check):
        """
        Each integration passes each check, or the check does not apply by its manifest.
        """
        plugin = PLUGINS[integration_id]

        finding = await examine(name, check, plugin, exhibit_of(plugin))

        assert "failed" != finding.status, finding.detail


class TestRunByName:
    async def test_unknown(self):
        """
        An integration that is not there is named.
        """
        with pytest.raises(NoExhibitError, match="nothing: no such integration"):
            await run_by_name(builtin(), "nothing")

    async def test_report(self):
        """
        A report names the integration, each check and the verdict.
        """
        report = await run_by_name(builtin(), "health_card")

        lines = report.render().splitlines()
        assert report.passed
        assert len(CHECKS) + 1 == len(lines)
        assert "health_card: conforms" == lines[-1]


class TestPlugin:
    @pytest.mark.parametrize("integration_id", PLUGINS)
    def test_never_imports_its_sandbox(self, integration_id):
        """
        Importing a plugin imports neither its sandbox nor the conformance suite.
        """
        package = type(PLUGINS[integration_id]).__module__.rpartition(".")[0]
        folder = importlib.util.find_spec(package).submodule_search_locations[0]
        sources = {
            path.name: path.read_text()
            for path in Path(folder).glob("*.py")
            if not path.name.startswith("exhibit")
        }

        guilty = [
            name
            for name, text in sources.items()
            if f"{package}.sandbox" in text or "integrations.conformance" in text
        ]

        assert [] == guilty
