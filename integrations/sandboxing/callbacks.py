"""Callbacks that a sandbox sends, in order or not, once or twice, and again until acknowledged."""

import asyncio
from collections.abc import Sequence

import aiohttp
import msgspec

from integrations.sandboxing.faults import CALLBACK_KINDS, FaultKind, FaultMenu


class Callback(msgspec.Struct, frozen=True):
    """
    One callback as it goes over the wire.

    `operation` is the name that faults know it by; `acknowledgement` is the body by which the
    receiver confirms it, anything else means: send it again.
    """

    operation: str
    url: str
    body: bytes
    content_type: str
    acknowledgement: bytes


class CallbackSender:
    """
    Sends callbacks in the background, one after the other.

    `retry_seconds` are the pauses before each repetition of a callback that was not acknowledged.
    """

    def __init__(
        self,
        menu: FaultMenu,
        session: aiohttp.ClientSession,
        retry_seconds: Sequence[float] = (),
    ) -> None:
        self._menu = menu
        self._session = session
        self._retry_seconds = tuple(retry_seconds)
        self._held: list[Callback] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._line = asyncio.Lock()

    def send(self, callback: Callback) -> None:
        """
        Send a callback, under the callback fault that strikes its operation, if any.

        A callback that `out_of_order_callback` struck is held back until the next one is sent.
        """
        fault = self._menu.take(callback.operation, among=CALLBACK_KINDS)
        if fault is not None and fault.kind is FaultKind.OUT_OF_ORDER_CALLBACK:
            self._held.append(callback)
            return
        batch = [callback, *self._held]
        self._held.clear()
        if fault is not None:
            batch.insert(0, callback)
        self._start(batch)

    async def drained(self) -> None:
        """Wait until all that was sent has been delivered or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Stop sending; what is under way is dropped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, batch: list[Callback]) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver_batch(batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_batch(self, batch: list[Callback]) -> None:
        async with self._line:
            missed = [callback for callback in batch if not await self._deliver(callback)]
        for callback in missed:
            await self._repeat(callback)

    async def _repeat(self, callback: Callback) -> None:
        for pause in self._retry_seconds:
            await asyncio.sleep(pause)
            if await self._deliver(callback):
                return

    async def _deliver(self, callback: Callback) -> bool:
        timeout = aiohttp.ClientTimeout(total=5)
        headers = {"Content-Type": callback.content_type}
        try:
            async with self._session.post(
                callback.url, data=callback.body, headers=headers, timeout=timeout
            ) as response:
                return (await response.read()).strip() == callback.acknowledgement
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False
