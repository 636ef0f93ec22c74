"""Connections and their limits: what exceeds one is refused with a goodbye."""

import asyncio

import pytest

import runtime
from runtime.network import handshake
from runtime.network.cookies import SALT_LENGTH, stretch
from runtime.network.handshake import NodeIdentity
from runtime.network.tcp import HEADER
from runtime.network.transport import Channel
from runtime.network.wire import Goodbye, Registry
from tests.runtime.bare_client import Client, dialled, pair, with_cookie
from tests.runtime.support import COOKIE, Bulk, Note, over_tcp, until


def test_connection_refuses_frames_beyond_the_limit_of_the_node() -> None:
    """The header's length is enough to refuse a frame; to send such a message raises ValueError."""

    async def main() -> None:
        async with pair(frame_bytes=2_000) as nodes, dialled(nodes.a) as client:
            await client.authenticate()
            client.writer.write((2_001).to_bytes(HEADER, "big"))
            assert Registry().decode(await client.read()).message == Goodbye(
                reason="a frame of 2001 bytes, allowed are 1 to 2000", exceed=0
            )
            with pytest.raises(ValueError, match=r"takes \d+ bytes, the limit is 2000"):
                nodes.a.send(runtime.ProcessId("x", "b"), Bulk(number=1))

    over_tcp(main)


def test_connection_cuts_the_reason_of_its_goodbye() -> None:
    """The reason quotes an invalid frame of the other node; the goodbye must fit the smallest limit."""
    goodbyes: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(reader, writer)
        salt, own = bytes(SALT_LENGTH), NodeIdentity("c", 1)
        keys = (stretch(COOKIE, salt),)
        acceptor = with_cookie(
            handshake.accept(keys, salt, own, b"n" * 32, Channel, lambda peer: None)
        )
        next(acceptor)
        client.write(acceptor.send(await client.read()))
        await client.read()
        client.write(b"\x92\xda\x03\xe8" + b"x" * 1_000 + b"\x01")
        goodbyes.append(await client.read())
        writer.close()

    async def main() -> None:
        async with pair(frame_bytes=1_024) as nodes:
            async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
                host, port = server.sockets[0].getsockname()
                nodes.a.add_route("c", f"{host}:{port}")
                nodes.a.send(runtime.ProcessId("x", "c"), Note(number=1))
                await until(lambda: goodbyes)
                await nodes.check_undisturbed()
                await nodes.a.stop()
            await asyncio.sleep(0)

    over_tcp(main)
    goodbye = Registry().decode(goodbyes[0]).message
    assert isinstance(goodbye, Goodbye)
    assert goodbye.reason.startswith("no verdict: Invalid value 'xxx")
    assert len(goodbye.reason) == 200
