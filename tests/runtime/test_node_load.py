"""Many actors and many messages between two nodes."""

import asyncio
from typing import Any

import pytest

from benchmarks import load
from runtime.simulation import Conditions
from tests.runtime.support import World, in_world


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_node_delivers_all_messages_of_many_actors_in_order(seed: int) -> None:
    """A hundred actors send at once, each frame has its own delay, and mailboxes stay short."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        world.network.default = Conditions(delay=(0.0001, 0.02))
        watching = asyncio.create_task(watch(b))
        outcome = await load.exchange(a, b, actors=100, messages=60)
        watching.cancel()
        assert outcome == load.Delivery(sent=6_000, lost=0, disordered=0)
        assert a.statistics().sent == b.statistics().received == 6_000
        assert a.statistics().dropped == b.statistics().dropped == {}
        assert seen["longest"] <= load.BATCH + 1
        assert a.statistics().calls == 0

    seen: dict[str, Any] = {"longest": 0}

    async def watch(node: Any) -> None:
        while True:
            lengths = [each.length for each in node.statistics().mailboxes.values()]
            seen["longest"] = max([seen["longest"], *lengths])
            await asyncio.sleep(0.001)

    in_world(main, seed)


def test_load_exchange_notices_a_message_that_comes_twice() -> None:
    """Otherwise the test above would prove nothing."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        world.network.set_conditions("a", "b", Conditions(duplication=0.2))
        outcome = await load.exchange(a, b, actors=5, messages=10)
        assert (outcome.lost < 0, outcome.disordered > 0) == (True, True)

    in_world(main)
