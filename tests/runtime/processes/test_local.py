"""The processes of a node, put together."""

import asyncio

import pytest

import runtime
from runtime.events import NodeDownReason as Reason
from runtime.process import ExitReason
from tests.runtime.endpoint_support import Receiver
from tests.runtime.support import (
    Events,
    Note,
    Recorder,
    World,
    in_world,
    start_recorder,
)


def test_spawn_refuses_a_parent_of_another_node() -> None:
    """As `send` refuses such a sender."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        stranger = await b.spawn(Recorder)
        with pytest.raises(ValueError, match="parent must be a process of a"):
            await a.spawn(Recorder, parent=stranger)

    in_world(main)


def test_stop_terminates_every_process_before_the_goodbye() -> None:
    """With the reason "shutdown"; what `terminate` sends still arrives."""

    class Polite(runtime.Process):
        async def terminate(self, reason: ExitReason) -> None:
            await asyncio.sleep(1)
            assert reason == "shutdown"
            self.send(runtime.ProcessId("recorder", "b"), Note(number=1))

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        recorder = await start_recorder(b)
        await a.spawn(Polite)
        a.connect("b")
        await asyncio.sleep(1)
        await a.stop()
        await asyncio.sleep(1)
        assert await recorder.receive() == Note(number=1)
        assert b.nodes() == {}

    in_world(main)


def test_stopped_node_sends_and_starts_nothing() -> None:
    """What is sent is dropped and counted; `spawn` raises."""

    async def main(world: World) -> None:
        a = await world.start("a")
        await a.stop()
        a.send(runtime.ProcessId("x", "a"), Note(number=1))
        a.send(runtime.ProcessId("x", "b"), Note(number=1))
        assert a.statistics().dropped == {"this node has stopped": 2}
        with pytest.raises(RuntimeError, match="a is stopping or has stopped"):
            await a.spawn(Recorder)

    in_world(main)


def test_killed_node_does_nothing_any_more() -> None:
    """No message is handled, no `terminate` runs, no goodbye is sent; `_release` runs."""

    class Watched(Recorder):
        def terminate(self, reason: ExitReason) -> None:
            self.inbox.put_nowait((None, "terminate"))

        async def _release(self) -> None:
            self.inbox.put_nowait((None, "release"))
            self.send(runtime.ProcessId("recorder", "b"), Note(number=1))

    async def main(world: World) -> None:
        a, b, watched = await world.start("a"), await world.start("b"), Watched()
        recorder = await start_recorder(b)
        pid = await a.spawn(lambda: watched)
        a.connect("b")
        events, last_words = Events(b), Events(a)
        assert await events.next() == runtime.NodeUp("a", a.creation)
        assert await last_words.next() == runtime.NodeUp("b", b.creation)
        a.send(pid, Note(number=1), pid)
        a.kill()
        assert await events.next() == runtime.NodeDown("a", a.creation, Reason.DIED)
        await asyncio.sleep(1)
        assert [watched.inbox.get_nowait()[1] for _ in range(watched.inbox.qsize())] == ["release"]
        assert recorder.inbox.empty()
        assert last_words.queue.empty()
        await a.stop()

    in_world(main)


def test_send_refuses_a_sender_of_another_node() -> None:
    """Also one of a former incarnation of the node."""

    async def main(world: World) -> None:
        a = await world.start("a")
        for foreign in (runtime.Pid("b", a.creation, 1), runtime.Pid("a", a.creation - 1, 1)):
            with pytest.raises(ValueError, match="sender must be a process of a, not Pid"):
                a.send(runtime.ProcessId("x", "a"), Note(number=1), foreign)

    in_world(main)


def test_statistics_count_messages_and_mailboxes() -> None:
    """Messages between nodes, and mailboxes by name or pid."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        await start_recorder(b)
        pid = await b.spawn(Recorder)
        for target in (runtime.ProcessId("recorder", "b"), pid, pid):
            a.send(target, Note(number=1))
        await asyncio.sleep(1)
        b.send(pid, "waits")
        assert b.statistics() == runtime.Statistics(
            sent=0,
            received=3,
            dropped={},
            mailboxes={
                "recorder": runtime.MailboxStatistics(length=0, handled=1, dropped=0),
                str(pid): runtime.MailboxStatistics(length=1, handled=2, dropped=0),
            },
            connections=b.statistics().connections,
            calls=0,
            watches=0,
            unauthenticated=0,
        )
        assert a.statistics().sent == 3

    in_world(main)


def test_local_processes_can_be_asked_found_and_inspected() -> None:
    """Through their node, by name; statistics count the calls and the monitors that wait."""

    class Asked(Recorder):
        async def handle_call(self, sender: runtime.Pid | None, request: float) -> float:
            await asyncio.sleep(request)
            return request

    async def main(world: World) -> None:
        node, watcher = await world.start("a"), Recorder()
        pid, name = await node.spawn_register("asked", Asked), runtime.ProcessId("asked", "a")
        await node.spawn(lambda: watcher)
        assert (node.whereis("asked"), node.whereis("other")) == (pid, None)
        watcher.monitor(pid)
        call = asyncio.create_task(node.call(name, 1.0))
        await asyncio.sleep(0.5)
        assert (node.statistics().calls, node.statistics().watches) == (1, 2)
        assert await call == 1.0
        assert (await node.inspect(name))["runtime.name"] == "asked"

    in_world(main)


def test_local_processes_are_told_that_a_node_cannot_be_reached() -> None:
    """Calls and monitors end when dialling has failed, and do not wait for a time-out."""

    async def main(world: World) -> None:
        node, watcher = await world.start("a"), Recorder()
        await node.spawn(lambda: watcher)
        watcher.monitor(runtime.ProcessId("shop", "b"))
        with pytest.raises(runtime.NodeLost, match="nobody listens at b:1"):
            await node.call(runtime.ProcessId("shop", "b"), "open?", timeout=100)
        down = await watcher.receive()
        assert down.reason == "node unreachable: b:1: nobody listens at b:1"
        assert world.loop.time() < 1

    in_world(main)


def test_register_endpoint_refuses_what_is_no_name() -> None:
    """The error names the field."""

    async def main(world: World) -> None:
        node = await world.start("a")
        with pytest.raises(ValueError, match="name must be 1 to 100 printable characters"):
            node.register_endpoint("a@b", Receiver(), [Note])

    in_world(main)


def test_fail_ends_the_endpoints_of_a_node_that_is_displaced() -> None:
    """Each is told the error; from then on it receives nothing, and the node sends nothing."""

    async def main(world: World) -> None:
        first, b = await world.start("a"), await world.start("b")
        receiver, recorder = Receiver(), await start_recorder(b)
        first.register_endpoint("gate", receiver, [Note])
        sender = await first.spawn(Recorder)
        first.connect("b")
        await asyncio.sleep(1)
        later = await world.start("a", host="c")
        later.connect("b")
        with pytest.raises(runtime.Superseded) as superseded:
            await first.ended()
        assert receiver.entries == [superseded.value]
        first.send(runtime.ProcessId("recorder", "b"), Note(number=1), sender)
        await asyncio.sleep(1)
        assert recorder.inbox.empty()

    in_world(main)
