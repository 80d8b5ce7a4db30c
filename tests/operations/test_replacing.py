"""A server is replaced while it is used, and stops in good order."""

import asyncio
import signal
import socket
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.fixtures.callers_at_work import Callers
from tests.fixtures.processes import (
    BODY,
    PATIENCE_SECONDS,
    REQUEST,
    fetched,
    listening,
    process,
    within,
)
from wallet.cli.demo.ports import free_port

pytestmark = pytest.mark.slow


async def replaced(child, log, port):
    """
    Have the processes of a server replaced while it is used; return who used it.
    """
    async with Callers(port).at_work() as callers:
        await asyncio.sleep(0.3)
        child.send_signal(signal.SIGHUP)
        seen = lambda: "process replaced" in log.read_text()  # noqa: E731
        await asyncio.to_thread(within, PATIENCE_SECONDS, seen)
        before = callers.told.total()
        seen = lambda: callers.told.total() >= before + 10  # noqa: E731
        await asyncio.to_thread(within, PATIENCE_SECONDS, seen)
    return callers


def ended(child, port):
    """
    Ask a server to end while a page listens and a request is half sent; return what both got.
    """
    with (
        listening(port) as page,
        socket.create_connection(("127.0.0.1", port)) as connection,
    ):
        connection.sendall(REQUEST + BODY[:5])
        connection.settimeout(10)
        child.send_signal(signal.SIGTERM)
        told = b"".join(iter(lambda: page.recv(65_536), b""))
        connection.sendall(BODY[5:])
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    return told, answer


def installed(folder, release):
    """
    Make a folder of its own for a release whose every process notes which one it is.
    """
    here = folder / release
    packages = here / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (here / "bin").mkdir()
    (here / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (here / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")
    (packages / "noting.pth").write_text(f"{sysconfig.get_path('purelib')}\nimport noting\n")
    (packages / "noting.py").write_text(
        f"open({str(folder / 'started')!r}, 'a').write('{release} ')\n"
    )
    return here


class TestRelease:
    def test_is_the_one_that_is_linked_by_then(self, deployment, tmp_path):
        """
        A reload starts the release that the folder's link names now, as the units ask for it.
        """
        deployment.told("migrate")
        started, link, port = tmp_path / "started", tmp_path / "wallet", free_port()
        link.symlink_to(installed(tmp_path, "old"))
        python = str(link / "bin" / "python")
        with process(deployment, "serve", python, port=port, drain_seconds=0) as (child, log):
            within(PATIENCE_SECONDS, lambda: fetched(port, "/readyz"))
            before = started.read_text().split()
            link.unlink()
            link.symlink_to(installed(tmp_path, "new"))
            child.send_signal(signal.SIGHUP)
            within(PATIENCE_SECONDS, lambda: "process replaced" in log.read_text())
        after = started.read_text().split()[len(before) :]

        assert ({"old"}, {"new"}) == (set(before), set(after))


class TestServer:
    def test_is_replaced_and_ends(self, deployment):
        """
        Nobody notices that processes are replaced; a stop answers what is under way, and ends.

        Who is to end says so first, and lets kept connections go; a page that listens is let go.
        """
        deployment.told("migrate")
        port = free_port()
        settings = {"port": port, "demo_login": "true", "drain_seconds": 1, "log_level": "info"}
        with process(deployment, "serve", **settings) as (child, log):
            within(PATIENCE_SECONDS, lambda: fetched(port, "/readyz"))
            callers = asyncio.run(replaced(child, log, port))
            told, answer = ended(child, port)
            code = child.wait(PATIENCE_SECONDS)

        assert ({}, ["draining"], True) == (
            callers.failures(),
            callers.failing,
            callers.closed > 0,
        )
        assert (b"HTTP/1.1 400", True, 0) == (answer[:12], told.endswith(b"0\r\n\r\n"), code)
