"""
A server whose processes are replaced one by one, with no request lost (decision 0025).

Beside what granian does by itself: all processes listen on one socket, which the parent holds, so
that no connection waits in a queue that is thrown away; a new process has to be ready before an
old one is asked to end, and one that does not get ready is given up while the old one stays; and
whoever is to end says so for a while before it listens no more.
"""

import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from multiprocessing.synchronize import Event
from typing import Any, Final

import click
import structlog
from granian.net import SocketSpec  # type: ignore[attr-defined] # not listed, and theirs
from granian.server import MPServer
from litestar import Litestar
from msgspec import Struct

from wallet.cli.telling import plainly

READY_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.1

_Opaque = Any  # granian does not say
_log = structlog.get_logger("wallet.cli")


class Signs(Struct, frozen=True):
    """
    What a new process tells its parent.

    Attributes:
        begun: it can take connections.
        ready: it should get traffic.
    """

    begun: Event
    ready: Event


class Loader(Struct, frozen=True):
    """
    What a new process is handed to make its application.

    Attributes:
        target: ``module:function`` that makes it; looked up there, so that a new program is met.
        signs: what it tells its parent by.
    """

    target: str
    signs: Signs

    def __call__(self) -> Litestar:
        """
        Make it.

        Raises:
            SystemExit: a setting or file is of no use; that was told.
        """
        module, _, name = self.target.partition(":")
        make = getattr(import_module(module), name)
        try:
            with plainly():
                return make(self.signs)  # type: ignore[no-any-return]
        except click.ClickException as fault:
            fault.show()
            sys.exit(fault.exit_code)


class Server(MPServer):
    """
    Granian with the three differences; SIGHUP has its processes replaced.

    Args:
        drain_seconds: how long a process says that it is about to end before it does.
        given: granian's own.
    """

    def __init__(self, *, drain_seconds: float, **given: Any) -> None:  # noqa: ANN401
        super().__init__(**given)
        self._drain_seconds = drain_seconds
        spawning = multiprocessing.get_context("spawn")
        self._signs = Signs(begun=spawning.Event(), ready=spawning.Event())

    def answer(self) -> None:
        """
        Serve until asked to end.
        """
        self.serve(target_loader=Loader(self.target, self._signs), wrap_loader=False)

    def _init_shared_socket(self) -> None:
        # what granian does itself where sockets cannot share a port among processes
        try:
            held: _Opaque = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        except RuntimeError as fault:  # as theirs says whatever the system says, with a trace
            why = str(fault).partition("\n")[0]
            raise click.ClickException(f"{self.bind_addr}:{self.bind_port}: {why}") from None
        self._ssp, self._shd, self._sfd = None, held, held.get_fd()
        self._sso = socket.socket(fileno=self._sfd)
        self._sso.set_inheritable(True)

    def _spawn_workers(self, spawn_target: _Opaque, target_loader: _Opaque) -> None:
        """
        Listen only once a process can take connections; until then a balancer is to go elsewhere.
        """
        spawn: _Opaque = super()._spawn_workers
        spawn(spawn_target, target_loader)
        held: _Opaque = self._sso
        while not self.main_loop_interrupt.is_set():
            if self._signs.begun.wait(_LOOK_SECONDS):
                held.listen(self.backlog)
                return

    def _respawn_workers(
        self,
        workers: Sequence[int],
        spawn_target: _Opaque,
        target_loader: _Opaque,
        delay: float = 0,
    ) -> None:
        """
        Replace processes one by one; stop at the first that does not get ready, and end it too.
        """
        del delay
        for number in workers:
            self._signs.ready.clear()
            fresh: _Opaque = self._spawn_worker(
                idx=number, target=spawn_target, callback_loader=target_loader
            )
            fresh.interrupt_by_parent = True  # so far its end concerns nobody
            fresh.start()
            if not self._gets_ready(fresh):
                self._end([fresh])  # it may have taken requests since it began
                _log.error("process not replaced", reason="the new one did not get ready")
                return
            fresh.interrupt_by_parent = False
            old, self.wrks[number] = self.wrks[number], fresh
            self._end([old])
            _log.info("process replaced")

    def _gets_ready(self, fresh: _Opaque) -> bool:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and fresh.is_alive() and not self.interrupt_signal:
            if self._signs.ready.wait(_LOOK_SECONDS):
                return True
        return False

    def _stop_workers(self) -> None:
        self._end(self.wrks)
        self.wrks.clear()

    def _end(self, processes: Sequence[_Opaque]) -> None:
        """
        Let processes say that they are about to end, then end them, all side by side.
        """
        living = [each for each in processes if each.is_alive()]
        for each in living:
            each.interrupt_by_parent = True
            os.kill(each.inner.pid, signal.SIGUSR1)
        if living:
            time.sleep(self._drain_seconds)
        for each in living:
            each.terminate()
        until = time.monotonic() + (self.workers_kill_timeout or 0)
        for each in living:
            each.join(max(until - time.monotonic(), 0.001))
            if each.is_alive():
                _log.warning("process cut off")
                each.kill()
                each.join()
