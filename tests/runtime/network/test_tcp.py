"""Frames over real sockets on loopback: framing, limits, and how a connection ends."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from runtime.logs import process_log
from runtime.network.tcp import TcpTransport
from runtime.network.tls import Credentials, TlsSession
from runtime.network.transport import Connection, Loss, split_address
from tests.runtime.certificates import Authority
from tests.runtime.support import PATIENCE_SECONDS, over_tcp

LIMIT = 1_000


class End:
    """One end of a connection: keeps what happens, for the test to wait for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.events: asyncio.Queue[bytes | str | Loss] = asyncio.Queue()
        self.lost = asyncio.Event()
        self.goodbye_at_refusal = b""
        connection.frame_limit = LIMIT
        connection.attach(self)

    def frame_received(self, frame: bytes) -> None:
        self.events.put_nowait(frame)

    def frame_refused(self, reason: str) -> None:
        self.events.put_nowait(reason)
        if self.goodbye_at_refusal:
            self.connection.close(self.goodbye_at_refusal)

    def connection_lost(self, loss: Loss) -> None:
        self.events.put_nowait(loss)
        self.lost.set()

    async def next(self) -> bytes | str | Loss:
        """The next event."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.events.get()

    async def end(self) -> None:
        """Closes this end, if it is open, and waits until it has ended."""
        self.connection.abort()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.lost.wait()


@pytest.fixture(scope="module", params=["unencrypted", "TLS"])
def transport(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The tests run with and without TLS."""
    if request.param == "unencrypted":
        return TcpTransport()
    files = Authority(tmp_path_factory.mktemp("authority")).sign("a")
    return TcpTransport(credentials=Credentials(files, "a", process_log("a")))


@contextlib.asynccontextmanager
async def pair(transport: TcpTransport) -> AsyncIterator[tuple[End, End]]:
    """Both ends of a connection, dialler first."""
    accepted: asyncio.Queue[Connection] = asyncio.Queue()
    listener = await transport.listen("127.0.0.1:0", accepted.put_nowait)
    near, far = End(await transport.dial(listener.address)), End(await accepted.get())
    near.connection.send(b"over the handshake")
    assert await far.next() == b"over the handshake"
    yield near, far
    listener.close()
    await near.end()
    await far.end()


@contextlib.asynccontextmanager
async def bare() -> AsyncIterator[tuple[socket.socket, End]]:
    """A bare socket that has dialled, and the end that accepted it."""
    accepted: asyncio.Queue[Connection] = asyncio.Queue()
    listener = await TcpTransport().listen("127.0.0.1:0", accepted.put_nowait)
    with socket.create_connection(split_address(listener.address)) as client:
        far = End(await accepted.get())
        yield client, far
        listener.close()
        await far.end()


def header(length: int) -> bytes:
    """The four bytes before a frame."""
    return length.to_bytes(4, "big")


@pytest.mark.slow
def test_tcp_delivers_whole_frames_in_order_both_ways(transport: TcpTransport) -> None:
    """From one byte to the limit."""

    async def main() -> None:
        async with pair(transport) as (near, far):
            frames = [b"x" * length for length in (1, 2, LIMIT, 3)] * 100
            for frame in frames:
                near.connection.send(frame)
                far.connection.send(frame)
            assert [await far.next() for _ in frames] == frames
            assert [await near.next() for _ in frames] == frames

    over_tcp(main)


def test_tcp_delivers_the_same_frames_however_the_bytes_come() -> None:
    """One by one, or many frames at once."""

    async def main() -> None:
        async with bare() as (client, far):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in header(3) + b"abc":
                client.send(bytes([byte]))
                await asyncio.sleep(0)
            client.sendall((header(1) + b"x") * 100)
            assert await far.next() == b"abc"
            assert [await far.next() for _ in range(100)] == [b"x"] * 100

    over_tcp(main)


