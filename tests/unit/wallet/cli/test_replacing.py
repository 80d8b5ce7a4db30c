"""What a server does with a process that is to replace another one."""

import subprocess

import pytest
from granian.constants import Interfaces

from wallet.cli import replacing
from wallet.cli.replacing import Server

# says when it can be told things; ends well when asked to, if it was told before
PROGRAM = "trap 'told=1' USR1; trap '[ $told ]; exit' TERM; echo up; while :; do sleep 0.02; done"


class Child:
    """
    Stands for a process of the server that has ended; `at_start` is what it does when it starts.
    """

    def __init__(self, *, at_start=lambda: None):
        self.at_start = at_start
        self.interrupt_by_parent = False

    def start(self):
        self.at_start()

    def is_alive(self):
        return False


class LivingChild(Child):
    """
    A real process that goes on until it is ended.
    """

    def __enter__(self):
        self.inner = subprocess.Popen(["sh", "-c", PROGRAM], stdout=subprocess.PIPE)  # noqa: S603, S607
        self.inner.stdout.readline()
        return self

    def __exit__(self, *_):
        self.inner.kill()
        self.inner.wait()
        self.inner.stdout.close()

    def is_alive(self):
        return self.inner.poll() is None

    def terminate(self):
        self.inner.terminate()

    def kill(self):
        self.inner.kill()

    def join(self, timeout=None):
        self.inner.wait(timeout)


@pytest.fixture
def server():
    """
    A server that has one process, which has ended; it is not started.
    """
    server = Server(
        target="nowhere:nothing",
        drain_seconds=0.1,
        interface=Interfaces.ASGI,
        workers_kill_timeout=10,
    )
    server.wrks = [Child()]
    return server


class TestReplacing:
    def test_one_that_ends_before_it_is_ready(self, server):
        """
        A new process that ends is given up; the old one stays, and the server does not end.
        """
        old, fresh = server.wrks[0], Child()
        server._spawn_worker = lambda **_: fresh
        server._respawn_workers([0], None, None)

        assert ([old], True) == (server.wrks, fresh.interrupt_by_parent)

    def test_one_that_does_not_get_ready(self, server, monkeypatch):
        """
        One that takes too long is told that it will end, and may end what it has begun.
        """
        monkeypatch.setattr(replacing, "READY_SECONDS", 0.1)
        old = server.wrks[0]
        with LivingChild() as fresh:
            server._spawn_worker = lambda **_: fresh
            server._respawn_workers([0], None, None)

            assert ([old], 0) == (server.wrks, fresh.inner.returncode)

    def test_one_that_gets_ready(self, server):
        """
        One that says it is ready takes the old one's place, and from then on its end matters.
        """
        with LivingChild(at_start=server._signs.ready.set) as fresh:
            server._spawn_worker = lambda **_: fresh
            server._respawn_workers([0], None, None)

            assert ([fresh], False, True) == (
                server.wrks,
                fresh.interrupt_by_parent,
                fresh.is_alive(),
            )

    def test_a_stop_meanwhile(self, server):
        """
        A server that is asked to end does not wait for the new process.
        """
        old = server.wrks[0]
        with LivingChild() as fresh:
            server._spawn_worker = lambda **_: fresh
            server.signal_handler_interrupt()
            server._respawn_workers([0], None, None)

            assert ([old], 0) == (server.wrks, fresh.inner.returncode)
