"""Endpoints: receivers of messages under a name, with a process of that name or without."""

import asyncio

import pytest

import runtime
from runtime.processes.endpoints import Endpoints
from tests.runtime.endpoint_support import Owner, Receiver, start_sender
from tests.runtime.support import Bulk, Note, World, in_world


def test_endpoint_receives_its_types_by_name_and_by_pid() -> None:
    """Without a process of that name it has a pid of its own; messages of other types are dropped."""

    async def main(world: World) -> None:
        a, b, receiver = await world.start("a"), await world.start("b"), Receiver()
        sender = await start_sender(b)
        pid = a.register_endpoint("gate", receiver, [Note]).pid
        b.send(runtime.ProcessId("gate", "a"), Note(number=1), sender)
        b.send(pid, Note(number=2), sender)
        b.send(pid, Bulk(number=3), sender)
        await asyncio.sleep(1)
        assert receiver.entries == [(sender, Note(number=1)), (sender, Note(number=2))]
        assert a.whereis("gate") is None
        assert a.statistics().dropped == {"no such process": 1}
        assert a.statistics().received == 3

    in_world(main)


def test_endpoint_shares_the_pid_of_the_process_that_has_its_name() -> None:
    """The process handles all other messages; a callback that runs there does not delay the endpoint."""

    async def main(world: World) -> None:
        a, b, receiver = await world.start("a"), await world.start("b"), Receiver()
        sender, owner = await start_sender(b), Owner(receiver)
        pid = await a.spawn_register("owner", lambda: owner)
        a.send(pid, "slow")
        b.send(pid, Note(number=1), sender)
        await asyncio.sleep(0.5)
        assert owner.registration.pid == pid
        assert owner.entries == ["slow"]
        assert receiver.entries == [(sender, Note(number=1))]

    in_world(main)


def test_register_endpoint_refuses_a_type_that_is_claimed_under_the_name() -> None:
    """Under another name the type is free; after `close` it is free under this one, too."""

    async def main(world: World) -> None:
        node = await world.start("a")
        first = node.register_endpoint("gate", Receiver(), [Note, Bulk])
        other = node.register_endpoint("door", Receiver(), [Note])
        with pytest.raises(ValueError, match=r"under the name 'gate', \['Note'\] are claimed"):
            node.register_endpoint("gate", Receiver(), [Note])
        first.close()
        first.close()
        second = node.register_endpoint("gate", Receiver(), [Note])
        assert len({first.pid, other.pid, second.pid}) == 3

    in_world(main)


def test_registration_close_ends_what_the_endpoint_receives() -> None:
    """What comes later is for the process of that name, if there is one."""

    async def main(world: World) -> None:
        node, receiver = await world.start("a"), Receiver()
        owner = Owner(receiver)
        pid = await node.spawn_register("owner", lambda: owner)
        owner.registration.close()
        node.send(pid, Note(number=1), pid)
        await asyncio.sleep(1)
        assert receiver.entries == []
        assert owner.entries == [Note(number=1)]

    in_world(main)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_register_endpoint_raises_after_the_end_of_the_node(end: str) -> None:
    """A killed or stopped node hands nothing to its endpoints, and registers none."""

    async def main(world: World) -> None:
        node, receiver = await world.start("a"), Receiver()
        pid = node.register_endpoint("gate", receiver, [Note]).pid
        node.send(pid, Note(number=1), pid)
        if end == "kill":
            node.kill()
        else:
            await node.stop()
        with pytest.raises(RuntimeError, match="a has stopped, it registers no endpoint"):
            node.register_endpoint("gate", receiver, [Note])
        assert receiver.entries == ([] if end == "kill" else [(pid, Note(number=1))])

    in_world(main)


def test_fail_tells_every_endpoint_once() -> None:
    """However many types it has claimed, and under its name and its number."""
    endpoints, receivers, error = Endpoints(), [Receiver(), Receiver()], KeyError("why")
    for number, receiver in enumerate(receivers, 1):
        pid = runtime.Pid("a", 1, number)
        endpoints.add(f"gate{number}", pid, [Note, Bulk], receiver)
    endpoints.fail(error)
    assert [receiver.entries for receiver in receivers] == [[error], [error]]
