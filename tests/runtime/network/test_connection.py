"""Connections over real sockets: without a proof nothing is read, and other connections go on."""

import asyncio
import contextlib
import logging
import os
import random
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest

import runtime
from runtime.dropped import DropReason
from runtime.limits import HANDSHAKE_FRAME_BYTES, VERSION
from runtime.network import handshake
from runtime.network.cookies import SALT_LENGTH, stretch
from runtime.network.handshake import HandshakeRefused, NodeIdentity, RefusedByPeer
from runtime.network.transport import Channel, split_address
from runtime.network.wire import NODE, Goodbye, Registry
from runtime.pid import Pid
from tests.runtime.bare_client import (
    Client,
    Frames,
    dialled,
    dialling,
    dialling_as,
    pair,
    refused,
    with_cookie,
)
from tests.runtime.support import (
    COOKIE,
    PATIENCE_SECONDS,
    Bulk,
    Note,
    over_tcp,
    until,
)


def test_connection_refuses_a_wrong_cookie_and_logs_it_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However often it is tried; other connections go on."""

    async def main() -> None:
        async with pair() as nodes:
            for _ in range(10):
                async with dialled(nodes.a) as client:
                    dialler = dialling("wrong")
                    client.write(next(dialler))
                    client.write(dialler.send(await client.read()))
                    with pytest.raises(
                        HandshakeRefused, match="client does not prove that it knows the cookie"
                    ):
                        dialler.send(await client.read())
                    assert await client.is_closed()
            await nodes.check_undisturbed()
            assert refused(nodes.a) == 10

    over_tcp(main)
    text = "connection refused: 127.0.0.1: 'client does not prove that it knows the cookie of a'"
    assert caplog.messages.count(text) == 1


def test_connection_refuses_a_node_with_the_own_name() -> None:
    """Although it knows the cookie: two nodes of one name are a mistake."""

    async def main() -> None:
        async with pair() as nodes, dialled(nodes.a) as client:
            twin = NodeIdentity("a", nodes.a.creation + 1)
            dialler = dialling_as(twin)
            client.write(next(dialler))
            client.write(dialler.send(await client.read()))
            with pytest.raises(RefusedByPeer, match="bears the name of this node"):
                dialler.send(await client.read())
            assert await client.is_closed()
            await nodes.check_undisturbed()
            assert refused(nodes.a) == 1

    over_tcp(main)


def test_connection_that_closes_at_once_is_refused_and_forgotten() -> None:
    """In good order or by a reset, as a port scanner does; other connections go on."""

    async def main() -> None:
        async with pair() as nodes:
            for linger in (struct.pack("ii", 0, 0), struct.pack("ii", 1, 0)) * 10:
                with socket.create_connection(split_address(nodes.a.address)) as scanner:
                    scanner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            await until(lambda: refused(nodes.a) == 20)
            await nodes.check_undisturbed()
            assert nodes.a.statistics().unauthenticated == 0

    over_tcp(main)


def test_connection_refuses_a_megabyte_of_noise() -> None:
    """The first bytes are a length beyond the limit, or what follows is no handshake."""

    async def main() -> None:
        async with pair(handshake_seconds=10**6) as nodes:
            noise = random.Random(1).randbytes(1_000_000)
            for start in (b"", b"\x00\x00\x00\x09"):
                async with dialled(nodes.a) as client:
                    client.writer.write(start + noise)
                    assert await client.is_closed()
            await nodes.check_undisturbed()
            assert refused(nodes.a) == 2

    over_tcp(main)


def test_connection_refuses_a_long_frame_before_the_handshake() -> None:
    """By its length alone."""

    async def main() -> None:
        async with pair(handshake_seconds=10**6) as nodes, dialled(nodes.a) as client:
            client.writer.write((HANDSHAKE_FRAME_BYTES + 1).to_bytes(4, "big"))
            assert await client.is_closed()
            await nodes.check_undisturbed()

    over_tcp(main)


@pytest.mark.parametrize("frames", [0, 1])
def test_connection_without_a_handshake_in_time_is_closed(frames: int) -> None:
    """Whether the other end stops at the beginning or in the middle."""

    async def main() -> None:
        async with pair(handshake_seconds=0.05) as nodes, dialled(nodes.a) as client:
            if frames:
                client.write(next(dialling()))
                await client.read()
            assert await client.is_closed()
            await nodes.check_undisturbed()
            assert refused(nodes.a) == 1

    over_tcp(main)


def test_connection_refuses_a_recorded_handshake() -> None:
    """The same bytes a second time get a new challenge, and hear that they prove nothing."""

    async def main() -> None:
        async with pair() as nodes:
            async with dialled(nodes.a) as client:
                recorded = await client.authenticate()
                assert isinstance(await nodes.events.next(), runtime.NodeUp)
            assert isinstance(await nodes.events.next(), runtime.NodeDown)
            async with dialled(nodes.a) as client:
                for frame in recorded:
                    client.write(frame)
                await client.read()
                assert b"client does not prove that it knows the cookie" in await client.read()
                assert await client.is_closed()
            await nodes.check_undisturbed()

    over_tcp(main)


def test_connection_to_an_address_that_reflects_all_bytes_is_closed() -> None:
    """Node a never counts the node at that address as up."""

    async def reflect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(10_000))
        await reader.read()
        writer.close()

    async def main() -> None:
        async with pair() as nodes:
            server = await asyncio.start_server(reflect, "127.0.0.1", 0)
            async with server:
                host, port = server.sockets[0].getsockname()
                nodes.a.add_route("c", f"{host}:{port}")
                nodes.a.send(runtime.ProcessId("x", "c"), Note(number=1))
                await until(lambda: refused(nodes.a))
                await nodes.check_undisturbed()
                await nodes.a.stop()
            await asyncio.sleep(0)

    over_tcp(main)


@pytest.mark.parametrize("length", [0, 2**24 + 1])
def test_connection_says_goodbye_to_a_node_that_breaks_the_framing(length: int) -> None:
    """That node must not take this one for dead, and this one does not take that one for dead."""

    async def main() -> None:
        async with pair() as nodes:
            async with dialled(nodes.a) as client:
                await client.authenticate()
                assert isinstance(await nodes.events.next(), runtime.NodeUp)
                client.writer.write(length.to_bytes(4, "big"))
                envelope = Registry().decode(await client.read())
                assert envelope.to == NODE
                assert envelope.message == Goodbye(
                    reason=f"a frame of {length} bytes, allowed are 1 to {2**24}", exceed=0
                )
            reason = runtime.NodeDownReason.CLOSED_HERE
            assert await nodes.events.next() == runtime.NodeDown("client", 5, reason)
            await nodes.check_undisturbed()

    over_tcp(main)


def test_connection_drops_malformed_messages_and_stays_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They are counted and logged once; the next good message arrives."""

    async def main() -> None:
        async with pair() as nodes, dialled(nodes.a) as client:
            await client.authenticate()
            for bad in (b"\xc1", b"\xff" * 100, msgspec.msgpack.encode([VERSION, "x\n", 1, 1, 1])):
                client.write(bad)
            registry = Registry()
            registry.register(Note, name="tests.note")
            client.write(registry.encode("recorder", 7, Note(number=1)))
            async with asyncio.timeout(PATIENCE_SECONDS):
                received = await nodes.recorder.inbox.get()
            assert received == (Pid("client", 5, 7), Note(number=1))
            assert nodes.a.statistics().dropped == {
                "malformed message": 2,
                DropReason.UNKNOWN_KIND.value: 1,
            }

    over_tcp(main)
    assert sum(message.startswith("malformed message") for message in caplog.messages) == 1


