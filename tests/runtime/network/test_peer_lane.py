"""A lane: urgent messages have a connection of their own, and a node is up while it has any link."""

import asyncio

import runtime
from runtime.events import NodeDownReason as Reason
from runtime.network.lane import FIRST_LINK, Lane, LinkIdentity
from tests.runtime.bare_client import CLIENT, dialled, pair
from tests.runtime.support import (
    Events,
    Note,
    UrgentNote,
    World,
    in_world,
    over_tcp,
    start_recorder,
    until,
)

RECORDER = runtime.ProcessId("recorder", "b")
URGENT_LINK = LinkIdentity(Lane.URGENT, 1)


class Listener:
    """An endpoint that keeps what it receives."""

    def __init__(self) -> None:
        self.received: list[UrgentNote] = []

    def receive(self, sender: runtime.Pid, message: UrgentNote) -> None:
        self.received.append(message)

    def fail(self, error: Exception) -> None:
        raise error


def connections(node: runtime.Node) -> dict[str, int]:
    """How many connections the node has with each other node."""
    return {name: each.connections for name, each in node.statistics().connections.items()}


def test_lane_of_urgent_messages_has_its_own_connection() -> None:
    """It is made when the first urgent message is sent, and the node was up before."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        recorder = await start_recorder(b)
        a.send(RECORDER, Note(number=1))
        await asyncio.sleep(1)
        assert connections(a) == {"b": 1}
        a.send(RECORDER, UrgentNote(number=2))
        assert await recorder.receive() == Note(number=1)
        assert await recorder.receive() == UrgentNote(number=2)
        assert connections(a) == {"b": 2}

    in_world(main)


def test_lane_of_urgent_messages_is_kept_on_a_node_with_an_endpoint_for_them() -> None:
    """Whether the endpoint or the connection came first; also after the link was lost."""

    async def main(world: World) -> None:
        nodes = {name: await world.start(name) for name in "abc"}
        nodes["a"].connect("b")
        await asyncio.sleep(1)
        assert connections(nodes["a"]) == {"b": 1}
        nodes["a"].register_endpoint("listener", Listener(), [UrgentNote])
        nodes["a"].connect("c")
        await asyncio.sleep(2)
        assert connections(nodes["a"]) == {"b": 2, "c": 2}
        world.network.reset("b", "a")
        await asyncio.sleep(2)
        assert connections(nodes["a"]) == {"b": 2, "c": 2}

    in_world(main)


def test_lane_without_an_urgent_endpoint_needs_one_connection() -> None:
    """A node that only has ordinary endpoints keeps no other link."""

    async def main(world: World) -> None:
        a, _ = await world.start("a"), await world.start("b")
        a.register_endpoint("listener", Listener(), [Note])
        a.connect("b")
        await asyncio.sleep(1)
        assert connections(a) == {"b": 1}

    in_world(main)


def test_node_is_up_until_its_last_link_has_ended() -> None:
    """In either order of the lanes; the end of the last link is the reason."""

    async def main() -> None:
        async with pair() as nodes:
            for first, second in ((FIRST_LINK, URGENT_LINK), (URGENT_LINK, FIRST_LINK)):
                events = Events(nodes.a)
                async with dialled(nodes.a) as left:
                    await left.authenticate(link=first)
                    assert await events.next() == runtime.NodeUp("client", CLIENT.creation)
                    async with dialled(nodes.a) as right:
                        await right.authenticate(link=second)
                        await until(lambda: connections(nodes.a)["client"] == 2)
                    await until(lambda: connections(nodes.a)["client"] == 1)
                    assert events.queue.empty()
                down = runtime.NodeDown("client", CLIENT.creation, Reason.DIED)
                assert await events.next() == down

    over_tcp(main)


def test_end_of_the_ordinary_link_ends_calls_and_monitors_of_a_node_that_stays_up() -> None:
    """What they wait for may have been lost with it."""

    async def main() -> None:
        async with pair() as nodes, dialled(nodes.a) as urgent:
            await urgent.authenticate(link=URGENT_LINK)
            async with dialled(nodes.a) as ordinary:
                await ordinary.authenticate()
                await until(lambda: connections(nodes.a)["client"] == 2)
                target = runtime.Pid("client", CLIENT.creation, 1)
                call = asyncio.create_task(nodes.a.call(target, "anything", timeout=600))
                monitor = nodes.recorder.monitor(target)
                await ordinary.read()
            outcome = (await asyncio.gather(call, return_exceptions=True))[0]
            assert isinstance(outcome, runtime.NodeLost)
            down = await nodes.recorder.receive()
            assert (down.target, down.reference) == (target, monitor)
            assert nodes.a.nodes()["client"] == CLIENT.creation

    over_tcp(main)


def test_urgent_message_that_waits_in_vain_ends_no_call() -> None:
    """Only the loss of ordinary messages concerns a call."""

    async def main() -> None:
        async with pair() as nodes, dialled(nodes.a) as ordinary:
            await ordinary.authenticate()
            await until(lambda: "client" in nodes.a.nodes())
            target = runtime.Pid("client", CLIENT.creation, 1)
            call = asyncio.create_task(nodes.a.call(target, "anything", timeout=600))
            nodes.a.add_route("client", "127.0.0.1:1")
            nodes.a.send(target, UrgentNote(number=1))
            await until(lambda: nodes.a.statistics().dropped.get("node unreachable"))
            assert not call.done()
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)

    over_tcp(main)
