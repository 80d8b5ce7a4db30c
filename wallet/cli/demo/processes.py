"""
The demonstration's processes: started, waited for, and ended by their own handle.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import click

_READY = re.compile(r"ready at (http://\S+)")
_PATIENCE_SECONDS = 60.0
_GRACE_SECONDS = 15.0


class Processes:
    """
    Child processes of this one.

    Args:
        logs: folder for what they print.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str, environment: Mapping[str, str]) -> Path:
        """
        Start ``fusion-wallet`` with arguments; return the file it prints into.
        """
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "wallet", *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **environment},
            )
        return log

    def start_sandbox(self, integration_id: str, settings: Path) -> None:
        """
        Start a sandbox; `sandbox_address` waits for it.
        """
        arguments = ("sandbox", integration_id, "--settings", str(settings))
        self.start(f"sandbox-{integration_id}", *arguments, environment={})

    def sandbox_address(self, integration_id: str) -> str:
        """
        Return a sandbox's address once it is ready.
        """
        name = f"sandbox-{integration_id}"
        log = self._logs / f"{name}.log"
        for _ in self._attempts(name):
            found = _READY.search(log.read_text())
            if found:
                return found[1]
        raise click.ClickException(f"{name} did not start; see {log}")

    def await_answer(self, name: str, url: str) -> None:
        """
        Wait until an address answers 200.
        """
        for _ in self._attempts(name):
            if _answers(url):
                return
        raise click.ClickException(f"{name} did not get ready; see {self._logs / name}.log")

    def alive(self) -> bool:
        """
        Tell whether every process still runs.
        """
        return all(process.poll() is None for process in self._running.values())

    def pids(self) -> dict[str, int]:
        """
        Return each process's number.
        """
        return {name: process.pid for name, process in self._running.items()}

    def end(self) -> None:
        """
        Ask every process to end, in reverse order, and insist after a while.
        """
        for process in reversed(self._running.values()):
            process.terminate()
        for process in reversed(self._running.values()):
            try:
                process.wait(timeout=_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def _attempts(self, name: str) -> Iterator[None]:
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            yield
            if self._running[name].poll() is not None:
                log = self._logs / f"{name}.log"
                raise click.ClickException(f"{name} ended by itself:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == HTTPStatus.OK)
    except (HTTPError, URLError, ConnectionError, TimeoutError):
        return False