def test_connection_logs_a_message_of_an_unregistered_kind_as_information(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A node that is up before what registers the kind receives such messages in every ordinary start."""

    async def main() -> None:
        async with pair() as nodes, dialled(nodes.a) as client:
            await client.authenticate()
            registry = Registry()
            registry.register(Note, name="tests.of-the-future")
            client.write(registry.encode("recorder", 7, Note(number=1)))
            registry = Registry()
            registry.register(Note, name="tests.note")
            client.write(registry.encode("recorder", 7, Note(number=2)))
            async with asyncio.timeout(PATIENCE_SECONDS):
                received = await nodes.recorder.inbox.get()
            assert received == (Pid("client", 5, 7), Note(number=2))
            assert nodes.a.statistics().dropped == {DropReason.UNKNOWN_KIND.value: 1}

    with caplog.at_level(logging.INFO):
        over_tcp(main)
    [line] = [each for each in caplog.records if "tests.of-the-future" in each.getMessage()]
    assert line.levelno == logging.INFO


def test_connection_drops_messages_for_a_node_that_reads_too_slowly(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They are counted and logged once; what was sent arrives in order, and it stays open."""

    target, registry = runtime.ProcessId("x", "client"), Registry()
    registry.register(Bulk, name="tests.bulk")

    async def main() -> None:
        async with pair(send_buffer_bytes=10_000) as nodes, dialled(nodes.a) as client:
            await client.authenticate()
            number = 0
            while "the node reads too slowly" not in nodes.a.statistics().dropped or number % 100:
                nodes.a.send(target, Bulk(number=number))
                number += 1
            sent = number - nodes.a.statistics().dropped["the node reads too slowly"]
            for expected in range(sent):
                assert registry.decode(await client.read()).message == Bulk(number=expected)
            nodes.a.send(target, Bulk(number=number))
            assert registry.decode(await client.read()).message == Bulk(number=number)

    over_tcp(main)
    assert sum("reads too slowly" in message for message in caplog.messages) == 1


@contextlib.asynccontextmanager
async def acceptor_that_answers(
    answer: Callable[[Client, Frames], Awaitable[None]],
) -> AsyncIterator[str]:
    """A server that sends a challenge with a salt of its own, and then goes on like this; its address."""
    serving: set[asyncio.Task[Any] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        client, salt, own = Client(reader, writer), os.urandom(SALT_LENGTH), NodeIdentity("c", 1)
        keys = (stretch(COOKIE, salt),)
        acceptor = with_cookie(
            handshake.accept(keys, salt, own, b"n" * 32, Channel, lambda peer: None)
        )
        next(acceptor)
        client.write(acceptor.send(await client.read()))
        await answer(client, acceptor)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"
    await until(lambda: not serving & asyncio.all_tasks())


def test_connection_makes_the_key_of_another_node_and_then_opens() -> None:
    """The salt of that node was never met before; the loop turns meanwhile."""
    met: list[NodeIdentity] = []

    async def go_on(client: Client, acceptor: Frames) -> None:
        with pytest.raises(StopIteration) as finished:
            acceptor.send(await client.read())
        client.write(finished.value.value.last)
        met.append(finished.value.value.peer)
        await client.reader.read()

    async def main() -> None:
        async with acceptor_that_answers(go_on) as address, pair() as nodes:
            nodes.a.add_route("c", address)
            nodes.a.connect("c")
            await until(lambda: "c" in nodes.a.nodes())
            assert met == [NodeIdentity("a", nodes.a.creation)]

    over_tcp(main)


def test_connection_refuses_a_frame_that_comes_before_its_turn() -> None:
    """The dialler has not sent its proof yet, because its key is still being made."""

    async def hurry(client: Client, acceptor: Frames) -> None:
        client.write(b"verdict")
        assert await client.is_closed()

    async def main() -> None:
        async with acceptor_that_answers(hurry) as address, pair() as nodes:
            nodes.a.add_route("c", address)
            nodes.a.connect("c")
            await until(lambda: refused(nodes.a) >= 1)
            await nodes.check_undisturbed()

    over_tcp(main)


def test_connection_that_ends_while_its_key_is_made_leaves_nothing() -> None:
    """Whichever side ends it; the node can stop at any time."""

    async def leave(client: Client, acceptor: Frames) -> None:
        """Closes at once."""

    async def main() -> None:
        async with acceptor_that_answers(leave) as address, pair() as nodes:
            nodes.a.add_route("c", address)
            nodes.a.connect("c")
            await until(lambda: refused(nodes.a) >= 2)
            await nodes.check_undisturbed()

    over_tcp(main)
