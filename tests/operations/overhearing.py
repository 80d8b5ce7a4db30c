"""Clients whose every byte to and from the wallet is written down, and what lies in a database."""

import json

import aiohttp
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from wallet.tables import metadata

_REFUSED = 400


class Overheard:
    """
    What went in and out, and what was refused with which words.
    """

    def __init__(self) -> None:
        self.everything = bytearray()
        self.problems = bytearray()
        self.statuses: set[int] = set()

    def session(self) -> aiohttp.ClientSession:
        """
        Return connections that are overheard.
        """
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._started)
        trace.on_request_chunk_sent.append(self._chunk)
        trace.on_response_chunk_received.append(self._chunk)
        return aiohttp.ClientSession(
            trace_configs=[trace], timeout=aiohttp.ClientTimeout(total=60)
        )

    async def refused(self, http: aiohttp.ClientSession, method: str, url: str, **given) -> int:
        """
        Send what is going to be refused; keep the problem and its headers.
        """
        async with http.request(method, url, **given) as answer:
            body = await answer.read()
        assert answer.status >= _REFUSED, (method, answer.status)
        self.statuses.add(answer.status)
        self.problems += body + repr(answer.headers).encode()
        return answer.status

    async def _started(self, _session, _context, params) -> None:
        self.everything += f"{params.url} {params.headers!r}".encode()

    async def _chunk(self, _session, _context, params) -> None:
        self.everything += params.chunk


async def rows(engine: AsyncEngine) -> bytes:
    """
    Return every value of every row, as its bytes.
    """
    heap = bytearray()
    async with engine.connect() as connection:
        for table in metadata.tables.values():
            for row in await connection.execute(select(table)):
                for value in row:
                    heap += value if isinstance(value, bytes) else str(value).encode()
                    heap += b"\n"
    return bytes(heap)


def texts(path) -> list[str]:
    """
    Return every text in a JSON file that is longer than a word.
    """
    return list(_texts(json.loads(path.read_text())))


def _texts(value):
    match value:
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case str() if len(value) > 20:
            yield value
