"""The table of processes: names, sizes of mailboxes, and the end of processes."""

import asyncio
from typing import Any

import pytest

import runtime
from runtime.process import ExitReason
from tests.runtime.link_support import BOTH, LinkPair, with_pair
from tests.runtime.support import (
    Diary,
    Recorder,
    World,
    in_world,
)


def test_table_gives_a_mailbox_the_size_of_its_spawn() -> None:
    """Whatever the limit of the node is; the newest message is dropped, counted and logged."""

    async def main(world: World) -> None:
        node = await world.start("a", limits=runtime.NodeLimits(mailbox_messages=2))
        small, large = Recorder(), Recorder()
        await node.spawn(lambda: small)
        await node.spawn_register("large", lambda: large, mailbox_messages=4)
        for number in range(9):
            node.send(small.pid, number)
            node.send(large.pid, number)
        await asyncio.sleep(1)
        assert [small.inbox.get_nowait()[1] for _ in range(small.inbox.qsize())] == [0, 1]
        assert [large.inbox.get_nowait()[1] for _ in range(large.inbox.qsize())] == [0, 1, 2, 3]
        statistics = node.statistics()
        assert statistics.dropped == {"mailbox full": 12}
        assert statistics.mailboxes["large"] == runtime.MailboxStatistics(
            length=0, handled=4, dropped=5
        )

    in_world(main)


@pytest.mark.parametrize("size", [0, -1])
def test_table_refuses_a_mailbox_of_no_size(size: int) -> None:
    """The error names the rule; the name stays free."""

    async def main(world: World) -> None:
        node = await world.start("a")
        with pytest.raises(ValueError, match="limit must be at least 1"):
            await node.spawn_register("x", Recorder, mailbox_messages=size)
        assert node.whereis("x") is None

    in_world(main)


def test_table_gives_a_mailbox_its_size_if_a_process_spawns() -> None:
    """As if the node had spawned it."""

    async def main(world: World) -> None:
        node, parent = await world.start("a"), Recorder()
        await node.spawn(lambda: parent)
        pid = await parent.spawn(Recorder, mailbox_messages=1)
        for number in range(3):
            node.send(pid, number)
        assert node.statistics().mailboxes[str(pid)].dropped == 2

    in_world(main)


def test_table_frees_a_name_before_the_end_is_told() -> None:
    """A process that is told can start a successor at once."""

    class Successor(Recorder):
        async def handle_message(self, sender: object, message: object) -> None:  # type: ignore[override]
            await self.node.spawn_register("heir", Diary)
            self.inbox.put_nowait((None, "started"))

    async def main(world: World) -> None:
        node, successor, first = await world.start("a"), Successor(), Diary()
        await node.spawn(lambda: successor)
        await node.spawn_register("heir", lambda: first)
        successor.monitor(first.pid)
        first.stop()
        assert await successor.receive() == "started"

    in_world(main)


def test_table_leaves_nothing_of_a_spawn_that_is_cancelled() -> None:
    """Also if the task had no time to begin."""

    async def main(world: World) -> None:
        node = await world.start("a")
        for turns in range(3):
            spawn = asyncio.create_task(node.spawn_register("x", Diary))
            for _ in range(turns):
                await asyncio.sleep(0)
            spawn.cancel()
            await asyncio.sleep(0.1)
            assert spawn.cancelled()
            assert node.whereis("x") is None

    in_world(main)


def test_table_fails_the_spawn_of_a_process_killed_during_init() -> None:
    """The caller is not left waiting."""

    class Slow(runtime.Process):
        async def init(self) -> None:
            await asyncio.sleep(9)

    async def main(world: World) -> None:
        node, killer = await world.start("a"), Recorder()
        await node.spawn(lambda: killer)
        spawn = asyncio.create_task(node.spawn_register("slow", Slow))
        await asyncio.sleep(1)
        killer.send_exit(runtime.ProcessId("slow", "a"), "kill")
        with pytest.raises(RuntimeError, match=r"<a\.\w+\.2> was killed"):
            await spawn
        assert world.loop.time() < 2

    in_world(main)


def test_table_keeps_a_name_until_its_process_ends() -> None:
    """Also while its `init` still runs."""

    class Slow(Recorder):
        async def init(self) -> None:
            await asyncio.sleep(1)

    async def main(world: World) -> None:
        a, slow = await world.start("a"), Slow()
        starting = asyncio.ensure_future(a.spawn_register("x", lambda: slow))
        await asyncio.sleep(0)
        with pytest.raises(runtime.NameTaken, match="name must be free on a, 'x' is taken"):
            await a.spawn_register("x", Recorder)
        assert a.whereis("x") == await starting
        slow.stop()
        await asyncio.sleep(1)
        assert a.whereis("x") is None
        await a.spawn_register("x", Recorder)

    in_world(main)


@BOTH
def test_exit_for_no_process_is_counted(where: str) -> None:
    """It is dropped, as a message would be."""

    async def main(pair: LinkPair) -> None:
        pair.one.send_exit(runtime.ProcessId("nobody", where), "enough")
        await pair.settle()
        assert pair.far.statistics().dropped == {"no such process": 1}
        with pytest.raises(TypeError, match="reason must be a str"):
            pair.one.send_exit(pair.other.pid, LookupError("x"))  # type: ignore[arg-type]

    with_pair(where, main)


def test_table_stops_children_after_their_parents() -> None:
    """So a parent may end its children in its own order."""

    async def main(pair: LinkPair) -> None:
        ended: list[str] = []

        class Noting(runtime.Process):
            def init(self, name: str) -> None:
                self.called = name

            def terminate(self, reason: runtime.ExitReason) -> None:
                ended.append(self.called)

        parent = Noting()
        await pair.near.spawn(lambda: parent, "parent")
        await parent.spawn(Noting, "child", link=True)
        await pair.near.spawn(Noting, "stranger")
        await pair.near.stop()
        assert ended == ["parent", "stranger", "child"]

    with_pair("a", main)


def test_table_cancels_a_process_that_does_not_terminate_in_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """`terminate` does not run, `_release` does, and the log names the process."""

    class Stuck(runtime.Process):
        released = terminated = False

        async def handle_message(self, sender: runtime.Pid | None, message: Any) -> None:
            await asyncio.sleep(10**6)

        def terminate(self, reason: ExitReason) -> None:
            self.terminated = True

        async def _release(self) -> None:
            self.released = True

    async def main(world: World) -> None:
        a, stuck = await world.start("a", limits=runtime.NodeLimits(shutdown_seconds=3)), Stuck()
        pid = await a.spawn(lambda: stuck)
        a.send(pid, "go")
        await asyncio.sleep(1)
        start = world.loop.time()
        await a.stop()
        assert world.loop.time() - start == pytest.approx(3)
        assert (stuck.terminated, stuck.released) == (False, True)
        assert f"{pid} did not terminate in time" in caplog.messages

    in_world(main)
