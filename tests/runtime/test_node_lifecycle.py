"""Nodes: how they start, stop and are killed, and that nothing is left."""

import asyncio
from typing import Any

import pytest

import runtime
from runtime.process import ExitReason
from tests.runtime.support import (
    World,
    in_world,
    start_recorder,
    until,
)


async def meet(a: runtime.Node, b: runtime.Node) -> None:
    """Connects them and waits until both are up for each other."""
    a.connect(b.name)
    await until(lambda: a.nodes() and b.nodes())


def test_stop_twice_and_at_the_same_time_is_one_stop() -> None:
    """Whoever comes second waits for the same end."""

    async def main(world: World) -> None:
        a = await world.start("a")
        await start_recorder(a)
        await asyncio.gather(a.stop(), a.stop())
        await a.stop()

    in_world(main)


def test_a_stopped_node_connects_with_nobody() -> None:
    """Not even with one that it did not know before."""

    async def main(world: World) -> None:
        a, b = await world.start("a", routes={}), await world.start("b")
        await a.stop()
        a.add_route("b", "b:1")
        a.connect("b")
        await asyncio.sleep(1)
        assert (a.nodes(), b.nodes()) == ({}, {})

    in_world(main)


def test_a_process_that_does_not_end_is_killed(caplog: pytest.LogCaptureFixture) -> None:
    """Its time is bounded; terminate does not run, release does; the log names it."""

    class Stuck(runtime.Process):
        released = terminated = False

        async def handle_message(self, sender: runtime.Pid | None, message: Any) -> None:
            await asyncio.sleep(10**6)

        def terminate(self, reason: ExitReason) -> None:
            self.terminated = True

        async def _release(self) -> None:
            self.released = True

    async def main(world: World) -> None:
        a, stuck = await world.start("a", limits=runtime.NodeLimits(shutdown_seconds=3)), Stuck()
        pid = await a.spawn(lambda: stuck)
        a.send(pid, "go")
        await asyncio.sleep(1)
        start = world.loop.time()
        await a.stop()
        assert world.loop.time() - start == pytest.approx(3)
        assert (stuck.terminated, stuck.released) == (False, True)
        assert f"{pid} did not terminate in time" in caplog.messages

    in_world(main)
