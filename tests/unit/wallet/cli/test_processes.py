"""The server and the worker as real processes: they count, and they stop in good order."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.fixtures.servers import free_port

PATIENCE_SECONDS = 40
BODY = b'{"token": "fwe_x"}'
PERSON = json.dumps(
    {"name": "李明", "document_type": "id_card", "document_number": "440104198807213314"}
).encode()
REQUEST = (
    b"POST /v1/terminals/enrol HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY)
)

pytestmark = pytest.mark.slow


def fetched(port, path, body=None):
    headers = {"content-type": "application/json"} if body else {}
    request = Request(f"http://127.0.0.1:{port}{path}", data=body, headers=headers)
    with urlopen(request, timeout=5) as response:  # noqa: S310 - our own
        return response.read().decode()


def within(seconds, attempt):
    """
    Return what an attempt gives as soon as it gives something.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            found = attempt()
        except (URLError, ConnectionError, TimeoutError):  # it may listen before it answers
            found = None
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(seconds)


@contextmanager
def listening(port):
    """
    Open a page's stream of what happens, and wait until it has begun.
    """
    token = json.loads(fetched(port, "/v1/demo/sessions", PERSON))["token"]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(10)
        asked = (
            f"GET /code/events HTTP/1.1\r\nHost: w\r\nConnection: close\r\nCookie: session={token}"
        )
        connection.sendall(f"{asked}\r\n\r\n".encode())
        while b"event: time" not in connection.recv(65_536):
            pass
        yield connection


@contextmanager
def process(deployment, command, **settings):
    """
    Run a command in a process of its own, its output in a file.
    """
    log = deployment.folder / f"{command}.log"
    environment = {f"FUSION_WALLET_{name.upper()}": str(value) for name, value in settings.items()}
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "wallet", command],
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield child, log
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait(PATIENCE_SECONDS)


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

    def test_ends_what_it_began(self, deployment):
        """
        Asked to stop, a server answers the request it is in, takes no other, and ends.

        A page that listens does not keep it.
        """
        port = free_port()
        with process(deployment, "serve", port=port, demo_login="true") as (child, _log):
            within(PATIENCE_SECONDS, lambda: fetched(port, "/livez"))
            with (
                listening(port) as page,
                socket.create_connection(("127.0.0.1", port)) as connection,
            ):
                connection.sendall(REQUEST + BODY[:5])
                time.sleep(0.3)
                child.send_signal(signal.SIGTERM)
                told = b"".join(iter(lambda: page.recv(65_536), b""))
                time.sleep(0.5)
                connection.sendall(BODY[5:])
                connection.settimeout(10)
                answer = b"".join(iter(lambda: connection.recv(65_536), b""))
            code = child.wait(30)

        assert (b"HTTP/1.1 400", 0) == (answer[:12], code)
        assert told.endswith(b"0\r\n\r\n")

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


def _is_fault(line):
    return json.loads(line)["level"] == "error"
