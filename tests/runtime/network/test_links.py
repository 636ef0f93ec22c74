"""Links: which connection of a lane is used, which are given up, and that messages stay in order."""

import asyncio

import runtime
from runtime.events import NodeDownReason as Reason
from runtime.network.lane import FIRST_LINK, Lane, LinkIdentity
from runtime.network.wire import Goodbye, Registry
from runtime.simulation import Conditions
from tests.runtime.bare_client import CLIENT, dialled, pair
from tests.runtime.support import (
    Events,
    Note,
    Recorder,
    UrgentNote,
    World,
    in_world,
    over_tcp,
    start_recorder,
    until,
)

IN_A = runtime.ProcessId("recorder", "a")
IN_B = runtime.ProcessId("recorder", "b")


def numbers(recorder: Recorder) -> list[int]:
    """The numbers of the notes that have come."""
    return [recorder.inbox.get_nowait()[1].number for _ in range(recorder.inbox.qsize())]


def count(node: runtime.Node, other: str) -> int:
    """How many links there are with another node."""
    found = node.statistics().connections.get(other)
    return 0 if found is None else found.connections


def link(generation: int, lane: Lane = Lane.ORDINARY) -> LinkIdentity:
    """What a link is for."""
    return LinkIdentity(lane, generation)


def frame(number: int) -> bytes:
    """A note to the recorder on node a."""
    return runtime.DEFAULT_REGISTRY.encode("recorder", None, Note(number=number))


def test_links_replace_one_that_swallows_everything_when_it_is_suspected() -> None:
    """Messages arrive over the new link, and no node was down."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        recorder = await start_recorder(b)
        a.send(IN_B, UrgentNote(number=1))
        await asyncio.sleep(1)
        events = [Events(a), Events(b)]
        for ends in (("a", "b"), ("b", "a")):
            world.network.swallow(*ends)
        a.send(IN_B, UrgentNote(number=2))
        await asyncio.sleep(1)
        assert numbers(recorder) == [1]
        a.suspect("b")
        await asyncio.sleep(0.01)
        a.send(IN_B, UrgentNote(number=3))
        await asyncio.sleep(3)
        assert numbers(recorder) == [3]
        assert [each.queue.empty() for each in events] == [True, True]
        assert (count(a, "b"), count(b, "a")) == (1, 1)

    for seed in range(5):
        in_world(main, seed)


def test_links_keep_the_one_in_use_until_the_new_one_is_open() -> None:
    """A link that was suspected but works loses nothing while no other can be made."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        recorder = await start_recorder(b)
        a.send(IN_B, UrgentNote(number=0))
        await asyncio.sleep(1)
        a.add_route("b", "nobody:1")
        for number in range(1, 100):
            a.suspect("b")
            a.send(IN_B, UrgentNote(number=number))
            await asyncio.sleep(0.1)
        assert numbers(recorder) == list(range(100))
        assert a.nodes() == {"b": b.creation}

    in_world(main)


def test_links_keep_messages_in_order_however_often_they_are_replaced() -> None:
    """Both ends suspect; the delays of the two links differ."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        world.network.default = Conditions(delay=(0.0001, 0.02))
        recorders = [await start_recorder(node) for node in (a, b)]
        for number in range(2_000):
            a.send(IN_B, UrgentNote(number=number))
            b.send(IN_A, UrgentNote(number=number))
            if number % 100 == 50 and number < 1_800:
                a.suspect("b")
            if number % 300 in (50, 130) and number < 1_800:
                b.suspect("a")
            await asyncio.sleep(0.001)
        await asyncio.sleep(2)
        for recorder in recorders:
            came = numbers(recorder)
            assert came == sorted(set(came))
            assert came[-1] == 1_999
            assert len(came) > 1_000
        assert count(a, "b") == count(b, "a") <= 2

    for seed in range(5):
        in_world(main, seed)


def test_links_use_the_newest_at_the_end_that_has_noticed_nothing() -> None:
    """One end was told that the link is over; what the other sends over it gets lost."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        recorder = await start_recorder(a)
        a.connect("b")
        await asyncio.sleep(2)
        events, heard_by_b = Events(a), Events(b)
        world.network.swallow("a", "b")
        world.network.swallow("b", "a")
        world.network.reset("b", "a")
        assert await events.next() == runtime.NodeDown("b", b.creation, Reason.DIED)
        assert await events.next() == runtime.NodeUp("b", b.creation)
        b.send(IN_A, Note(number=1))
        await asyncio.sleep(5)
        assert numbers(recorder) == [1]
        assert events.queue.empty()
        assert heard_by_b.queue.empty()
        assert (count(a, "b"), count(b, "a")) == (1, 1)

    for seed in range(5):
        in_world(main, seed)


def test_link_of_the_same_generation_replaces_the_one_that_the_same_node_dialled() -> None:
    """What comes over the first is delivered until a message has come over the second."""

    async def main() -> None:
        async with pair() as nodes, dialled(nodes.a) as first, dialled(nodes.a) as second:
            await first.authenticate()
            first.write(frame(1))
            assert await nodes.recorder.receive() == Note(number=1)
            await second.authenticate()
            await until(lambda: count(nodes.a, "client") == 1)
            first.write(frame(2))
            assert await nodes.recorder.receive() == Note(number=2)
            second.write(frame(3))
            assert await nodes.recorder.receive() == Note(number=3)
            first.write(frame(4))
            goodbye = Registry().decode(await first.read()).message
            assert goodbye == Goodbye(reason="a newer connection has replaced this one", exceed=0)
            assert nodes.recorder.inbox.empty()
            assert nodes.a.nodes()["client"] == CLIENT.creation

    over_tcp(main)


def test_link_older_than_the_newest_is_hung_up() -> None:
    """It was dialled before the newest one, and came late."""

    async def main() -> None:
        async with pair() as nodes, dialled(nodes.a) as newest, dialled(nodes.a) as late:
            await newest.authenticate(link=link(2))
            await late.authenticate(link=link(1))
            goodbye = Registry().decode(await late.read()).message
            assert goodbye == Goodbye(reason="a newer connection has replaced this one", exceed=0)
            newest.write(frame(1))
            assert await nodes.recorder.receive() == Note(number=1)

    over_tcp(main)


def test_links_that_are_replaced_again_and_again_do_not_pile_up() -> None:
    """At most one that was replaced waits for its end."""

    async def main() -> None:
        async with (
            pair() as nodes,
            dialled(nodes.a) as first,
            dialled(nodes.a) as second,
            dialled(nodes.a) as third,
        ):
            for generation, client in enumerate((first, second, third), 1):
                await client.authenticate(link=link(generation))
            # The first is hung up as soon as the third is open, without the pause of the second.
            goodbye = Registry().decode(await first.read()).message
            assert goodbye == Goodbye(reason="a newer connection has replaced this one", exceed=0)
            assert count(nodes.a, "client") == 1

    over_tcp(main)


def test_first_link_is_an_ordinary_one_of_the_first_generation() -> None:
    """So two nodes that dial each other at once dial the same generation."""
    assert link(1) == FIRST_LINK
