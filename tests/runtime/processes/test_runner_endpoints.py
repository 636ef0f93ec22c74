"""The runner, for messages that wait in the mailbox when an endpoint of the process claims their type."""

import asyncio

import runtime
from tests.runtime.endpoint_support import Owner, Receiver, start_sender
from tests.runtime.support import Note, World, in_world


def test_runner_hands_to_an_endpoint_what_came_before_it_was_registered() -> None:
    """The messages waited in the mailbox; `handle_message` is not called, also not without a sender."""

    async def main(world: World) -> None:
        node, receiver = await world.start("a"), Receiver()
        sender, owner = await start_sender(node), Owner(receiver, pause_seconds=1)
        starting = asyncio.ensure_future(node.spawn_register("owner", lambda: owner))
        await asyncio.sleep(0.5)
        node.send(runtime.ProcessId("owner", "a"), Note(number=1), sender)
        node.send(runtime.ProcessId("owner", "a"), Note(number=2))
        await starting
        await asyncio.sleep(0.1)
        assert receiver.entries == [(sender, Note(number=1))]
        assert owner.entries == []
        assert node.statistics().dropped == {"message to an endpoint without a sender": 1}

    in_world(main)
