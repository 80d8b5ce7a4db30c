"""The server and the worker as real processes: they count, and they stop in good order."""

import json
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures.processes import PATIENCE_SECONDS, fetched, process, within
from wallet.cli.demo.ports import free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def url(sqlite_url):
    """
    Processes are the same on both kinds of databases; one is enough.
    """
    return sqlite_url


class TestServer:
    def test_counts_together(self, deployment):
        """
        One page shows what all processes of a server counted; a free port is of no use to two.
        """
        port, inner = free_port(), free_port()
        with process(deployment, "serve", port=port, metrics_port=inner, workers=2):
            within(PATIENCE_SECONDS, lambda: fetched(port, "/livez"))
            for _ in range(20):
                fetched(port, "/livez")
            line = 'fusion_wallet_requests_total{method="GET",route="/livez",status="200"} '

            def counted():
                text = fetched(inner, "/metrics")
                return line in text and float(text.split(line)[1].split("\n")[0]) >= 21

            shown = within(5, counted)

        assert shown

    def test_port_of_metrics_taken(self, deployment):
        """
        A server whose inner port is taken says so and does not start.
        """
        with socket.create_server(("127.0.0.1", 0)) as taken:
            inner = taken.getsockname()[1]
            with process(deployment, "serve", port=0, metrics_port=inner) as (child, log):
                code = child.wait(PATIENCE_SECONDS)

        assert (1, True) == (code, "is taken" in log.read_text())

    def test_open_integrations_file(self, deployment):
        """
        A server does not start while others may read the partners' keys.
        """
        file = deployment.folder / "integrations.json"
        file.write_text("{}")
        file.chmod(0o644)
        with process(deployment, "serve", port=free_port()) as (child, log):
            code = child.wait(PATIENCE_SECONDS)

        assert (1, True) == (code, "chmod 0400" in log.read_text())

    def test_a_reload_while_it_starts(self, deployment):
        """
        SIGHUP ends no server that is starting: what it reads is new anyway.
        """
        port = free_port()
        with process(deployment, "serve", port=port) as (child, _log):
            maps = Path(f"/proc/{child.pid}/maps")
            within(PATIENCE_SECONDS, lambda: "granian" in maps.read_text())
            child.send_signal(signal.SIGHUP)
            answered = within(
                PATIENCE_SECONDS, lambda: child.poll() is not None or fetched(port, "/livez")
            )

        assert '{"status":"ok"}' == answered


class TestWorker:
    def test_counts_and_stops(self, deployment):
        """
        A worker shows its page, sees to its duties, and ends when it is asked to.
        """
        inner = free_port()
        deployment.told("parties", "create", "--name", "H", "--kind", "hospital")
        with process(deployment, "worker", metrics_port=inner) as (child, log):
            within(PATIENCE_SECONDS, lambda: "worker ready" in log.read_text())
            page = fetched(inner, "/metrics")
            child.send_signal(signal.SIGTERM)
            code = child.wait(30)
        faults = [
            line for line in log.read_text().splitlines() if line[0] == "{" and _is_fault(line)
        ]

        assert (0, True, []) == (code, "fusion_wallet_settlement_steps" in page, faults)

    def test_that_was_before_the_tables(self, deployment):
        """
        A worker that begins before the database has tables takes up its duties once it has them.
        """
        path = deployment.folder / "late.db"
        address = f"sqlite:///{path}"

        def taken():
            with closing(sqlite3.connect(path)) as database:
                (count,) = database.execute("select count(*) from work_items").fetchone()
            return count

        with process(deployment, "worker", database_url=address) as (_child, log):
            within(PATIENCE_SECONDS, lambda: "duties not scheduled" in log.read_text())
            deployment.told("migrate", env={"FUSION_WALLET_DATABASE_URL": address})
            assert within(30, taken)


def _is_fault(line):
    return json.loads(line)["level"] == "error"
