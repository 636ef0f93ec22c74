"""Nodes: how they stop, and that nothing is left."""

import asyncio

from tests.runtime.support import (
    World,
    in_world,
    start_recorder,
)


def test_stop_can_be_called_twice_and_at_the_same_time() -> None:
    """The second call waits for the same end."""

    async def main(world: World) -> None:
        a = await world.start("a")
        await start_recorder(a)
        await asyncio.gather(a.stop(), a.stop())
        await a.stop()

    in_world(main)


def test_stopped_node_connects_with_no_node() -> None:
    """Not even with one that it did not know before."""

    async def main(world: World) -> None:
        a, b = await world.start("a", routes={}), await world.start("b")
        await a.stop()
        a.add_route("b", "b:1")
        a.connect("b")
        await asyncio.sleep(1)
        assert (a.nodes(), b.nodes()) == ({}, {})

    in_world(main)
