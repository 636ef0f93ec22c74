"""What the tests of the runtime share: messages, processes that record, ways to wait."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import runtime
from runtime.process import ExitReason
from runtime.simulation import SimulatedClock, SimulatedNetwork, VirtualTimeLoop

COOKIE = "a cookie for tests"
PATIENCE_SECONDS = 30
"""How long anything may take before a test fails instead of hanging."""


@runtime.message(name="tests.note")
@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A small registered message."""

    number: int


@runtime.message(name="tests.bulk")
@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """A large registered message."""

    number: int
    ballast: bytes = bytes(10_000)


@runtime.message(name="tests.urgent", urgent=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentNote:
    """A small registered message with a connection of its own."""

    number: int


class Recorder(runtime.Process):
    """A process that keeps its messages, in order, for the test to wait for."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[tuple[runtime.Pid | None, Any]] = asyncio.Queue()

    def handle_message(self, sender: runtime.Pid | None, message: Any) -> None:
        self.inbox.put_nowait((sender, message))

    async def receive(self) -> Any:
        """The next message."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await self.inbox.get())[1]


class Diary(runtime.Process):
    """A process that writes down every callback; some are `def`, some are `async def`."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    async def init(self, *words: str) -> None:
        await asyncio.sleep(0.001)
        self.entries.append(("init", *words))

    def handle_message(self, sender: runtime.Pid | None, message: Any) -> Any:
        return self.write_slowly(message) if message == "slow" else self.write(message)

    async def terminate(self, reason: ExitReason) -> None:
        self.entries.append(("terminate", reason))

    async def _prepare_to_terminate(self, reason: ExitReason) -> None:
        self.entries.append(("prepare", reason))

    async def _release(self) -> None:
        self.entries.append("release")

    def write(self, message: Any) -> None:
        """Stops, fails, or writes the message down."""
        if message == "stop":
            self.stop("enough")
        if isinstance(message, Exception):
            raise message
        self.entries.append(message)

    async def write_slowly(self, message: Any) -> None:
        """Writes the message down at the beginning and at the end of a second."""
        self.entries.append(message)
        await asyncio.sleep(1)
        self.entries.append(message)


class Events:
    """The events of other nodes, for the test to wait for."""

    def __init__(self, node: runtime.Node) -> None:
        self.queue: asyncio.Queue[runtime.NodeEvent] = asyncio.Queue()
        self.cancel = node.watch(self.queue.put_nowait)

    async def next(self) -> runtime.NodeEvent:
        """The next event."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.queue.get()

    async def next_down(self) -> runtime.NodeDown:
        """The next node that goes down."""
        while not isinstance(event := await self.next(), runtime.NodeDown):
            pass
        return event


async def until(condition: Callable[[], object]) -> None:
    """Runs the event loop until the condition holds."""
    loop = asyncio.get_running_loop()
    holds: asyncio.Future[None] = loop.create_future()

    def look() -> None:
        if condition() and not holds.done():
            holds.set_result(None)
        elif not holds.done():
            loop.call_later(0.001, look)

    look()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await holds


class World:
    """A simulated network and the nodes on it; each has a host of the same name."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seed: int) -> None:
        self.loop = loop
        self.network = SimulatedNetwork(loop, seed)
        self.nodes: list[runtime.Node] = []

    async def start(self, name: str, host: str | None = None, **options: Any) -> runtime.Node:
        """Starts a node that has routes to port 1 of every other host."""
        host = host or name
        options.setdefault("clock", SimulatedClock(self.loop))
        node = await runtime.Node.start(
            f"{name}@{host}:1",
            **{"cookie": COOKIE, "routes": {"a": "a:1", "b": "b:1", "c": "c:1"}} | options,
            transport=self.network.transport(host),
            random=random.Random(f"{host} {len(self.nodes)}"),
        )
        self.nodes.append(node)
        return node


def in_world(main: Callable[[World], Coroutine[Any, Any, Any]], seed: int = 0) -> Any:
    """Runs a test in a simulated world; stops its nodes and checks that nothing is left."""

    async def body() -> Any:
        world = World(asyncio.get_running_loop(), seed)
        try:
            return await main(world)
        finally:
            for node in world.nodes:
                await node.stop()
            assert asyncio.all_tasks() == {asyncio.current_task()}

    return VirtualTimeLoop().run(body())


def over_tcp(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a test on a real loop in debug mode; checks that no task is left."""

    async def body() -> None:
        await main()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(body(), debug=True)


async def start_recorder(node: runtime.Node, name: str = "recorder") -> Recorder:
    """A recorder registered on that node."""
    recorder = Recorder()
    await node.spawn_register(name, lambda: recorder)
    return recorder


async def start_diary(world: World, *words: str) -> tuple[runtime.Node, runtime.Pid, Diary]:
    """A node and a diary on it."""
    node, diary = await world.start("a"), Diary()
    return node, await node.spawn_register("diary", lambda: diary, *words), diary
