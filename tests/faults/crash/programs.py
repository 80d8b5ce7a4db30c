"""The wallet's programs as an operator starts them: ``fusion-wallet serve`` and ``worker``."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.fakes.hasty_clock import HastyClock
from tests.fixtures.nursery.orders import Ended, Order, Play, Serve
from tests.fixtures.regions import Region
from wallet.clock import SystemClock
from wallet.failpoints import VARIABLE
from wallet.settings import PREFIX


def real_clock() -> HastyClock:
    """
    Return the machine's own time, for partners of programs that know no other.
    """
    return HastyClock(start=SystemClock().now(), began=time.monotonic(), speed=1.0)


class Program:
    """
    A program with its own children; held as the nursery's children are.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def kill(self) -> None:
        """
        End it with all its children.
        """
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    async def gone(self) -> Ended:
        """
        Wait until it has ended, and see to it that no child of it is left.
        """
        code = await asyncio.to_thread(self._process.wait)
        self.kill()
        return Ended(signal=max(0, -code), code=max(0, code))


class RealRegion(Region):
    """
    A region whose wallet runs as real programs; its clock must be the real one.
    """

    def _start(self, order: Order) -> Program:
        if isinstance(order, Play):
            return super()._start(order)
        name = "serve" if isinstance(order, Serve) else "worker"
        settings = {PREFIX + key.upper(): value for key, value in order.settings.items()}
        with Path(order.log).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "wallet", name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | settings | {VARIABLE: order.failpoint},
                start_new_session=True,
            )
        program = Program(process)
        self._children.append(program)
        return program