@pytest.mark.parametrize("length", [0, LIMIT + 1, 2**32 - 1])
def test_tcp_ends_the_connection_at_a_length_outside_the_limit(length: int) -> None:
    """Before a byte of that frame is there; nothing after it is read."""

    async def main() -> None:
        async with bare() as (client, far):
            client.sendall(header(1) + b"x" + header(length) + header(1) + b"y")
            assert await far.next() == b"x"
            assert await far.next() == f"a frame of {length} bytes, allowed are 1 to {LIMIT}"
            assert await far.next() is Loss.CLOSED_HERE

    over_tcp(main)


def test_tcp_applies_a_new_limit_to_the_next_frame() -> None:
    """A receiver may change the limit while it is handed a frame."""

    async def main() -> None:
        async with bare() as (client, far):

            class Raising(End):
                def frame_received(self, frame: bytes) -> None:
                    super().frame_received(frame)
                    self.connection.frame_limit = 2 * LIMIT

            raising = Raising(far.connection)
            client.sendall(header(1) + b"x" + header(2 * LIMIT) + b"y" * 2 * LIMIT)
            assert await raising.next() == b"x"
            assert await raising.next() == b"y" * 2 * LIMIT
            far.lost.set()

    over_tcp(main)


def test_tcp_sends_a_last_frame_to_an_end_that_is_refused(transport: TcpTransport) -> None:
    """If the receiver closes within the call."""

    async def main() -> None:
        async with pair(transport) as (near, far):
            far.goodbye_at_refusal = b"no"
            near.connection.send(b"x" * (LIMIT + 1))
            assert await near.next() == b"no"
            assert await near.next() is Loss.CLOSED_BY_PEER

    over_tcp(main)


def test_tcp_reports_the_end_of_the_stream_as_closed_by_the_peer() -> None:
    """The kernel of a dead process sends it."""

    async def main() -> None:
        async with bare() as (client, far):
            client.close()
            assert await far.next() is Loss.CLOSED_BY_PEER

    over_tcp(main)


@contextlib.asynccontextmanager
async def bare_tls(
    folder: Path,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter, TlsSession, End]]:
    """A bare stream after its TLS handshake, and the end that accepted it."""
    credentials = Credentials(Authority(folder).sign("a"), "a", process_log("a"))
    accepted: asyncio.Queue[Connection] = asyncio.Queue()
    listener = await TcpTransport(credentials=credentials).listen(
        "127.0.0.1:0", accepted.put_nowait
    )
    reader, writer = await asyncio.open_connection(*split_address(listener.address))
    far, session = End(await accepted.get()), credentials.dial()
    writer.write(session.send(header(1) + b"x"))
    while not (said := session.outgoing()):
        session.receive(await reader.read(1_000))
    writer.write(said)
    assert await far.next() == b"x"
    yield reader, writer, session, far
    writer.close()
    listener.close()
    await far.end()


def test_tcp_over_tls_ends_when_the_end_is_announced(tmp_path: Path) -> None:
    """Also if the other end keeps its socket open."""

    async def main() -> None:
        async with bare_tls(tmp_path) as (_, writer, session, far):
            writer.write(session.finish())
            assert await far.next() is Loss.CLOSED_BY_PEER

    over_tcp(main)


def test_tcp_over_tls_refuses_noise_even_if_a_goodbye_is_tried(tmp_path: Path) -> None:
    """A broken session cannot carry the goodbye, and the attempt raises nothing."""

    async def main() -> None:
        async with bare_tls(tmp_path) as (reader, writer, _, far):
            far.goodbye_at_refusal = b"no"
            writer.write(b"\x17\x03\x03\x00\x20" + bytes(32))
            refusal = await far.next()
            assert isinstance(refusal, str)
            assert refusal.startswith("TLS: ")
            await reader.read()
            writer.close()
            assert await far.next() is Loss.CLOSED_HERE

    over_tcp(main)


def test_tcp_over_tls_announces_its_end(tmp_path: Path) -> None:
    """After the last frame, as the standard requires."""

    async def main() -> None:
        async with bare_tls(tmp_path) as (reader, _, session, far):
            far.connection.close(b"goodbye")
            assert session.receive(await reader.read()) == header(7) + b"goodbye"
            assert session.is_over

    over_tcp(main)


def test_tcp_reports_a_reset_as_closed_by_the_peer() -> None:
    """The kernel of a dead process that had not read everything sends it."""

    async def main() -> None:
        async with bare() as (client, far):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            assert await far.next() is Loss.CLOSED_BY_PEER

    over_tcp(main)


