"""The pauses before another node is dialled again."""

import asyncio
import random

import pytest

import runtime
from runtime.dropped import DropLog
from runtime.logs import process_log
from runtime.network.context import NodeContext
from runtime.network.cookies import Cookies
from runtime.network.handshake import NodeIdentity
from runtime.network.peer import Backoff
from runtime.simulation import SimulatedClock, run
from tests.runtime.support import COOKIE, Bulk, Events, World, in_world

NOBODY = runtime.ProcessId("nobody", "b")


def test_peer_pauses_before_it_redials_a_node_that_hangs_up_at_once() -> None:
    """After a connection that lasted, it redials without a pause."""

    async def main(world: World) -> None:
        a = await world.start("a")
        await world.start("b", limits=runtime.NodeLimits(frame_bytes=1024))
        ups: list[float] = []

        def provoke(event: runtime.NodeEvent) -> None:
            if isinstance(event, runtime.NodeUp):
                ups.append(world.loop.time())
                a.send(NOBODY, Bulk(number=1))

        cancel = a.watch(provoke)
        a.connect("b")
        await asyncio.sleep(30)
        assert 30 < len(ups) < 70
        cancel()
        await asyncio.sleep(5)
        assert "b" in a.nodes()
        events = Events(a)
        a.send(NOBODY, Bulk(number=1))
        await events.next_down()
        lost = world.loop.time()
        assert isinstance(await events.next(), runtime.NodeUp)
        assert world.loop.time() - lost < 0.005

    in_world(main)


def test_backoff_doubles_its_pauses_up_to_a_second() -> None:
    """Each is shortened by a random amount, at most a half; `reset` makes the next one short again."""

    async def main() -> None:
        clock = SimulatedClock(asyncio.get_running_loop())
        backoff = Backoff(
            NodeContext(
                own=NodeIdentity("a", 1),
                cookies=Cookies((COOKIE,), b"salt", ()),
                clock=clock,
                random=random.Random(1),
                registry=runtime.Registry(),
                limits=runtime.NodeLimits(),
                drop_log=DropLog(clock, process_log("a")),
            )
        )
        for _ in range(2):
            for longest in (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0, 1.0):
                pause = backoff.next_pause()
                assert longest / 2 <= pause <= longest
                assert pause != pytest.approx(longest)
            backoff.reset()

    run(main())
