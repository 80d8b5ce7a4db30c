"""
A proxy between an integration and its partner: it listens in, and it breaks what it is told to.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum


class Mode(StrEnum):
    """
    What becomes of a connection.
    """

    FORWARD = "forward"
    """The partner answers."""
    DROP = "drop"
    """Closed as soon as the request arrives; the partner gets nothing."""
    CUT = "cut_before_response"
    """The partner gets the request and answers; the answer is thrown away."""
    HANG = "hang"
    """Never answered."""
    ERROR = "server_error"
    """An HTTP 500 of whoever stands before the partner."""
    GARBAGE = "garbage"
    """An HTTP 200 whose body is no answer of the partner."""
    HALF = "half_an_answer"
    """The partner's answer, broken off."""


_CHUNK = 1 << 16
_CANNED = {
    Mode.ERROR: b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops",
    Mode.GARBAGE: (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n"
        b"Connection: close\r\n\r\n<html>hi</html>"
    ),
}


class Proxy:
    """
    Forwards connections to one address, or does what `mode` says.

    Attributes:
        mode: of the connections from now on.
        once: fall back to forwarding after one connection that was not.
        address: ``host:port`` where it listens.
        seen: how many connections brought a request.
        raw: what went over the wire: requests and answers, undecoded.
    """

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self.mode = Mode.FORWARD
        self.once = False
        self.address = ""
        self.seen = 0
        self.raw: list[bytearray] = []
        self._server: asyncio.Server | None = None

    def stop_listening(self) -> None:
        """
        Refuse connections from now on.
        """
        if self._server is not None:
            self._server.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Proxy"]:
        """
        Listen on loopback until the context ends.
        """
        tasks: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        self._server = server = await asyncio.start_server(accept, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        self.address = f"{host}:{port}"
        try:
            yield self
        finally:
            server.close()
            for task in list(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            try:
                request = await reader.read(_CHUNK)
                if request:
                    await self._answer(request, reader, writer)
            finally:
                await _closed(writer)

    async def _answer(
        self, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.seen += 1
        mode = self.mode
        if self.once and mode is not Mode.FORWARD:
            self.mode, self.once = Mode.FORWARD, False
        match mode:
            case Mode.DROP:
                writer.transport.abort()
            case Mode.HANG:
                await reader.read()
            case Mode.ERROR | Mode.GARBAGE:
                writer.write(_CANNED[mode])
                await writer.drain()
            case Mode.FORWARD | Mode.CUT | Mode.HALF:
                await self._forward(mode, request, reader, writer)

    async def _forward(
        self,
        mode: Mode,
        request: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        from_partner, to_partner = await asyncio.open_connection(*self._target)
        spoken, answered = bytearray(request), bytearray()
        self.raw += [spoken, answered]
        to_partner.write(request)
        upstream = asyncio.create_task(_pump(reader, to_partner, spoken))
        try:
            while answer := await from_partner.read(_CHUNK):
                answered += answer
                if mode is Mode.FORWARD:
                    writer.write(answer)
                    await writer.drain()
                elif mode is Mode.CUT:
                    break
                else:
                    writer.write(answer[: len(answer) * 3 // 4])
                    await writer.drain()
                    break
            if mode is Mode.CUT:
                writer.transport.abort()
        finally:
            upstream.cancel()
            to_partner.close()
            await asyncio.gather(upstream, return_exceptions=True)
            await _closed(to_partner)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, spoken: bytearray
) -> None:
    while chunk := await reader.read(_CHUNK):
        spoken += chunk
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()
