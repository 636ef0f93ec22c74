"""How a node ends: in order, at once, or superseded; and who hears of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

import runtime
from runtime.simulation import SimulatedClock
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from runtime.state_folder import StateFolder, StateFolderInUse
from tests.runtime.support import Events, Note, World, in_world, start_recorder, until

HERE = runtime.ProcessId("recorder", "b")


async def pair(world: World, **options: Any) -> tuple[runtime.Node, runtime.Node]:
    """Nodes a and b, connected."""
    a, b = await world.start("a", **options), await world.start("b")
    a.connect("b")
    await until(lambda: a.nodes() and b.nodes())
    return a, b


async def displace(world: World) -> runtime.Node:
    """Starts a later process of the name of node a, and connects it with b."""
    clock = SimulatedClock(world.loop, wall_milliseconds=WALL_MILLISECONDS + 60_000)
    twin = await world.start("a", host="twin", clock=clock)
    twin.connect("b")
    return twin


class Worker(runtime.Process):
    """Takes a second to terminate, tries to send then, and notes why it ended."""

    def init(self, ends: list[Any]) -> None:
        self.ends = ends

    async def terminate(self, reason: runtime.ExitReason) -> None:
        self.send(HERE, Note(number=1))
        self.ends.append(("terminating", reason))
        await asyncio.sleep(1)
        self.ends.append("done")


class Gate:
    """An endpoint that keeps the error that ends it, and tries to send then."""

    def __init__(self, node: runtime.Node | None = None) -> None:
        self.errors: list[Exception] = []
        self._node = node

    def receive(self, sender: runtime.Pid, message: Any) -> None:
        raise AssertionError("nothing is sent to it")

    def fail(self, error: Exception) -> None:
        self.errors.append(error)
        if self._node is not None:
            self._node.send(runtime.ProcessId("recorder", "c"), Note(number=1))


def test_ended_returns_when_a_node_was_stopped_or_killed() -> None:
    """Without an error: the program has ended the node itself."""

    async def main(world: World) -> None:
        for end in (runtime.Node.stop, runtime.Node.kill):
            node = await world.start("a")
            ended = asyncio.ensure_future(node.ended())
            await asyncio.sleep(1)
            assert not ended.done()
            if (stopping := end(node)) is not None:
                await stopping
            await ended
            world.network.crash("a")

    in_world(main)


def test_superseded_node_fails_its_endpoints_and_sends_nothing_from_that_instant() -> None:
    """Each is told once, although it claims two types; a node that has not met the other hears nothing."""

    async def main(world: World) -> None:
        a, _ = await pair(world)
        c = await world.start("c")
        c.connect("a")
        await until(c.nodes)
        gate, recorder = Gate(a), await start_recorder(c)
        a.register_endpoint("gate", gate, [Note, str])
        await displace(world)
        await until(lambda: gate.errors)
        with pytest.raises(runtime.Superseded) as caught:
            await a.ended()
        assert gate.errors == [caught.value]
        assert recorder.inbox.empty()

    in_world(main)


def test_superseded_node_lets_its_work_end_before_it_releases_its_folder(tmp_path: Path) -> None:
    """Only then does `ended` raise, so a new node can be started at once."""

    async def main(world: World) -> None:
        ends: list[Any] = []
        a, b = await pair(world, state_dir=tmp_path)
        recorder = await start_recorder(b)
        await a.spawn(Worker, ends)
        await displace(world)
        await until(lambda: ends)
        with pytest.raises(StateFolderInUse):
            StateFolder.open(tmp_path, "a")
        with pytest.raises(RuntimeError, match="stopping"):
            await a.spawn(runtime.Process)
        with pytest.raises(runtime.Superseded):
            await a.ended()
        assert ends == [("terminating", "shutdown"), "done"]
        assert recorder.inbox.empty()
        StateFolder.open(tmp_path, "a").close()

    in_world(main)


def test_superseded_node_says_goodbye_to_all_others() -> None:
    """To a third node, which has not met the later one, its end is no death."""

    async def main(world: World) -> None:
        a, _ = await pair(world)
        c = await world.start("c")
        events = Events(c)
        a.connect("c")
        assert await events.next() == runtime.NodeUp("a", a.creation)
        await displace(world)
        reason = runtime.NodeDownReason.GOODBYE
        assert await events.next() == runtime.NodeDown("a", a.creation, reason)

    in_world(main)


def test_superseded_node_cancels_the_block_that_it_was_started_for() -> None:
    """The error leaves the block instead of the cancellation, when the work of the node has ended."""

    async def main(world: World) -> None:
        ends: list[Any] = []
        await world.start("b")

        async def program() -> None:
            async with await world.start("a") as a:
                a.connect("b")
                await a.spawn(Worker, ends)
                await until(lambda: a.nodes())
                await displace(world)
                await asyncio.Event().wait()

        with pytest.raises(runtime.Superseded):
            await program()
        assert ends[-1] == "done"
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        await asyncio.sleep(1)

    in_world(main)


@pytest.mark.parametrize("error", [None, KeyError("mine")])
def test_block_that_ends_by_itself_when_it_is_cancelled(error: Exception | None) -> None:
    """The program hears of it all the same; an error of its own comes first, it is nearer to the cause."""

    async def main(world: World) -> None:
        await world.start("b")

        async def program() -> None:
            async with await world.start("a") as a:
                a.connect("b")
                await until(lambda: a.nodes())
                await displace(world)
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    if error is not None:
                        raise error from None

        with pytest.raises(runtime.Superseded if error is None else KeyError):
            await program()

    in_world(main)


def test_cancellation_from_outside_is_not_replaced() -> None:
    """A task that is cancelled by its own program ends as cancelled."""

    async def main(world: World) -> None:
        await world.start("b")

        async def body() -> None:
            async with await world.start("a") as a:
                a.connect("b")
                await until(lambda: a.nodes())
                await displace(world)
                a.register_endpoint("gate", Canceller(task), [Note])
                await asyncio.Event().wait()

        class Canceller(Gate):
            def __init__(self, task: asyncio.Task[None]) -> None:
                super().__init__()
                self._task = task

            def fail(self, error: Exception) -> None:
                self._task.cancel()

        task = asyncio.ensure_future(body())
        with pytest.raises(asyncio.CancelledError):
            await task

    in_world(main)


def test_stop_of_a_superseded_node_waits_for_its_end_and_raises_nothing() -> None:
    """So a clean-up need not know; a node that stops already is not superseded."""

    async def main(world: World) -> None:
        ends: list[Any] = []
        a, _ = await pair(world)
        await a.spawn(Worker, ends)
        await displace(world)
        await until(lambda: ends)
        await a.stop()
        assert ends[-1] == "done"
        await world.nodes[-1].stop()
        await asyncio.sleep(120)

        again = await world.start("a", host="a2")
        again.connect("b")
        await until(lambda: again.nodes())
        await again.spawn(Worker, ends)
        stopping = asyncio.ensure_future(again.stop())
        await displace_again(world)
        await stopping
        await again.ended()

    in_world(main)


async def displace_again(world: World) -> runtime.Node:
    """A still later process of that name."""
    clock = SimulatedClock(world.loop, wall_milliseconds=WALL_MILLISECONDS + 600_000)
    twin = await world.start("a", host="third", clock=clock)
    twin.connect("b")
    return twin


def test_kill_releases_the_state_folder(tmp_path: Path) -> None:
    """As the end of the program would."""

    async def main(world: World) -> None:
        a = await world.start("a", state_dir=tmp_path)
        a.kill()
        StateFolder.open(tmp_path, "a").close()

    in_world(main)


def test_two_programs_that_restart_one_node_both_hear_of_it_until_one_is_gone() -> None:
    """Each displaces the other again and again; the one that is left is in at its next start, and stays."""

    async def main(world: World) -> None:
        b = await world.start("b")
        ends = {"one": 0, "two": 0}

        async def program(host: str) -> None:
            while True:
                try:
                    async with await world.start("a", host=host) as node:
                        node.connect("b")
                        await node.ended()
                except runtime.Superseded:
                    ends[host] += 1
                    await asyncio.sleep(0.5)

        programs = {host: asyncio.ensure_future(program(host)) for host in ends}
        await asyncio.sleep(10)
        assert min(ends.values()) > 3
        programs["one"].cancel()
        await asyncio.sleep(5)
        before = ends["two"]
        in_since = b.nodes()["a"]
        await asyncio.sleep(60)
        assert ends["two"] == before
        assert b.nodes() == {"a": in_since}
        programs["two"].cancel()
        await asyncio.wait(programs.values())

    in_world(main)
