"""
Commands that need the services: compose them, use them, close them; and what processes share.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from wallet.app import Services, compose
from wallet.cli.composition import load_keys, load_providers, open_registry
from wallet.clock import SystemClock
from wallet.settings import Settings

R = TypeVar("R")
# made and still there, before the collector looks at them; some megabytes at most
_YOUNG_OBJECTS: Final = 20_000


def freeze() -> None:
    """
    Take what was made at the start out of the garbage collector's way, once in a process's life.

    What is made later dies with its request; the collector looks for what does not less often than
    it would by itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)


def end_in_order() -> None:
    """
    End this process as its supervisor would: what is under way ends, nothing new begins.
    """
    os.kill(os.getpid(), signal.SIGTERM)


def seat_of(kind: str, instance: str, port: int | None = None) -> str:
    """
    Return the place that a process takes over; empty when it takes nothing over.

    Args:
        kind: what it does.
        instance: the operator's name for it.
        port: what it listens on, if it does.
    """
    name = instance or (f"{socket.gethostname()}:{port}" if port is not None else "")
    return f"{kind} {name}" if name else ""


def with_services(use: Callable[[Services], Awaitable[R]]) -> R:
    """
    Run one use of the services of this deployment.
    """
    return asyncio.run(_with_services(use))


async def _with_services(use: Callable[[Services], Awaitable[R]]) -> R:
    settings = Settings()
    services = compose(
        settings,
        clock=SystemClock(),
        keys=load_keys(settings),
        registry=open_registry(settings),
        providers=load_providers(settings),
    )
    try:
        return await use(services)
    finally:
        await services.close()
