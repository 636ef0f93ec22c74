"""A peer: how it is reached, which incarnation counts, and when it is down."""

import asyncio

import runtime
from runtime.events import NodeDownReason as Reason
from runtime.simulation import Conditions
from tests.runtime.support import (
    Bulk,
    Events,
    Note,
    Recorder,
    World,
    in_world,
    start_recorder,
)

RECORDER = runtime.ProcessId("recorder", "b")


def numbers(recorder: Recorder) -> list[int]:
    """The numbers of the notes that have come."""
    return [recorder.inbox.get_nowait()[1].number for _ in range(recorder.inbox.qsize())]


def connections(node: runtime.Node) -> dict[str, int]:
    """How many connections the node has with each other node."""
    return {name: each.connections for name, each in node.statistics().connections.items()}


def test_peer_connects_when_a_message_is_sent() -> None:
    """The messages wait, and then arrive in order over one connection."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        recorder = await start_recorder(b)
        for number in range(100):
            a.send(RECORDER, Note(number=number))
        await asyncio.sleep(1)
        assert numbers(recorder) == list(range(100))
        assert connections(b) == {"a": 1}

    in_world(main)


def test_peer_uses_one_connection_for_both_directions() -> None:
    """Whichever node dialled."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b", routes={})
        recorder = await start_recorder(a)
        a.connect("b")
        await asyncio.sleep(1)
        b.send(runtime.ProcessId("recorder", "a"), Note(number=1))
        await asyncio.sleep(1)
        assert numbers(recorder) == [1]
        assert (connections(a), connections(b)) == ({"b": 1}, {"a": 1})

    in_world(main)


def test_peer_keeps_the_order_if_both_nodes_dial_at_once() -> None:
    """Each node sends over the connection that was opened first."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        world.network.default = Conditions(delay=(0.0001, 0.01))
        recorders = [await start_recorder(node) for node in (a, b)]
        for number in range(500):
            a.send(RECORDER, Note(number=number))
            b.send(runtime.ProcessId("recorder", "a"), Note(number=number))
            await asyncio.sleep(0.0001)
        await asyncio.sleep(1)
        assert [numbers(recorder) for recorder in recorders] == [list(range(500))] * 2
        assert connections(a) == {"b": 2}

    for seed in range(5):
        in_world(main, seed)


def test_peer_without_a_route_drops_and_counts_messages() -> None:
    """Until a route is added."""

    async def main(world: World) -> None:
        a, b = await world.start("a", routes={}), await world.start("b")
        recorder = await start_recorder(b)
        a.send(RECORDER, Note(number=1))
        assert a.statistics().dropped == {"no route to the node": 1}
        a.add_route("b", "b:1")
        a.send(RECORDER, Note(number=2))
        await asyncio.sleep(1)
        assert numbers(recorder) == [2]

    in_world(main)


def test_peer_drops_what_waits_for_a_dial_that_fails() -> None:
    """It is counted; the next message makes it dial again."""

    async def main(world: World) -> None:
        a = await world.start("a")
        for number in range(3):
            a.send(RECORDER, Note(number=number))
        await asyncio.sleep(1)
        assert a.statistics().dropped == {"node unreachable": 3}
        recorder = await start_recorder(await world.start("b"))
        a.send(RECORDER, Note(number=3))
        await asyncio.sleep(1)
        assert numbers(recorder) == [3]

    in_world(main)


def test_peer_limits_how_many_messages_wait() -> None:
    """The newest beyond the limit are dropped and counted."""

    async def main(world: World) -> None:
        a = await world.start("a", limits=runtime.NodeLimits(waiting_messages=10))
        recorder = await start_recorder(await world.start("b"))
        for number in range(15):
            a.send(RECORDER, Note(number=number))
        await asyncio.sleep(1)
        assert numbers(recorder) == list(range(10))
        assert a.statistics().dropped == {"too many messages wait for a connection": 5}

    in_world(main)


def test_peer_limits_how_many_bytes_wait() -> None:
    """However few the messages are; what was dropped or delivered makes room again."""

    async def main(world: World) -> None:
        a = await world.start("a", limits=runtime.NodeLimits(send_buffer_bytes=25_000))
        for number in range(5):
            a.send(RECORDER, Bulk(number=number))
        assert a.statistics().dropped == {"too many messages wait for a connection": 2}
        await asyncio.sleep(1)
        for start in (5, 10):
            b = await world.start("b")
            recorder = await start_recorder(b)
            for number in range(start, start + 5):
                a.send(RECORDER, Bulk(number=number))
            await asyncio.sleep(3)
            assert numbers(recorder) == [start, start + 1, start + 2]
            await b.stop()
            await asyncio.sleep(3)

    in_world(main)


def test_peer_that_is_kept_connected_dials_until_the_node_is_there() -> None:
    """With pauses of at most a second; adding a route starts it."""

    async def main(world: World) -> None:
        a = await world.start("a", routes={})
        events = Events(a)
        a.connect("b")
        await asyncio.sleep(10)
        a.add_route("b", "b:1")
        await asyncio.sleep(60)
        b = await world.start("b")
        there = world.loop.time()
        assert await events.next() == runtime.NodeUp("b", b.creation)
        assert world.loop.time() - there < 1.01

    in_world(main)


def test_peer_that_is_kept_connected_connects_again_after_a_crash() -> None:
    """With the new incarnation."""

    async def main(world: World) -> None:
        a = await world.start("a")
        events = Events(a)
        a.connect("b")
        for _ in range(3):
            b = await world.start("b")
            assert await events.next() == runtime.NodeUp("b", b.creation)
            b.kill()
            world.network.crash("b")
            assert await events.next() == runtime.NodeDown("b", b.creation, Reason.DIED)

    in_world(main)


def test_peer_dials_with_short_pauses_again_after_a_success() -> None:
    """A node that was away for long, was up shortly, and fails is back within milliseconds."""

    async def main(world: World) -> None:
        a = await world.start("a")
        events = Events(a)
        a.connect("b")
        await asyncio.sleep(60)
        b = await world.start("b")
        assert isinstance(await events.next(), runtime.NodeUp)
        b.kill()
        world.network.crash("b")
        assert isinstance(await events.next(), runtime.NodeDown)
        await asyncio.sleep(0.001)
        await world.start("b")
        there = world.loop.time()
        assert isinstance(await events.next(), runtime.NodeUp)
        assert world.loop.time() - there < 0.05

    in_world(main)


def test_peer_counts_an_accepted_connection_as_its_own() -> None:
    """A node that cannot dial is connected when the other one dials."""

    async def main(world: World) -> None:
        a, b = await world.start("a", routes={}), await world.start("b")
        events = Events(a)
        a.connect("b")
        b.connect("a")
        assert await events.next() == runtime.NodeUp("b", b.creation)

    in_world(main)


def test_peer_drops_a_message_for_a_former_incarnation() -> None:
    """The new process with the same number does not get it; by name it would."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        old = (await start_recorder(b)).pid
        a.connect("b")
        await asyncio.sleep(1)
        b.kill()
        world.network.crash("b")
        recorder = await start_recorder(await world.start("b"))
        assert recorder.pid.number == old.number
        await asyncio.sleep(1)
        a.send(old, Note(number=1))
        a.send(RECORDER, Note(number=2))
        await asyncio.sleep(1)
        assert numbers(recorder) == [2]
        assert a.statistics().dropped["addressed to another incarnation of the node"] == 1

    in_world(main)


