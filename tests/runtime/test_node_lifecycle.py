"""Nodes: how they start, stop and are killed, and that nothing is left."""

import asyncio
import itertools
from typing import Any

import pytest

import runtime
from runtime.events import NodeDownReason as Reason
from runtime.process import ExitReason
from tests.runtime.support import (
    COOKIE,
    Events,
    Note,
    Recorder,
    World,
    in_world,
    over_tcp,
    start_recorder,
    until,
)


@pytest.mark.parametrize(
    ("name", "cookie", "error"),
    [
        ("a@127.0.0.1:0", "", "cookie must not be empty"),
        ("a", "x", "name must be node@host:port, not 'a'"),
        ("a@nowhere", "x", "address must be host:port"),
        ("@127.0.0.1:0", "x", "name must be 1 to 100 printable characters"),
        ("a@0.0.0.0:0", "x", "allow_insecure=True"),
    ],
)
def test_a_node_is_not_started_by_mistake(name: str, cookie: str, error: str) -> None:
    """The error names the field and the rule."""

    async def main() -> None:
        with pytest.raises(ValueError, match=error):
            await runtime.Node.start(name, cookie=cookie)

    over_tcp(main)


def test_a_cookie_is_a_string_and_never_shown() -> None:
    """Not in errors, not in anything's repr."""

    async def main() -> None:
        with pytest.raises(TypeError, match="cookie must be a str, not bytes") as caught:
            await runtime.Node.start("a@127.0.0.1:0", cookie=b"secret")  # type: ignore[arg-type]
        assert "secret" not in str(caught.value)
        with pytest.raises(TypeError, match="cookie must be a str, not int") as caught:
            await runtime.Node.start("a@127.0.0.1:0", cookie=["secret", 7])  # type: ignore[list-item]
        assert "secret" not in str(caught.value)
        for missing in ([], ["secret", ""]):
            with pytest.raises(ValueError, match="cookie must not be empty"):
                await runtime.Node.start("a@127.0.0.1:0", cookie=missing)

    over_tcp(main)


async def meet(a: runtime.Node, b: runtime.Node) -> None:
    """Connects them and waits until both are up for each other."""
    a.connect(b.name)
    await until(lambda: a.nodes() and b.nodes())


def test_a_cookie_is_replaced_without_stopping_all_nodes_at_once() -> None:
    """Old and new, new and old, new only: at each step every node meets those a step away."""
    steps: list[list[str]] = [["old"], ["old", "new"], ["new", "old"], ["new"]]

    async def main(world: World) -> None:
        for ours, theirs in [*itertools.pairwise(steps), *itertools.pairwise(steps[::-1])]:
            a = await world.start("a", cookie=ours)
            b = await world.start("b", cookie=theirs)
            await meet(a, b)
            await a.stop()
            await b.stop()

    in_world(main)


def test_an_address_in_use_is_an_os_error() -> None:
    """And the half-started node leaves nothing."""

    async def main() -> None:
        async with await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE) as a:
            with pytest.raises(OSError, match="in use"):
                await runtime.Node.start(f"b@{a.address}", cookie=COOKIE)

    over_tcp(main)


def test_stop_terminates_every_process_before_it_says_goodbye() -> None:
    """With the reason "shutdown"; what terminate sends still arrives."""

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


def test_stop_twice_and_at_the_same_time_is_one_stop() -> None:
    """Whoever comes second waits for the same end."""

    async def main(world: World) -> None:
        a = await world.start("a")
        await start_recorder(a)
        await asyncio.gather(a.stop(), a.stop())
        await a.stop()

    in_world(main)


def test_a_stopped_node_sends_and_starts_nothing() -> None:
    """What is sent is dropped and counted; spawning is a mistake."""

    async def main(world: World) -> None:
        a = await world.start("a")
        await a.stop()
        a.send(runtime.ProcessId("x", "a"), Note(number=1))
        a.send(runtime.ProcessId("x", "b"), Note(number=1))
        assert a.statistics().dropped == {"this node has stopped": 2}
        with pytest.raises(RuntimeError, match="a is stopping or has stopped"):
            await a.spawn(Recorder)

    in_world(main)


def test_a_stopped_node_connects_with_nobody() -> None:
    """Not even with one that it did not know before."""

    async def main(world: World) -> None:
        a, b = await world.start("a", routes={}), await world.start("b")
        await a.stop()
        a.add_route("b", "b:1")
        a.connect("b")
        await asyncio.sleep(1)
        assert (a.nodes(), b.nodes()) == ({}, {})

    in_world(main)


def test_a_process_that_does_not_end_is_killed(caplog: pytest.LogCaptureFixture) -> None:
    """Its time is bounded; terminate does not run, release does; the log names it."""

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


def test_a_killed_node_does_nothing_any_more() -> None:
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


def test_a_node_that_starts_again_at_once_has_a_greater_creation() -> None:
    """No two lives of a node are alike, however short the first was."""

    async def main(world: World) -> list[int]:
        creations = []
        for _ in range(3):
            a = await world.start("a")
            creations.append(a.creation)
            await a.stop()
            world.network.crash("a")
        return creations

    creations = in_world(main)
    assert creations == sorted(set(creations))
