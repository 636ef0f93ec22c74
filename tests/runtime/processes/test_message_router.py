"""The message router: who gets a message, and what happens if there is no receiver."""

import asyncio

import pytest

import runtime
from tests.runtime.endpoint_support import Receiver, start_sender
from tests.runtime.support import (
    Note,
    World,
    in_world,
    start_recorder,
)


def test_router_delivers_by_name_and_by_pid_with_the_sender() -> None:
    """A pid works from another node as it does on its own."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        here, there = await start_recorder(a), await start_recorder(b)
        here.send(runtime.ProcessId("recorder", "b"), Note(number=1))
        there.send(here.pid, Note(number=2))
        a.send(there.pid, Note(number=3))
        await asyncio.sleep(1)
        assert await there.inbox.get() == (here.pid, Note(number=1))
        assert await here.inbox.get() == (there.pid, Note(number=2))
        assert await there.inbox.get() == (None, Note(number=3))

    in_world(main)


def test_router_hands_over_a_message_within_the_node_as_it_is() -> None:
    """Nothing is encoded, so its type need not be registered."""

    async def main(world: World) -> None:
        a, message = await world.start("a"), object()
        recorder = await start_recorder(a)
        a.send(runtime.ProcessId("recorder", "a"), message)
        assert await recorder.receive() is message

    in_world(main)


def test_router_refuses_an_unregistered_type_for_another_node() -> None:
    """Connected or not; the error names the type and the decorator."""

    async def main(world: World) -> None:
        a = await world.start("a")
        with pytest.raises(TypeError, match=r"object cannot travel .* @runtime\.message"):
            a.send(runtime.ProcessId("x", "b"), object())

    in_world(main)


def test_router_drops_and_counts_messages_without_a_receiver() -> None:
    """By name, by pid, of a former incarnation of the node, and on another node."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        await start_recorder(a)
        a.send(runtime.ProcessId("nobody", "a"), Note(number=1))
        a.send(runtime.Pid("a", a.creation, 99), Note(number=1))
        a.send(runtime.Pid("a", a.creation - 1, 1), Note(number=1))
        a.send(runtime.ProcessId("nobody", "b"), Note(number=1))
        a.send(runtime.Pid("b", b.creation, 99), Note(number=1))
        await asyncio.sleep(1)
        assert a.statistics().dropped == {"no such process": 3}
        assert b.statistics().dropped == {"no such process": 2}

    in_world(main)


def test_endpoint_is_called_after_the_call_that_sent_within_the_node() -> None:
    """It cannot call back into a sender that is in the middle of a change."""

    async def main(world: World) -> None:
        node, receiver = await world.start("a"), Receiver()
        pid = node.register_endpoint("gate", receiver, [Note]).pid
        node.send(pid, Note(number=1), pid)
        assert receiver.entries == []
        await asyncio.sleep(0)
        assert receiver.entries == [(pid, Note(number=1))]
        assert node.statistics().received == 0

    in_world(main)


@pytest.mark.parametrize("source", ["a", "b"])
def test_endpoint_receives_no_message_without_a_sender(source: str) -> None:
    """The message is dropped and counted, sent from the same node or from another."""

    async def main(world: World) -> None:
        nodes, receiver = {name: await world.start(name) for name in "ab"}, Receiver()
        pid = nodes["a"].register_endpoint("gate", receiver, [Note]).pid
        nodes[source].send(pid, Note(number=1))
        await asyncio.sleep(1)
        assert receiver.entries == []
        assert nodes["a"].statistics().dropped == {"message to an endpoint without a sender": 1}

    in_world(main)


def test_endpoint_that_raises_is_told_to_fail_and_the_connection_stays() -> None:
    """Also if the message came from the same node."""

    async def main(world: World) -> None:
        a, b, receiver = await world.start("a"), await world.start("b"), Receiver()
        pid = a.register_endpoint("gate", receiver, [Note]).pid
        b.send(pid, Note(number=-1), await start_sender(b))
        a.send(pid, Note(number=-2), pid)
        await asyncio.sleep(1)
        assert [type(entry) for entry in receiver.entries] == [LookupError, LookupError]
        assert a.nodes() == {"b": b.creation}

    in_world(main)


def test_router_drops_and_counts_what_is_sent_after_the_stop() -> None:
    """A process that still terminates, or an application, may send then."""

    async def main(world: World) -> None:
        node = await world.start("a")
        await node.stop()
        node.send(runtime.ProcessId("x", "a"), Note(number=1))
        node.send(runtime.ProcessId("x", "b"), Note(number=1))
        assert node.statistics().dropped == {"this node has stopped": 2}

    in_world(main)
