"""A platform that answers what it is told to, and remembers what it was asked."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer


class Stub:
    """
    Answers by transaction number (or the last step of the path) from a script.

    A scripted `dict` becomes the envelope's output; bytes are the whole body; a number is a bare
    HTTP status. The last entry for a transaction is repeated.
    """

    def __init__(self) -> None:
        self.base = ""
        self.script: dict[str, list[Any]] = {}
        self.asked: list[tuple[str, bytes]] = []

    def answers(self, operation: str, *answers: Any) -> None:
        self.script[operation] = list(answers)

    def bodies(self, operation: str) -> list[bytes]:
        return [body for name, body in self.asked if name == operation]

    async def handle(self, request: web.Request) -> web.Response:
        operation = request.path.rpartition("/")[2]
        self.asked.append((operation, await request.read()))
        queue = self.script[operation]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        match answer:
            case int():
                return web.Response(status=answer)
            case dict():
                body = msgspec.json.encode({"infcode": 0, "output": answer})
                return web.Response(body=body)
            case _:
                return web.Response(body=answer)


def refusal(infcode: int, err_msg: str = "") -> bytes:
    return msgspec.json.encode({"infcode": infcode, "err_msg": err_msg, "output": None})


@asynccontextmanager
async def running():
    """A stub on 127.0.0.1."""
    stub = Stub()
    app = web.Application()
    app.router.add_post("/{path:.*}", stub.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        stub.base = str(server.make_url("")).rstrip("/")
        yield stub


@asynccontextmanager
async def listening(answer: bytes | None, *, first: int = 1):
    """
    A bare socket: reads at least `first` bytes, then sends `answer` and closes, or hangs (None).
    """
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if first:
            await reader.read(first)
        if answer is None:
            await gone.wait()
        else:
            writer.write(answer)
            await writer.drain()
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        gone.set()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0)
