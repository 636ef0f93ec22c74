"""Nodes over real and simulated networks: messages, statistics, and how other nodes end."""

import asyncio
import contextlib
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import runtime
from runtime.events import NodeDownReason as Reason
from runtime.simulation import Conditions
from tests.runtime import killable
from tests.runtime.support import (
    COOKIE,
    PATIENCE_SECONDS,
    Events,
    Note,
    World,
    in_world,
    over_tcp,
    start_recorder,
    until,
)


@contextlib.asynccontextmanager
async def pair() -> AsyncIterator[tuple[runtime.Node, runtime.Node]]:
    """Nodes a and b on loopback, connected."""
    async with (
        await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE) as a,
        await runtime.Node.start("b@127.0.0.1:0", cookie=COOKIE, routes={"a": a.address}) as b,
    ):
        b.connect("a")
        await until(lambda: a.nodes() and b.nodes())
        yield a, b


def test_node_tells_a_killed_process_from_one_that_stopped() -> None:
    """A real process, killed by the signal that cannot be handled, counts as dead."""

    async def main() -> None:
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE) as a:
            events = Events(a)
            script = str(Path(killable.__file__))
            child = await asyncio.create_subprocess_exec(sys.executable, script, a.address, COOKIE)
            up = await events.next()
            child.send_signal(signal.SIGKILL)
            assert await events.next() == runtime.NodeDown("killable", up.creation, Reason.DIED)
            await child.wait()

    over_tcp(main)


def test_node_that_stops_says_goodbye() -> None:
    """Other nodes do not count it as dead."""

    async def main() -> None:
        async with pair() as (a, b):
            events = Events(a)
            await b.stop()
            assert await events.next() == runtime.NodeDown("b", b.creation, Reason.GOODBYE)

    over_tcp(main)


@pytest.mark.slow
def test_node_delivers_ten_thousand_messages_in_order() -> None:
    """Over one real connection, with answers in the other direction."""

    class Echo(runtime.Process):
        def handle_message(self, sender: runtime.Pid | None, message: Any) -> None:
            assert sender is not None
            self.send(sender, message)

    async def main() -> None:
        async with pair() as (a, b):
            recorder = await start_recorder(b)
            await a.spawn_register("echo", Echo)
            for number in range(10_000):
                recorder.send(runtime.ProcessId("echo", "a"), Note(number=number))
                if number % 1_000 == 999:
                    await asyncio.sleep(0)
            assert [(await recorder.receive()).number for _ in range(10_000)] == [*range(10_000)]
            assert b.statistics().sent == b.statistics().received == 10_000
            assert a.statistics().dropped == b.statistics().dropped == {}

    over_tcp(main)


def test_node_does_the_same_again_on_a_bad_network_with_the_same_seed() -> None:
    """Every message, every event, every instant."""

    async def main(world: World) -> list[object]:
        diary: list[object] = []
        world.network.default = Conditions(
            delay=(0.0001, 0.05), loss=0.1, duplication=0.1, reordering=0.1
        )
        nodes = [await world.start(name) for name in "abc"]
        recorders = [await start_recorder(node) for node in nodes]
        for node in nodes:
            node.watch(lambda event: diary.append((world.loop.time(), event)))
            node.connect("a") if node.name != "a" else node.connect("b")
        for number in range(200):
            world.network.random.choice(nodes).send(
                runtime.ProcessId("recorder", "abc"[number % 3]), Note(number=number)
            )
            await asyncio.sleep(0.01)
            if number == 100:
                nodes[2].kill()
                world.network.crash("c")
        inboxes = [[r.inbox.get_nowait() for _ in range(r.inbox.qsize())] for r in recorders]
        return [*diary, inboxes, [node.statistics() for node in nodes], world.loop.time()]

    first, second, other = (repr(in_world(main, seed)) for seed in (7, 7, 8))
    assert first == second
    assert first != other


def test_statistics_count_what_has_gone_over_each_connection() -> None:
    """Frames and bytes in both directions, and for how long the node has been up."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        await start_recorder(b)
        events = Events(a)
        for _ in range(3):
            a.send(runtime.ProcessId("recorder", "b"), Note(number=1))
        await events.next()
        await asyncio.sleep(10)
        size = 3 * len(runtime.DEFAULT_REGISTRY.encode("recorder", None, Note(number=1)))
        [here], [there] = ([*each.statistics().connections.values()] for each in (a, b))
        assert here == runtime.ConnectionStatistics(
            connections=1,
            frames_sent=3,
            bytes_sent=size,
            frames_received=0,
            bytes_received=0,
            connected_seconds=10.0,
        )
        assert (there.frames_received, there.bytes_received, there.frames_sent) == (3, size, 0)

    in_world(main)


def test_node_that_cannot_start_leaves_nothing(tmp_path: Path) -> None:
    """Neither its address nor its folder: the next start has both."""

    async def main() -> None:
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE) as a:
            for address, routes in ((a.address, {}), ("127.0.0.1:0", {"c": "nowhere"})):
                with pytest.raises((OSError, ValueError)):
                    await runtime.Node.start(
                        f"b@{address}", cookie=COOKIE, state_dir=tmp_path, routes=routes
                    )
        b = await runtime.Node.start(f"b@{a.address}", cookie=COOKIE, state_dir=tmp_path)
        b.kill()
        await b.ended()

    over_tcp(main)


@pytest.mark.parametrize("name", ["a", "", "x@y"])
def test_connect_refuses_the_own_name_and_what_is_no_name(name: str) -> None:
    """The error names the field."""

    async def main(world: World) -> None:
        a = await world.start("a")
        with pytest.raises(ValueError, match="name must be"):
            a.connect(name)
        with pytest.raises(ValueError, match="address must be host:port"):
            a.add_route("b", "nowhere")

    in_world(main)


def test_node_uses_the_random_that_it_was_given() -> None:
    """Or that of the system, which cannot be predicted and which the handshake needs."""

    async def main() -> None:
        chance = random.Random(1)
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE, random=chance) as a:
            assert a.random is chance
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE) as a:
            assert isinstance(a.random, random.SystemRandom)

    over_tcp(main)


def test_patience_of_the_tests_is_longer_than_any_limit() -> None:
    """So a test that hangs can be told from a node that waits."""
    limits = runtime.NodeLimits()
    assert limits.handshake_seconds + limits.shutdown_seconds < PATIENCE_SECONDS
