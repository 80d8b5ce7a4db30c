"""Counters, and the inner port that shows them."""

import os
import subprocess
import sys
from urllib.request import urlopen

import pytest

from wallet.cli.demo.ports import free_port
from wallet.http.metrics import Metrics, gathered, serve_metrics

_COUNT = "from wallet.http.metrics import Metrics; Metrics().resolve('accepted')"


def shown(registry):
    port = free_port()
    end = serve_metrics(port, registry)
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
            return response.read().decode()
    finally:
        end()


class TestMetrics:
    def test_shows_what_was_counted(self):
        """
        Resolves, verdicts, calls, steps, breakers and requests are counted under closed labels.
        """
        metrics = Metrics()
        metrics.resolve("accepted")
        metrics.verdict("nhsa", "unavailable", 0.3)
        metrics.call("nhsa", "failed", 0.3)
        metrics.call("nhsa", "held_back", 0.0)
        metrics.settlement("insuring", "unknown", entered=False)
        metrics.breaker("nhsa", "open")
        metrics.request("BREW", "/livez", 405, 0.001)
        text = shown(metrics.registry)

        for line in (
            'fusion_wallet_resolves_total{outcome="accepted"} 1.0',
            'fusion_wallet_verdicts_total{integration="nhsa",outcome="unavailable"} 1.0',
            'fusion_wallet_verdict_seconds_count{integration="nhsa"} 1.0',
            'fusion_wallet_calls_total{integration="nhsa",outcome="held_back"} 1.0',
            'fusion_wallet_call_seconds_count{integration="nhsa"} 1.0',
            'fusion_wallet_settlement_steps_total{phase="insuring",status="unknown"} 1.0',
            'fusion_wallet_breaker_changes_total{integration="nhsa",state="open"} 1.0',
            'fusion_wallet_requests_total{method="other",route="/livez",status="405"} 1.0',
        ):
            assert line in text

    def test_two_applications_count_apart(self):
        """
        Counters belong to one application.
        """
        Metrics().resolve("accepted")

        assert 'outcome="accepted"' not in shown(Metrics().registry)


class TestGathered:
    def test_several_processes(self, tmp_path):
        """
        What several processes counted is shown as one number, of processes that ended too.
        """
        environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        for _ in range(2):
            subprocess.run([sys.executable, "-c", _COUNT], env=environment, check=True)  # noqa: S603 - our own words

        assert 'fusion_wallet_resolves_total{outcome="accepted"} 2.0' in shown(gathered(tmp_path))


class TestServeMetrics:
    def test_port_taken(self):
        """
        A port that somebody listens on is a fault.
        """
        port = free_port()
        end = serve_metrics(port, Metrics().registry)

        with pytest.raises(OSError, match="in use"):
            serve_metrics(port, Metrics().registry)
        end()
