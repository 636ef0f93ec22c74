"""A node in memory and virtual time, and visitors that may send it any bytes.

Only socket and time are simulated. The bytes of a visitor go straight into the connection, in the
caller's own stack, so an exception that the event loop would only log ends the test. An honest visitor is
connected all the time, and no other visitor may disturb it.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any

import runtime
from runtime.network import handshake
from runtime.network.handshake import NodeIdentity
from runtime.network.session import PlainSession
from runtime.network.tcp import HEADER, TcpConnection
from runtime.network.transport import Channel, Connection
from runtime.simulation import SimulatedClock, VirtualTimeLoop
from tests.runtime.bare_client import with_cookie
from tests.runtime.support import COOKIE, Note, Recorder

SEPARATOR = b"\xff\x00\xff"
"""Separates, in the bytes of an attack, what is sent at once from what is sent next."""

LIMITS = runtime.NodeLimits(unauthenticated_connections=3, frame_bytes=2_000, nodes=5)


class NoSocket:
    """Takes every option."""

    def setsockopt(self, *option: object) -> None:
        """Nothing."""


class Pipe(asyncio.Transport):
    """Stands in for the socket of a connection, and keeps the bytes that the node writes to it."""

    def __init__(self, connection: TcpConnection) -> None:
        super().__init__({"socket": NoSocket(), "peername": ("visitor", 1)})
        self.written = bytearray()
        self.is_over = False
        self._connection = connection

    def write(self, data: Any) -> None:
        """Keeps the bytes."""
        assert not self.is_over
        self.written += data

    def get_write_buffer_size(self) -> int:
        """No bytes wait."""
        return 0

    def pause_reading(self) -> None:
        """The visitor waits for the node anyway."""

    def resume_reading(self) -> None:
        """The same."""

    def write_eof(self) -> None:
        """The visitor ignores it."""

    def abort(self) -> None:
        """Ends the connection after the caller has returned."""
        if not self.is_over:
            self.is_over = True
            asyncio.get_running_loop().call_soon(self._connection.connection_lost, None)


class Memory:
    """A transport whose connections the test makes."""

    address = "127.0.0.1:1"

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> "Memory":
        """Keeps the callback."""
        self._on_accept = on_accept
        return self

    async def dial(self, address: str) -> Connection:
        """Leads nowhere."""
        raise ConnectionRefusedError(address)

    def close(self) -> None:
        """Nothing is open."""

    def accept(self) -> tuple[TcpConnection, Pipe]:
        """A new connection."""
        connection = TcpConnection(PlainSession(), self._on_accept)
        pipe = Pipe(connection)
        connection.connection_made(pipe)
        return connection, pipe


class Visitor:
    """One connection with the node. It knows the cookie and may send anything."""

    def __init__(self, memory: Memory, name: str) -> None:
        self.name = name
        self._connection, self._pipe = memory.accept()
        nonce = name.encode().rjust(handshake.NONCE_LENGTH)
        dialler = handshake.dial(NodeIdentity(name, 5), "node", nonce, Channel, lambda peer: None)
        self._handshake = with_cookie(dialler)
        self._next = next(self._handshake)

    @property
    def next_frame(self) -> bytes:
        """What an honest visitor would send now: hello, proof, then always the same note."""
        return self._next

    @property
    def is_gone(self) -> bool:
        """Whether the node has closed the connection."""
        return self._pipe.is_over

    def say(self, data: bytes) -> None:
        """Sends any bytes."""
        if not self._pipe.is_over:
            self._connection.data_received(data)

    def proceed(self) -> None:
        """Sends what an honest visitor would send, and handles the answer."""
        answers = len(self._pipe.written)
        self.say(framed(self._next))
        try:
            answer = bytes(self._pipe.written[answers + HEADER :])
            if answer:
                self._next = self._handshake.send(answer)
        except (StopIteration, handshake.HandshakeRefused, handshake.RefusedByPeer):
            self._next = note(7)

    def leave(self) -> None:
        """Closes the connection."""
        if not self._pipe.is_over:
            self._connection.eof_received()


class Ground:
    """The node, a recorder on it, and the honest visitor."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=VirtualTimeLoop)
        self._failures: list[object] = []
        self._visits = 0
        self._runner.get_loop().set_exception_handler(
            lambda _, context: self._failures.append(context)
        )
        self.memory, self.recorder = Memory(), Recorder()
        self.node: runtime.Node = self._runner.run(self._start())
        self.honest = self.visit("honest", steps=2)

    def visit(self, name: str = "", *, steps: int = 0) -> Visitor:
        """A new visitor that has taken ``steps`` steps of the handshake."""
        self._visits += 1

        async def enter() -> Visitor:
            visitor = Visitor(self.memory, name or f"visitor{self._visits}")
            for _ in range(steps):
                visitor.proceed()
            return visitor

        return self._runner.run(enter())

    def do(self, action: Callable[..., object], *arguments: object) -> None:
        """Calls ``action``, and lets the node handle everything that follows."""

        async def act() -> None:
            action(*arguments)
            await asyncio.sleep(0.001)

        self._runner.run(act())

    def wait(self, seconds: float) -> None:
        """Lets time pass."""
        self._runner.run(asyncio.sleep(seconds))

    def check(self, entitled: set[str]) -> None:
        """Only ``entitled`` visitors are connected or were heard, the honest one is heard, the bounds hold."""
        self.do(self.honest.say, framed(note(42)))
        received = []
        while not self.recorder.inbox.empty():
            received.append(self.recorder.inbox.get_nowait())
        assert received[-1] == (runtime.Pid("honest", 5, 7), Note(number=42))
        assert {sender.node for sender, _ in received if sender} <= entitled | {"honest"}
        assert {type(message) for _, message in received} == {Note}
        assert "honest" in self.node.nodes()
        assert set(self.node.nodes()) <= entitled | {"honest"}
        assert self.node.statistics().unauthenticated <= LIMITS.unauthenticated_connections
        assert not self._failures

    def close(self) -> None:
        """Stops the node; it must not hang."""
        try:
            self._runner.run(self.node.stop())
            assert not self._failures
        finally:
            self._runner.close()

    async def _start(self) -> runtime.Node:
        node = await runtime.Node.start(
            "node@127.0.0.1:1",
            cookie=COOKIE,
            transport=self.memory,
            clock=SimulatedClock(asyncio.get_running_loop()),
            random=random.Random(1),
            limits=LIMITS,
        )
        await node.spawn_register("recorder", lambda: self.recorder)
        return node


