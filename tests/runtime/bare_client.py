"""A client that sends and receives frames over a bare socket, and two nodes for it to disturb."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator

import pytest

import runtime
from runtime.limits import NodeLimits
from runtime.network import handshake
from runtime.network.cookies import stretch
from runtime.network.handshake import Handshake, KeyRequest, NodeIdentity, Proven
from runtime.network.lane import FIRST_LINK, LinkIdentity
from runtime.network.transport import Channel, split_address
from tests.runtime.support import (
    COOKIE,
    PATIENCE_SECONDS,
    Events,
    Note,
    Recorder,
    start_recorder,
    until,
)

CLIENT = NodeIdentity("client", 5)


class Client:
    """A bare socket that sends and receives frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def write(self, frame: bytes) -> None:
        """Sends a frame."""
        self.writer.write(len(frame).to_bytes(4, "big") + frame)

    async def read(self) -> bytes:
        """Receives a frame."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            length = int.from_bytes(await self.reader.readexactly(4), "big")
            return await self.reader.readexactly(length)

    async def is_closed(self) -> bool:
        """Waits for the end of the connection; returns whether nothing came before it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            with contextlib.suppress(ConnectionResetError):
                return not await self.reader.read()
            return True

    async def authenticate(
        self, cookie: str = COOKIE, link: LinkIdentity = FIRST_LINK
    ) -> list[bytes]:
        """Goes through the handshake; returns the frames that it sent."""
        dialler = dialling(cookie, link)
        sent = [next(dialler)]
        self.write(sent[0])
        sent.append(dialler.send(await self.read()))
        self.write(sent[1])
        with pytest.raises(StopIteration):
            dialler.send(await self.read())
        return sent


Frames = Generator[bytes, bytes, Proven]
"""A handshake of which only the frames are left."""


def with_cookie(shaking: Handshake, cookie: str = COOKIE) -> Frames:
    """A handshake that makes the keys it asks for itself."""
    step = next(shaking)
    try:
        while True:
            if isinstance(step, KeyRequest):
                step = shaking.send(stretch(cookie, step.salt))
            else:
                step = shaking.send((yield step))
    except StopIteration as finished:
        proven: Proven = finished.value
        return proven


def dialling(cookie: str = COOKIE, link: LinkIdentity = FIRST_LINK) -> Frames:
    """The client's side of a handshake with node a."""
    return dialling_as(CLIENT, cookie, link)


def dialling_as(own: NodeIdentity, cookie: str = COOKIE, link: LinkIdentity = FIRST_LINK) -> Frames:
    """The same for a client of another name."""
    nonce = b"n" * handshake.NONCE_LENGTH
    dialler = handshake.dial(own, "a", nonce, Channel, lambda peer: None, link)
    return with_cookie(dialler, cookie)


@contextlib.asynccontextmanager
async def dialled(node: runtime.Node) -> AsyncIterator[Client]:
    """A client connected with that node."""
    client = Client(*await asyncio.open_connection(*split_address(node.address)))
    yield client
    client.writer.close()
    with contextlib.suppress(ConnectionError):
        await client.writer.wait_closed()


class Pair:
    """Nodes a and b, connected, and a recorder on a."""

    def __init__(self, a: runtime.Node, b: runtime.Node, recorder: Recorder) -> None:
        self.a = a
        self.b = b
        self.recorder = recorder
        self.events = Events(a)

    async def check_undisturbed(self) -> None:
        """Checks that the two nodes still send over the same connection."""
        self.b.send(runtime.ProcessId("recorder", "a"), Note(number=42))
        assert await self.recorder.receive() == Note(number=42)
        assert self.events.queue.empty()
        assert self.a.nodes() == {"b": self.b.creation}


@contextlib.asynccontextmanager
async def pair(**limits: float) -> AsyncIterator[Pair]:
    """Two connected nodes; the limits are those of node a."""
    bounds = NodeLimits(**limits)  # type: ignore[arg-type]
    async with (
        await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, limits=bounds) as a,
        await runtime.Node.start("b@127.0.0.1:0", cookie=COOKIE, routes={"a": a.address}) as b,
    ):
        recorder = await start_recorder(a)
        b.connect("a")
        await until(lambda: a.nodes() and b.nodes())
        yield Pair(a, b, recorder)


def refused(node: runtime.Node) -> int:
    """How many connections the node has refused."""
    return node.statistics().dropped.get("connection refused", 0)
