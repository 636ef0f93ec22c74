"""Priority messages: handled on arrival, whatever the process is in the middle of."""

import asyncio
from typing import Any

import runtime
from tests.runtime.support import Diary, Note, Recorder, World, in_world


class Hasty(Diary):
    """Handles notes at once."""

    def init(self, *words: str) -> Any:
        self.prioritize([Note], self.handle_note)

    def handle_note(self, sender: runtime.Pid, note: Note) -> None:
        if note.number < 0:
            raise LookupError(note.number)
        self.entries.append((sender, note.number))


def test_a_priority_message_overtakes_the_mailbox() -> None:
    """It is handled although a callback is in the middle of something; others wait."""

    async def main(world: World) -> None:
        a, b, hasty, recorder = await world.start("a"), await world.start("b"), Hasty(), Recorder()
        await a.spawn_register("hasty", lambda: hasty)
        sender = await b.spawn(lambda: recorder)
        for node, signature in ((a, hasty.pid), (b, sender)):
            hasty.entries.clear()
            for message in ("slow", Note(number=1)):
                if node is a or not isinstance(message, str):
                    node.send(runtime.ProcessId("hasty", "a"), message, signature)
                else:
                    a.send(hasty.pid, message)
            await asyncio.sleep(0.5)
            assert hasty.entries == ["slow", (signature, 1)]
            await asyncio.sleep(1)

    in_world(main)


def test_a_local_priority_message_does_not_call_back_into_its_sender() -> None:
    """It is handled right after, not within, the call that sends it."""

    async def main(world: World) -> None:
        node, hasty = await world.start("a"), Hasty()
        pid = await node.spawn(lambda: hasty)
        node.send(pid, Note(number=1), pid)
        assert hasty.entries == []
        await asyncio.sleep(0)
        assert hasty.entries == [(pid, 1)]

    in_world(main)


def test_a_priority_message_that_came_during_init_is_one_too() -> None:
    """It waited until init had said so; who handles messages never sees it."""

    class Late(Hasty):
        async def init(self, *words: str) -> None:
            await asyncio.sleep(1)
            super().init(*words)

    async def main(world: World) -> None:
        node, late, recorder = await world.start("a"), Late(), Recorder()
        sender = await node.spawn(lambda: recorder)
        starting = asyncio.ensure_future(node.spawn_register("late", lambda: late))
        await asyncio.sleep(0.5)
        node.send(runtime.ProcessId("late", "a"), Note(number=1), sender)
        await starting
        await asyncio.sleep(0.1)
        assert late.entries == [(sender, 1)]

    in_world(main)


def test_a_priority_message_must_be_signed() -> None:
    """One without a sender is dropped and counted."""

    async def main(world: World) -> None:
        node, hasty = await world.start("a"), Hasty()
        node.send(await node.spawn(lambda: hasty), Note(number=1))
        await asyncio.sleep(1)
        assert hasty.entries == []
        assert node.statistics().dropped == {"priority message without a sender": 1}

    in_world(main)


def test_a_priority_handler_that_fails_terminates_its_process_and_nothing_else() -> None:
    """The connection that brought the message stays."""

    async def main(world: World) -> None:
        a, b, hasty = await world.start("a"), await world.start("b"), Hasty()
        pid = await a.spawn(lambda: hasty)
        sender = await b.spawn(Recorder)
        b.send(pid, Note(number=-1), sender)
        await asyncio.sleep(1)
        assert [type(entry) for entry in hasty.entries] == [tuple, tuple, str]
        assert isinstance(hasty.entries[0][1], LookupError)
        assert a.nodes() == {"b": b.creation}

    in_world(main)