def framed(frame: bytes) -> bytes:
    """A frame with its header."""
    return len(frame).to_bytes(HEADER, "big") + frame


def note(number: int) -> bytes:
    """A message to the recorder."""
    return runtime.DEFAULT_REGISTRY.encode("recorder", 7, Note(number=number))


def attack(data: bytes) -> None:
    """Sends one fuzzing input to a new node; `attacks` shows what the first byte means."""
    is_framed, steps = divmod(data[0] % 6 if data else 0, 3)
    with contextlib.closing(Ground()) as ground:
        visitor = ground.visit("attacker", steps=steps)
        for chunk in data[1:].split(SEPARATOR):
            ground.do(visitor.say, framed(chunk) if is_framed else chunk)
        # The attacker may be connected: after two steps, or after one step and the proof from `examples`.
        ground.check({"attacker"})


def attacks(steps: int, chunks: list[bytes]) -> list[bytes]:
    """Attacks that send these chunks after ``steps`` steps of the handshake: bare, and in frames."""
    said = SEPARATOR.join(chunks)
    return [bytes([steps]) + said, bytes([3 + steps]) + said]


def examples() -> list[bytes]:
    """For each step an attack that sends exactly what is right; fuzzing starts from these."""
    with contextlib.closing(Ground()) as ground:
        frames = [ground.visit("attacker", steps=steps).next_frame for steps in range(3)]
    return [attacks(steps, [frame])[1] for steps, frame in enumerate(frames)]
