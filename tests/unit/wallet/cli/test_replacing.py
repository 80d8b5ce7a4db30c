"""What a server does with a process that is to replace another one."""

import pytest
from granian.constants import Interfaces

from wallet.cli.replacing import Server


class Child:
    """
    Stands for a process of the server; `at_start` is what it does when it starts.
    """

    def __init__(self, *, alive, at_start=lambda: None):
        self.alive, self.at_start = alive, at_start
        self.interrupt_by_parent = False
        self.killed = False

    def start(self):
        self.at_start()

    def is_alive(self):
        return self.alive

    def kill(self):
        self.killed = True

    def join(self, timeout=None):
        pass


@pytest.fixture
def server():
    """
    A server that has one process, which has ended; it is not started.
    """
    server = Server(target="nowhere:nothing", drain_seconds=0, interface=Interfaces.ASGI)
    server.wrks = [Child(alive=False)]
    return server


class TestReplacing:
    def test_one_that_ends_before_it_is_ready(self, server):
        """
        A new process that ends is given up; the old one stays, and the server does not end.
        """
        old, fresh = server.wrks[0], Child(alive=False)
        server._spawn_worker = lambda **_: fresh
        server._respawn_workers([0], None, None)

        assert ([old], True, True) == (server.wrks, fresh.killed, fresh.interrupt_by_parent)

    def test_one_that_gets_ready(self, server):
        """
        One that says it is ready takes the old one's place, and from then on its end matters.
        """
        fresh = Child(alive=True, at_start=server._signs.ready.set)
        server._spawn_worker = lambda **_: fresh
        server._respawn_workers([0], None, None)

        assert ([fresh], False) == (server.wrks, fresh.interrupt_by_parent)

    def test_a_stop_meanwhile(self, server):
        """
        A server that is asked to end does not wait for the new process.
        """
        old, fresh = server.wrks[0], Child(alive=True)
        server._spawn_worker = lambda **_: fresh
        server.signal_handler_interrupt()
        server._respawn_workers([0], None, None)

        assert ([old], True) == (server.wrks, fresh.killed)