def test_peer_drops_a_waiting_message_for_a_former_incarnation() -> None:
    """It was sent before the new incarnation had connected."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        old = (await start_recorder(b)).pid
        b.kill()
        world.network.crash("b")
        recorder = await start_recorder(await world.start("b"))
        a.send(old, Note(number=1))
        await asyncio.sleep(1)
        assert numbers(recorder) == []

    in_world(main)


def test_peer_refuses_an_older_incarnation_than_the_newest() -> None:
    """The older one was suspended or restored while its successor took its place."""

    async def main(world: World) -> None:
        a, old, new = (
            await world.start("a"),
            await world.start("b", routes={"a": "a:1"}),
            await world.start("b", host="c", routes={"a": "a:1"}),
        )
        events = Events(a)
        new.connect("a")
        assert await events.next() == runtime.NodeUp("b", new.creation)
        old.connect("a")
        await asyncio.sleep(10)
        assert events.queue.empty()
        assert a.nodes() == {"b": new.creation}
        assert old.nodes() == {}
        assert a.statistics().dropped["connection refused"] > 3

    in_world(main)


def test_peer_replaces_an_older_incarnation_by_a_newer() -> None:
    """The older one counts as down, and gets a goodbye."""

    async def main(world: World) -> None:
        a, old = await world.start("a"), await world.start("b")
        events, heard_by_old = Events(a), Events(old)
        old.connect("a")
        assert await events.next() == runtime.NodeUp("b", old.creation)
        assert await heard_by_old.next() == runtime.NodeUp("a", a.creation)
        new = await world.start("b", host="c")
        new.connect("a")
        assert await events.next() == runtime.NodeDown("b", old.creation, Reason.SUPERSEDED)
        assert await events.next() == runtime.NodeUp("b", new.creation)
        assert await heard_by_old.next() == runtime.NodeDown("a", a.creation, Reason.GOODBYE)

    in_world(main)


def test_peer_is_down_when_any_connection_ends_without_a_goodbye() -> None:
    """Its other connections are closed, and it is reported once."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        events = Events(a)
        a.connect("b")
        b.connect("a")
        await asyncio.sleep(1)
        assert connections(a) == {"b": 2}
        b.kill()
        world.network.crash("b")
        await asyncio.sleep(1)
        assert [events.queue.get_nowait() for _ in range(events.queue.qsize())] == [
            runtime.NodeUp("b", b.creation),
            runtime.NodeDown("b", b.creation, Reason.DIED),
        ]
        assert a.statistics().connections == {}

    in_world(main)


def test_peer_that_said_goodbye_does_not_count_as_dead() -> None:
    """A node that stops says goodbye on all its connections; it is reported once."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        events = Events(a)
        a.connect("b")
        b.connect("a")
        await asyncio.sleep(1)
        await b.stop()
        await asyncio.sleep(1)
        assert [events.queue.get_nowait() for _ in range(events.queue.qsize())] == [
            runtime.NodeUp("b", b.creation),
            runtime.NodeDown("b", b.creation, Reason.GOODBYE),
        ]

    in_world(main)


def test_peer_that_gives_up_late_in_the_handshake_says_goodbye() -> None:
    """The other node may count it as up already and must not take it for dead."""

    async def main(world: World) -> None:
        a, b = await world.start("a", routes={}), await world.start("b")
        events = Events(a)
        world.loop.call_later(0.00035, world.network.partition, "a", "b")
        world.loop.call_later(4, world.network.heal)
        b.connect("a")
        while not isinstance(event := await events.next(), runtime.NodeDown):
            pass
        assert event == runtime.NodeDown("b", b.creation, Reason.GOODBYE)
        assert await events.next() == runtime.NodeUp("b", b.creation)

    in_world(main)