def test_tcp_delivers_the_last_frame_although_bytes_are_unread(
    transport: TcpTransport,
) -> None:
    """A plain close with unread bytes would reset the connection and lose the frame."""

    async def main() -> None:
        async with pair(transport) as (near, far):
            for _ in range(1_000):
                near.connection.send(b"x" * LIMIT)
            far.connection.close(b"goodbye")
            await asyncio.sleep(0)
            near.connection.send(b"whoever writes into a reset connection reads nothing more")
            assert await near.next() == b"goodbye"
            assert await near.next() is Loss.CLOSED_BY_PEER
            assert await far.next() is Loss.CLOSED_HERE

    over_tcp(main)


def test_tcp_sends_and_closes_nothing_after_the_end(transport: TcpTransport) -> None:
    """Neither call raises, whichever end closed."""

    async def main() -> None:
        async with pair(transport) as (near, far):
            near.connection.close()
            assert await far.next() is Loss.CLOSED_BY_PEER
            assert await near.next() is Loss.CLOSED_HERE
            for end in (near, far):
                end.connection.send(b"x")
                end.connection.close(b"y")
                end.connection.abort()
                assert end.events.empty()

    over_tcp(main)


def test_tcp_reports_an_end_that_came_before_the_receiver() -> None:
    """With the frames that came before it."""

    async def main() -> None:
        accepted: asyncio.Queue[Connection] = asyncio.Queue()
        listener = await TcpTransport().listen("127.0.0.1:0", accepted.put_nowait)
        with socket.create_connection(split_address(listener.address)) as client:
            connection = await accepted.get()
            client.sendall(header(1) + b"x")
        aborted = await TcpTransport().dial(listener.address)
        aborted.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert await End(aborted).next() is Loss.CLOSED_HERE
        late = End(connection)
        assert [await late.next(), await late.next()] == [b"x", Loss.CLOSED_BY_PEER]
        await End(await accepted.get()).lost.wait()
        listener.close()

    over_tcp(main)


def test_tcp_counts_the_bytes_that_the_kernel_has_not_taken() -> None:
    """Sending neither blocks nor raises."""

    async def main() -> None:
        async with bare() as (_, far):
            while far.connection.buffered < 1_000_000:
                far.connection.send(b"x" * 100_000)

    over_tcp(main)


def test_dial_raises_if_nothing_listens_at_the_address() -> None:
    """At once, an OSError."""

    async def main() -> None:
        transport = TcpTransport()
        listener = await transport.listen("127.0.0.1:0", lambda connection: None)
        listener.close()
        with pytest.raises(ConnectionRefusedError):
            await transport.dial(listener.address)

    over_tcp(main)


@pytest.mark.parametrize("host", ["b..example", "x" * 70 + ".example"])
def test_dial_raises_for_a_host_that_cannot_be_a_name(host: str) -> None:
    """Also an OSError: no node is there."""

    async def main() -> None:
        with pytest.raises(OSError, match="names no host"):
            await TcpTransport().dial(f"{host}:7001")

    over_tcp(main)


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.invalid:0"])
def test_listen_refuses_an_open_network_without_encryption(address: str) -> None:
    """The error names what allows it."""

    async def main() -> None:
        with pytest.raises(ValueError, match="allow_insecure=True listens there all the same"):
            await TcpTransport().listen(address, lambda connection: None)

    over_tcp(main)


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:0"])
def test_listen_chooses_a_free_port(address: str) -> None:
    """The listener tells which."""

    async def main() -> None:
        listener = await TcpTransport().listen(address, lambda connection: None)
        host, port = split_address(listener.address)
        assert f"{host}:0" == address
        assert port > 0
        listener.close()

    over_tcp(main)


def test_listen_accepts_an_open_network_if_allowed() -> None:
    """For networks that are private by other means."""

    async def main() -> None:
        transport = TcpTransport(allow_insecure=True)
        listener = await transport.listen("0.0.0.0:0", lambda connection: None)
        listener.close()

    over_tcp(main)
