"""
A flood of scans from a process of its own: at a rate that does not wait for answers.

``python -m bench.flood`` reads a `Flood` from the first line of its input, then a `Feed` a line;
at the end it prints a `Poured`. A refused code is shown again later, older ones first, as a desk
does; so a refusal costs no code, and no code is shown after a newer one of the same device. Who
has waited for as long as a code stands on a phone shows another one, as the phone does.
"""

import asyncio
import sys
import time
from collections import Counter, deque
from typing import NamedTuple, cast

import msgspec
import uvloop
from msgspec import Struct

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_STATUS = slice(9, 12)  # of ``HTTP/1.1 200``
_TICK_SECONDS = 0.002
_LINE_BYTES = 1 << 26


class _Shown(NamedTuple):
    """
    A code, and until when the phone shows it.
    """

    code: str
    until: float


class Flood(Struct, frozen=True, kw_only=True):
    """
    How it is to flow.

    Attributes:
        port: on 127.0.0.1.
        connections: kept alive; each has one request under way at most.
        rate: requests per second; 0: as soon as an answer came.
        seconds: for how long.
        shown_seconds: for how long a code stands on a phone.
    """

    port: int
    connections: int
    rate: float
    seconds: float
    shown_seconds: float = 25.0


class Feed(Struct, frozen=True, kw_only=True):
    """
    Codes to show from now on, and the token to show them with.
    """

    token: str
    codes: list[str]


class Poured(Struct, frozen=True, kw_only=True):
    """
    What came of it.

    Attributes:
        seconds: how long it flowed.
        sent: requests.
        statuses: answers by status.
        by_second: accepted, in each second.
        accepted_p99_ms: of accepted scans.
        refused_p50_ms, refused_p99_ms, refused_worst_ms: how long a refusal took.
        unexplained: refusals without ``Retry-After``.
        dry: how often a connection was free and there was no code to show.
        cpu_share: of one core that this client took.
    """

    seconds: float
    sent: int
    statuses: dict[str, int]
    by_second: list[int]
    accepted_p99_ms: float
    refused_p50_ms: float
    refused_p99_ms: float
    refused_worst_ms: float
    unexplained: int
    dry: int
    cpu_share: float


class _Run:
    def __init__(self, flood: Flood) -> None:
        self.flood = flood
        self.codes: deque[_Shown] = deque()
        self.idle: list[_Connection] = []
        self.statuses: Counter[str] = Counter()
        self.by_second: Counter[int] = Counter()
        self.accepted: list[float] = []
        self.refused: list[float] = []
        self.sent = self.unexplained = self.dry = 0
        self.token = b""
        self.began = time.perf_counter()
        self.on = True
        self._opening: set[asyncio.Future[None]] = set()

    def next(self) -> _Shown | None:
        """
        Take the next code that is still shown.
        """
        now = time.perf_counter()
        while self.codes:
            shown = self.codes.popleft()
            if shown.until > now:
                return shown
        return None

    def request(self, code: str) -> bytes:
        body = f'{{"code":"{code}","purpose":"registration","scene":"outpatient_registration"}}'
        return b"%s%d\r\nidempotency-key: %s\r\n\r\n%s" % (
            self.token,
            len(body),
            code[-40:].encode(),
            body.encode(),
        )

    def answered(self, connection: "_Connection", head: bytes) -> None:
        status, took = head[_STATUS].decode(), time.perf_counter() - connection.sent_at
        self.statuses[status] += 1
        if status == "200":
            self.accepted.append(took)
            self.by_second[int(time.perf_counter() - self.began)] += 1
        elif status == "503":
            self.refused.append(took)
            self.unexplained += b"\r\nretry-after:" not in head
            self.back(connection)
        shown = self.next() if self.on and not self.flood.rate else None
        if shown is None:
            self.idle.append(connection)
        else:
            connection.send(shown)

    def back(self, connection: "_Connection") -> None:
        """
        Show a code again that was not taken.
        """
        if connection.shown is not None:
            self.codes.appendleft(connection.shown)

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self.flood.port)

    def lost(self, connection: "_Connection") -> None:
        """
        Open another one: a proxy closes a connection after so many requests.
        """
        if connection in self.idle:
            self.idle.remove(connection)
        else:
            self.back(connection)
        if self.on:
            task = asyncio.ensure_future(self.open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def flow(self) -> None:
        due = 0.0
        before = time.perf_counter()
        while (now := time.perf_counter()) - self.began < self.flood.seconds:
            due = min(due + self.flood.rate * (now - before), self.flood.connections)
            before = now
            wanted = len(self.idle) if not self.flood.rate else int(due)
            while wanted and self.idle:
                shown = self.next()
                if shown is None:
                    self.dry += 1
                    break
                self.idle.pop().send(shown)
                wanted, due = wanted - 1, due - 1
            await asyncio.sleep(_TICK_SECONDS)
        self.on = False


class _Connection(asyncio.Protocol):
    def __init__(self, run: _Run) -> None:
        self._run = run
        self._buffer = b""
        self.shown: _Shown | None = None
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._run.idle.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._run.lost(self)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return
        head = self._buffer[:end].lower() + b"\r\n"
        if len(self._buffer) >= end + len(_HEAD_END) + _length(head):
            self._buffer = b""
            self._run.answered(self, head)

    def send(self, shown: _Shown) -> None:
        self.shown, self.sent_at = shown, time.perf_counter()
        self._run.sent += 1
        self._transport.write(self._run.request(shown.code))


def _length(head: bytes) -> int:
    start = head.index(_LENGTH) + len(_LENGTH)
    return int(head[start : head.index(b"\r\n", start)])


def _percentile(values: list[float], percent: float) -> float:
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000


async def poured() -> Poured:
    """
    Read what to do from standard input, do it, return what came of it.
    """
    lines = asyncio.StreamReader(limit=_LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    run = _Run(msgspec.json.decode(await lines.readline(), type=Flood))
    _fed(run, await lines.readline())
    for _ in range(run.flood.connections):
        await run.open()
    feeding = asyncio.create_task(_feed(run, lines))
    run.began, cpu = time.perf_counter(), time.process_time()
    await run.flow()
    elapsed = time.perf_counter() - run.began
    feeding.cancel()
    return Poured(
        seconds=elapsed,
        sent=run.sent,
        statuses=dict(run.statuses),
        by_second=[run.by_second[number] for number in range(int(run.flood.seconds))],
        accepted_p99_ms=_percentile(run.accepted, 99),
        refused_p50_ms=_percentile(run.refused, 50),
        refused_p99_ms=_percentile(run.refused, 99),
        refused_worst_ms=_percentile(run.refused, 100),
        unexplained=run.unexplained,
        dry=run.dry,
        cpu_share=(time.process_time() - cpu) / elapsed,
    )


async def _feed(run: _Run, lines: asyncio.StreamReader) -> None:
    while line := await lines.readline():
        _fed(run, line)


def _fed(run: _Run, line: bytes) -> None:
    feed = msgspec.json.decode(line, type=Feed)
    until = time.perf_counter() + run.flood.shown_seconds
    run.codes.extend(_Shown(code, until) for code in feed.codes)
    run.token = (
        "POST /v1/resolve HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        f"authorization: Bearer {feed.token}\r\ncontent-type: application/json\r\ncontent-length: "
    ).encode()


def main() -> None:
    """
    Do one flood and print what came of it.
    """
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(poured())))


if __name__ == "__main__":
    main()
