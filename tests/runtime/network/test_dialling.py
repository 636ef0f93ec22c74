"""The pauses before another node is dialled again."""

import asyncio
import random
from collections.abc import Callable

import pytest

import runtime
from runtime.dropped import DropLog
from runtime.logs import process_log
from runtime.network.connection import NodeConnection
from runtime.network.context import NodeContext
from runtime.network.cookies import Cookies
from runtime.network.dialling import Backoff, Dialler
from runtime.network.handshake import NodeIdentity
from runtime.network.transport import Connection, Listener, Transport
from runtime.simulation import SimulatedClock, SimulatedNetwork, run
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


def context(clock: runtime.Clock) -> NodeContext:
    """What a dialler has from its node."""
    return NodeContext(
        own=NodeIdentity("a", 1),
        cookies=Cookies((COOKIE,), b"salt", ()),
        clock=clock,
        random=random.Random(1),
        registry=runtime.Registry(),
        limits=runtime.NodeLimits(),
        drop_log=DropLog(clock, process_log("a")),
    )


def test_backoff_stays_short_for_four_seconds_and_then_doubles_up_to_a_second() -> None:
    """Each is shortened by a random amount, at most a half; `reset` makes the next one short again."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        backoff = Backoff(context(SimulatedClock(loop)))
        for _ in range(2):
            began = loop.time()
            for longest in (0.02, 0.04, 0.08, 0.16):
                pause = backoff.next_pause()
                assert longest / 2 <= pause <= longest
                assert pause != pytest.approx(longest)
                await asyncio.sleep(pause)
            while loop.time() < began + 4:
                pause = backoff.next_pause()
                assert 0.125 <= pause <= 0.25
                await asyncio.sleep(pause)
            for longest in (0.5, 1.0, 1.0):
                assert longest / 2 <= backoff.next_pause() <= longest
            backoff.reset()

    run(main())


class Unreliable:
    """A transport whose attempts fail as given, one after the other, and then never end."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.began: list[float] = []
        self.under_way = 0

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> Listener:
        raise OSError(address)

    async def dial(self, address: str) -> Connection:
        self.began.append(asyncio.get_running_loop().time())
        if self.errors:
            raise self.errors.pop(0)
        self.under_way += 1
        try:
            return await asyncio.Future()
        finally:
            self.under_way -= 1


def dialler(transport: Transport, clock: runtime.Clock, failures: list[str]) -> Dialler:
    """A dialler that always wants a connection, and gets none."""

    def establish(connection: Connection) -> NodeConnection:
        raise AssertionError

    made = Dialler("b", context(clock), transport, establish, lambda: True, failures.append)
    made.address = "b:1"
    return made


@pytest.mark.parametrize(
    "error", [OSError("no"), RuntimeError("can't start new thread"), MemoryError(), ValueError("x")]
)
def test_dialler_dials_again_after_any_error(error: Exception) -> None:
    """Also if it is none of the network: a shortage of threads or memory ends."""

    async def main() -> None:
        transport, failures = Unreliable(error, error), list[str]()
        made = dialler(transport, SimulatedClock(asyncio.get_running_loop()), failures)
        made.dial_if_wanted()
        await asyncio.sleep(0.2)
        assert len(failures) == 2
        assert len(transport.began) == 3
        attempt = made.retire()
        assert attempt is not None
        await asyncio.wait([attempt])

    run(main())


def test_dialler_asks_again_and_again_for_four_seconds() -> None:
    """Four times a second, because a request to connect may be lost; two are under way at most."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        transport, failures = Unreliable(), list[str]()
        made = dialler(transport, SimulatedClock(loop), failures)
        made.dial_if_wanted()
        await asyncio.sleep(4.9)
        assert transport.began == [pytest.approx(0.25 * number) for number in range(20)]
        assert transport.under_way == 2
        await asyncio.sleep(4)
        assert failures == ["b:1: TimeoutError"]
        assert len(transport.began) == 21
        assert transport.under_way == 1
        attempt = made.retire()
        assert attempt is not None
        await asyncio.wait([attempt])
        assert transport.under_way == 0

    run(main())


def test_dialler_uses_a_way_that_is_whole_again_within_a_quarter_of_a_second() -> None:
    """However long the kernel would wait before it repeats its request to connect."""

    async def main(world: World) -> None:
        a, _ = await world.start("a"), await world.start("b")
        world.network.partition("a", "b")
        events = Events(a)
        a.connect("b")
        for healed in (0.6, 1.3, 2.9):
            await asyncio.sleep(healed)
            world.network.heal()
            there = world.loop.time()
            assert isinstance(await events.next(), runtime.NodeUp)
            assert world.loop.time() - there < 0.3
            world.network.partition("a", "b")
            world.network.reset("b", "a")
            assert isinstance(await events.next(), runtime.NodeDown)

    in_world(main)


def test_dialler_ends_a_connection_whose_handshake_cannot_begin() -> None:
    """An error there is followed by another attempt too."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        network, failures = SimulatedNetwork(loop, 1), list[str]()
        lost: list[Connection] = []
        await network.transport("b").listen("b:1", lost.append)
        near = network.transport("a")
        made = dialler(near, SimulatedClock(loop), failures)
        made.dial_if_wanted()
        await asyncio.sleep(0.1)
        made.retire()
        assert failures[0] == "b:1: AssertionError()"
        assert len(lost) > 1
        await asyncio.sleep(1)
        assert not near.connections

    run(main())
