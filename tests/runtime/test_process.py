"""Processes: what a process can do, and what it knows of itself."""

import asyncio
import math

import pytest

import runtime
from tests.runtime.support import Diary, Recorder, World, in_world, start_diary


def test_process_knows_itself_and_its_node() -> None:
    """From `init` on."""

    class Aware(runtime.Process):
        def init(self) -> None:
            assert self.node.whereis("aware") == self.pid
            assert (self.name, self.node.name, self.clock) == ("aware", "a", self.node.clock)
            assert (self.pid.node, self.pid.creation) == ("a", self.node.creation)

    async def main(world: World) -> None:
        await (await world.start("a")).spawn_register("aware", Aware)

    in_world(main)


def test_process_sends_with_its_pid_and_spawns_on_its_node() -> None:
    """The receiver gets the pid of the sender."""

    async def main(world: World) -> None:
        node, recorder = await world.start("a"), Recorder()
        _, diary = await node.spawn(lambda: recorder), Diary()
        pid = await recorder.spawn(lambda: diary)
        assert pid.node == "a"
        diary.send(recorder.pid, "hello")
        assert await recorder.inbox.get() == (pid, "hello")

    in_world(main)


def test_send_after_sends_later_unless_cancelled() -> None:
    """In seconds of the clock of the node."""

    async def main(world: World) -> None:
        _, pid, diary = await start_diary(world)
        start = world.loop.time()
        diary.send_after(pid, "cancelled", 1).cancel()
        diary.send_after(pid, "later", 2)
        await asyncio.sleep(1.999)
        assert diary.entries[1:] == []
        await asyncio.sleep(0.002)
        assert diary.entries[1:] == ["later"]
        assert world.loop.time() - start < 3

    in_world(main)


@pytest.mark.parametrize("delay", [-1, math.inf, math.nan])
def test_send_after_refuses_a_delay_that_is_negative_or_not_finite(delay: float) -> None:
    """The error names the field and the value."""

    async def main(world: World) -> None:
        _, pid, diary = await start_diary(world)
        with pytest.raises(ValueError, match="delay_seconds must be finite and not negative"):
            diary.send_after(pid, "x", delay)

    in_world(main)


def test_process_calls_and_is_the_sender_of_its_calls() -> None:
    """The process that is called sees its pid."""

    class Answering(Recorder):
        def handle_call(self, sender: runtime.Pid | None, request: object) -> tuple[object, str]:
            return request, str(sender)

    async def main(world: World) -> None:
        node, recorder = await world.start("a"), Recorder()
        pid = await node.spawn(lambda: recorder)
        answering = await node.spawn(Answering)
        assert await recorder.call(answering, "who?", timeout=1.0) == ("who?", str(pid))

    in_world(main)


def test_process_is_told_once_of_the_end_that_it_monitors() -> None:
    """After `demonitor` it is told nothing."""

    async def main(world: World) -> None:
        node, watcher, first, second = await world.start("a"), Recorder(), Recorder(), Recorder()
        for process in (watcher, first, second):
            await node.spawn(lambda process=process: process)  # type: ignore[misc]
        reference = watcher.monitor(first.pid)
        unwanted = watcher.monitor(second.pid)
        first.stop("enough")
        second.stop("enough")
        await asyncio.sleep(0)
        watcher.demonitor(unwanted)
        await asyncio.sleep(1)
        down = runtime.Down(first.pid, "enough", reference)
        assert [watcher.inbox.get_nowait() for _ in range(watcher.inbox.qsize())] == [(None, down)]

    in_world(main)


@pytest.mark.parametrize("traps", [False, True])
def test_process_that_is_linked_ends_too_or_gets_the_exit(*, traps: bool) -> None:
    """With `trap_exit` the exit comes as a message; after `unlink` it does not come."""

    async def main(world: World) -> None:
        node, one, other, third = await world.start("a"), Recorder(), Recorder(), Recorder()
        for process in (one, other, third):
            await node.spawn(lambda process=process: process)  # type: ignore[misc]
        one.trap_exit = traps
        for process in (other, third):
            one.link(process.pid)
        one.unlink(third.pid)
        third.stop("unlinked")
        await asyncio.sleep(1)
        other.stop("linked")
        await asyncio.sleep(1)
        assert (one.trap_exit, str(one.pid) in node.statistics().mailboxes) == (traps, traps)
        if traps:
            exit_event = runtime.Exit(other.pid, "linked", has_ended=True)
            assert one.inbox.get_nowait() == (other.pid, exit_event)
        assert one.inbox.empty()

    in_world(main)


def test_process_ends_another_by_send_exit_and_runs_its_own_posts_in_turn() -> None:
    """A post waits behind the messages that came before it."""

    async def main(world: World) -> None:
        node, pid, diary = await start_diary(world)
        _, killer = await node.spawn(Recorder), Recorder()
        await node.spawn(lambda: killer)
        node.send(pid, "before")
        diary.post(lambda: diary.write("posted"))
        await asyncio.sleep(1)
        killer.send_exit(pid, "enough")
        await asyncio.sleep(1)
        assert diary.entries[1:3] == ["before", "posted"]
        assert ("terminate", "enough") in diary.entries

    in_world(main)
