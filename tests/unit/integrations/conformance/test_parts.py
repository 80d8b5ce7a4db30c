"""
The parts of the suite that other tests reach only in passing.
"""

import asyncio

import msgspec
import pytest
from aiohttp import web

from integrations.conformance import Clock, serving
from integrations.conformance.declaring import closed_structs
from integrations.conformance.noise import Noise
from integrations.conformance.proxy import Mode, Proxy
from integrations.conformance.report import NonconformingError
from integrations.conformance.serving import ControlError
from tests.unit.integrations.conformance.till.plugin import TillPlugin


class Open(msgspec.Struct, frozen=True):
    name: str


class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str


class TestClosedStructs:
    @pytest.mark.parametrize(
        "kind",
        [
            Open,
            Open | None,
            dict[str, Open],
            list[Open],
            tuple[Open, ...],
            tuple[str, Open],
            frozenset[Open],
        ],
        ids=str,
    )
    async def test_finds_it_however_deep(self, kind):
        """
        An open Struct is found in whatever it is nested.
        """
        nested = msgspec.defstruct(
            "Nested", [("inner", kind)], frozen=True, forbid_unknown_fields=True
        )
        plugin = TillPlugin()
        plugin.manifest = msgspec.structs.replace(plugin.manifest, settings=nested)

        with pytest.raises(NonconformingError, match="Open takes unknown fields"):
            await closed_structs(plugin, None)

    async def test_none_at_all(self):
        """
        Neither settings nor profile is fine.
        """
        plugin = TillPlugin()
        plugin.manifest = msgspec.structs.replace(plugin.manifest, settings=None)

        await closed_structs(plugin, None)

    async def test_profile(self):
        """
        The party profile is held to the same.
        """
        plugin = TillPlugin()
        plugin.manifest = msgspec.structs.replace(plugin.manifest, party_profile=Open)

        with pytest.raises(NonconformingError):
            await closed_structs(plugin, None)


class TestNoise:
    def test_same_seed(self):
        """
        The same seed gives the same stream, another seed another.
        """
        draws = [
            [draw() for _ in range(20) for draw in (noise.text, noise.number, noise.octets)]
            for noise in (Noise("a"), Noise("a"), Noise("b"))
        ]

        assert draws[0] == draws[1]
        assert draws[0] != draws[2]

    def test_texts_can_be_encoded(self):
        """
        No text holds a surrogate.
        """
        noise = Noise("texts")

        assert [] == [text for text in (noise.text() for _ in range(500)) if not _fits(text)]


def _fits(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class TestServing:
    async def test_control(self):
        """
        A refused arrangement is an error, not a silent one.
        """
        async with serving(web.Application()) as sandbox:
            with pytest.raises(ControlError, match="POST /_sandbox/faults: 404"):
                await sandbox.post("/_sandbox/faults", {})


class TestProxy:
    @staticmethod
    async def echoed(mode, text):
        async def echo(reader, writer):
            while chunk := await reader.read(1 << 16):
                writer.write(chunk)
                await writer.drain()
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            proxy = Proxy(f"127.0.0.1:{port}")
            async with proxy.listening():
                proxy.mode = mode
                reader, writer = await asyncio.open_connection(*proxy.address.split(":"))
                for part in text:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.05)
                writer.write_eof()
                answer = await reader.read()
                writer.close()
                await writer.wait_closed()
        return proxy, answer

    async def test_forwards(self):
        """
        What comes in parts is forwarded whole, and noted as it was.
        """
        proxy, answer = await self.echoed(Mode.FORWARD, [b"one", b"two"])

        assert b"onetwo" == answer
        assert [b"onetwo", b"onetwo"] == [bytes(each) for each in proxy.raw]

    async def test_breaks_off(self):
        """
        Half an answer is less than the whole one.
        """
        _, answer = await self.echoed(Mode.HALF, [b"12345678"])

        assert b"123456" == answer

    async def test_says_nothing(self):
        """
        A connection without a request is just closed.
        """
        proxy, answer = await self.echoed(Mode.FORWARD, [])

        assert (b"", 0, []) == (answer, proxy.seen, proxy.raw)


class TestClock:
    def test_stands(self):
        """
        The clock stands until it is moved.
        """
        clock = Clock()

        assert clock() == clock()
