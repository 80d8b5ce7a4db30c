"""
A lean client in a process of its own, so that what is measured is the server.

It keeps as many connections alive as asked for, each with one request under way.

``python -m bench.load`` reads a `Job` from standard input and prints a `Tally`.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_ACCEPTED = ("200", "201")
_STATUS = slice(9, 12)  # of ``HTTP/1.1 200``


class Job(Struct, frozen=True, kw_only=True):
    """
    What to send.

    Attributes:
        port: on 127.0.0.1.
        connections: at once.
        seconds: for how long, unless the codes run out before.
        token: the terminal's access token.
        codes: each is sent once.
        key_prefix: of the idempotency keys.
        ready: requests to send as they are, instead of scans of `codes`.
    """

    port: int
    connections: int
    seconds: float
    token: str = ""
    codes: list[str] = []
    key_prefix: str = ""
    ready: list[bytes] = []


class Tally(Struct, frozen=True, kw_only=True):
    """
    What came of it.

    Attributes:
        seconds: from the first request to the end of measuring.
        statuses: answers within that time, by HTTP status.
        p50_ms: median time of an answer.
        p99_ms: 99th percentile.
        cpu_share: of one core that this client took.
    """

    seconds: float
    statuses: dict[str, int]
    p50_ms: float
    p99_ms: float
    cpu_share: float

    @property
    def rate(self) -> float:
        """
        Accepted requests per second.
        """
        accepted = (count for status, count in self.statuses.items() if status in _ACCEPTED)
        return sum(accepted) / self.seconds

    @property
    def refused(self) -> int:
        """
        Answers that were something else.
        """
        return sum(self.statuses.values()) - sum(self.statuses.get(each, 0) for each in _ACCEPTED)


class _Run:
    def __init__(self, job: Job) -> None:
        self.requests = _requests(job)
        self.statuses: dict[bytes, int] = {}
        self.latencies: list[float] = []
        self.until = time.perf_counter() + job.seconds
        self.ended = 0.0
        self.open = job.connections
        self.done = asyncio.get_running_loop().create_future()

    def next(self) -> bytes | None:
        return next(self.requests, None) if time.perf_counter() < self.until else None

    def count(self, status: bytes, seconds: float) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.latencies.append(seconds)
        self.ended = time.perf_counter()

    def closed(self) -> None:
        self.open -= 1
        if not self.open and not self.done.done():
            self.done.set_result(None)


class _Connection(asyncio.Protocol):
    def __init__(self, run: _Run) -> None:
        self._run = run
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return
        if len(self._buffer) < end + len(_HEAD_END) + _length(self._buffer[:end]):
            return
        self._run.count(self._buffer[_STATUS], time.perf_counter() - self._sent)
        self._buffer = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._run.closed()

    def _send(self) -> None:
        request = self._run.next()
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(_LENGTH) + len(_LENGTH)
    end = lowered.find(b"\r\n", start)
    return int(lowered[start : end if end >= 0 else None])


def _requests(job: Job) -> Iterator[bytes]:
    yield from job.ready
    head = (
        "POST /v1/resolve HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        f"authorization: Bearer {job.token}\r\ncontent-type: application/json\r\n"
    )
    for number, code in enumerate(job.codes):
        body = f'{{"code":"{code}","purpose":"registration","scene":"outpatient_registration"}}'
        yield (
            f"{head}idempotency-key: {job.key_prefix}-{number}\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}"
        ).encode()


async def sent(job: Job) -> Tally:
    """
    Send a job's requests and return the tally.
    """
    loop = asyncio.get_running_loop()
    run = _Run(job)
    cpu, began = time.process_time(), time.perf_counter()
    for _ in range(job.connections):
        await loop.create_connection(lambda: _Connection(run), "127.0.0.1", job.port)
    await run.done
    elapsed = max(run.ended - began, 1e-9)
    latencies = sorted(run.latencies) or [0.0]
    return Tally(
        seconds=elapsed,
        statuses={status.decode(): count for status, count in run.statuses.items()},
        p50_ms=latencies[len(latencies) // 2] * 1000,
        p99_ms=latencies[len(latencies) * 99 // 100] * 1000,
        cpu_share=(time.process_time() - cpu) / elapsed,
    )


def main() -> None:
    """
    Read a job, do it, print the tally.
    """
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    tally = uvloop.run(sent(job))
    sys.stdout.buffer.write(msgspec.json.encode(tally))


if __name__ == "__main__":
    main()
