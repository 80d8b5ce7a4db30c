"""What is shipped for operators speaks of things that exist."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.ha.nodes import TEMPLATE
from wallet.app.standing import Standing
from wallet.settings import PREFIX, Settings

_ROOT = Path(__file__).parents[2]
_DEPLOY = _ROOT / "deploy"
_METRIC = re.compile(r"\b((?:fusion_wallet|patroni)_[a-z_]+)")
_ANCHOR = re.compile(r"^### (\w+)$", re.MULTILINE)
_VARIABLE = re.compile(rf"\b{PREFIX}[A-Z_]+")
_LOOKS = ("deploy/prometheus/wallet.rules.yml", "deploy/grafana/wallet.json", "docs/runbook.md")
# what Patroni 4 shows; `make test-ha` compares this with a real one
PATRONI = {"patroni_primary", "patroni_replica", "patroni_postgres_running"}


def rules():
    groups = yaml.safe_load((_DEPLOY / "prometheus" / "wallet.rules.yml").read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def named(path):
    return set(_METRIC.findall((_ROOT / path).read_text()))


@pytest.fixture
def shown(wallet):
    """
    The names on the pages of metrics of a server and a worker.
    """
    Standing(wallet.services)
    families = wallet.services.basis.metrics.registry.collect()
    names = set()
    for family in families:
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
        names |= {family.name + suffix for suffix in suffixes.get(family.type, ("",))}
        names.add(family.name)
    return names


@pytest.fixture
def url(sqlite_url):
    """
    Names are the same on both kinds of databases.
    """
    return sqlite_url


class TestMetrics:
    @pytest.mark.parametrize("path", _LOOKS)
    def test_exist(self, shown, path):
        """
        Every metric that rules, dashboard or runbook name is shown by a process.
        """
        unknown = named(path) - shown - PATRONI

        assert set() == unknown

    def test_gauges_are_watched(self):
        """
        What tells that money waits has an alert.
        """
        expressions = " ".join(rule["expr"] for rule in rules().values())
        waits = {"overdue_seconds", "unfinished_settlements", "review", "restored"}

        assert waits == {name for name in waits if f"fusion_wallet_{name}" in expressions}


class TestAlerts:
    def test_each_is_in_the_runbook(self):
        """
        Whoever is woken finds a section of that name; no section speaks of an alert that is none.
        """
        page = (_ROOT / "docs" / "runbook.md").read_text()
        section = page.split("\n## Alerts\n")[1].split("\n## ")[0]

        assert sorted(rules()) == sorted(_ANCHOR.findall(section))

    def test_each_says_how_urgent(self):
        """
        An alert wakes somebody or files a ticket, and says what is wrong.
        """
        for rule in rules().values():
            assert rule["labels"]["severity"] in {"page", "ticket"}
            assert rule["annotations"]["summary"]


class TestDashboard:
    def test_panels(self):
        """
        Each panel has a title of its own and asks something.
        """
        panels = json.loads((_DEPLOY / "grafana" / "wallet.json").read_text())["panels"]
        titles = [panel["title"] for panel in panels]

        assert len(titles) == len(set(titles))
        assert all(target["expr"] for panel in panels for target in panel["targets"])


class TestUnits:
    @pytest.mark.parametrize(
        "name", ["fusion-wallet-serve.service", "fusion-wallet-worker@.service"]
    )
    def test_leave_nothing_behind(self, name):
        """
        A unit ends every process of its own, in more time than they are given, and dumps no core.
        """
        lines = (_DEPLOY / "systemd" / name).read_text().splitlines()

        assert {"KillMode=control-group", "TimeoutStopSec=45", "LimitCORE=0"} <= set(lines)


class TestSettings:
    @pytest.mark.parametrize(
        "path",
        sorted(
            path
            for path in _DEPLOY.rglob("*")
            if path.is_file() and "nginx" not in path.parts and path.suffix != ".json"
        ),
        ids=lambda path: path.name,
    )
    def test_exist(self, path):
        """
        Every variable of ours that is set or read is a setting.
        """
        known = {PREFIX + name.upper() for name in Settings.model_fields}

        assert set() == set(_VARIABLE.findall(path.read_text())) - known


class TestPatroni:
    def test_keeps_what_was_answered(self):
        """
        A commit is answered once a standby has it, strictly; times fit each other.
        """
        given = yaml.safe_load(re.sub(r"\$\{\w+\}", "x", TEMPLATE.read_text()))
        given = given["bootstrap"]["dcs"]

        assert ("quorum", True, 1) == (
            given["synchronous_mode"],
            given["synchronous_mode_strict"],
            given["synchronous_node_count"],
        )
        assert "on" == given["postgresql"]["parameters"]["synchronous_commit"]
        assert given["loop_wait"] + 2 * given["retry_timeout"] <= given["ttl"] < 30
