"""Faults of the connection itself: slow, hanging and cut."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from integrations.sandboxing.faults import Fault, FaultKind

_POLL_SECONDS = 0.02


def cut(request: web.Request) -> web.Response:
    """
    Abort the client's connection at once, without a byte of an answer.

    Returns a response for the handler to return; nobody will receive it.
    """
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


async def wait_for_hang_up(request: web.Request, seconds: float) -> None:
    """Wait until the client closed its connection or `seconds` passed (0: no limit)."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds if seconds else None
    while request.transport is not None and not request.transport.is_closing():
        if deadline is not None and loop.time() >= deadline:
            return
        await asyncio.sleep(_POLL_SECONDS)


async def answer_under_fault(
    request: web.Request,
    fault: Fault | None,
    process: Callable[[], Awaitable[web.StreamResponse]],
) -> web.StreamResponse:
    """
    Answer a request, under the connection's faults if one struck.

    `process` does the work and makes the answer. The kinds that change the answer itself
    (`wrong_signature`, `lie`, `answer`) need the partner's format and are therefore `process`'s
    own business; for them, as without a fault, it is just called.
    """
    if fault is None:
        return await process()
    match fault.kind:
        case FaultKind.SLOW:
            response = await process()
            await asyncio.sleep(fault.seconds)
            return response
        case FaultKind.HANG:
            if fault.processed:
                await process()
            await wait_for_hang_up(request, fault.seconds)
            return cut(request)
        case FaultKind.CUT_AFTER_REQUEST:
            return cut(request)
        case FaultKind.CUT_BEFORE_RESPONSE:
            await process()
            return cut(request)
        case _:
            return await process()
