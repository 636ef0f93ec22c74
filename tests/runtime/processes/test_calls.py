"""Calls: one answer, or one error that says why there is none; nothing is left afterwards."""

import asyncio
import math
from collections.abc import Callable
from typing import Any

import pytest

import runtime
from runtime.clock import NANOSECONDS, Timer
from runtime.simulation import SimulatedClock
from tests.runtime.calls_support import BOTH, HERE, THERE, Oracle, Scene, on_stage
from tests.runtime.support import (
    COOKIE,
    PATIENCE_SECONDS,
    Note,
    Recorder,
    World,
    in_world,
    over_tcp,
)


@BOTH
@pytest.mark.parametrize(
    "value", [None, True, -(2**63), 2**64 - 1, 0.5, "é", b"\x00", [1, [None]], {"x": {1: []}}]
)
def test_call_returns_what_handle_call_returns(where: str, value: object) -> None:
    """Built-in values arrive as they were sent, on any node."""

    async def main(scene: Scene) -> None:
        answer = await scene.call(value)
        assert (answer, type(answer)) == (value, type(value))

    on_stage(where, main)


@BOTH
def test_call_carries_registered_messages_both_ways(where: str) -> None:
    """As request and as answer, also to a process by name."""

    async def main(scene: Scene) -> None:
        name = runtime.ProcessId("oracle", where)
        assert await scene.node.call(name, Note(number=1)) == Note(number=1)

    on_stage(where, main)


@BOTH
def test_call_of_a_process_has_a_sender_that_of_a_node_has_none(where: str) -> None:
    """The sender is what `handle_call` is given."""

    async def main(scene: Scene) -> None:
        caller = Recorder()
        pid = await scene.node.spawn(lambda: caller)
        assert await caller.call(scene.pid, "who") == str(pid)
        assert await scene.call("who") is None

    on_stage(where, main)


@BOTH
def test_call_waits_in_the_mailbox_among_messages(where: str) -> None:
    """An answer that takes long delays what came later."""

    async def main(scene: Scene) -> None:
        scene.node.send(scene.pid, Note(number=1))
        slow = asyncio.create_task(scene.call({"sleep": 1}))
        await asyncio.sleep(0)
        scene.node.send(scene.pid, Note(number=2))
        await asyncio.sleep(0.9)
        assert scene.oracle.notes == [Note(number=1), {"sleep": 1}]
        assert await slow == "slept"
        await scene.settle()
        assert scene.oracle.notes[2:] == [Note(number=2)]

    on_stage(where, main)


@BOTH
def test_call_times_out_and_drops_a_late_answer(where: str) -> None:
    """After the given seconds, on the clock of the node."""

    async def main(scene: Scene) -> None:
        began = scene.world.loop.time()
        with pytest.raises(runtime.CallTimeout, match=r"no answer within 0\.5 s") as caught:
            await scene.call({"sleep": 2}, timeout=0.5)
        assert isinstance(caught.value, TimeoutError)
        assert scene.world.loop.time() - began == pytest.approx(0.5)
        await asyncio.sleep(2)
        assert scene.node.statistics().dropped == {"answer too late": 1}
        assert scene.node.statistics().calls == 0
        assert await scene.call("next") == "next"

    on_stage(where, main)


@BOTH
def test_call_that_was_cancelled_drops_its_answer(where: str) -> None:
    """It is counted."""

    async def main(scene: Scene) -> None:
        call = asyncio.create_task(scene.call({"sleep": 1}))
        await scene.settle()
        call.cancel()
        await asyncio.sleep(2)
        assert call.cancelled()
        assert scene.node.statistics().dropped == {"answer too late": 1}

    on_stage(where, main)


@BOTH
def test_call_to_no_process_fails_at_once(where: str) -> None:
    """By name, by number, and of a former incarnation of the node; without a time-out."""

    async def main(scene: Scene) -> None:
        await scene.call("connect first")
        began = scene.world.loop.time()
        for to in (
            runtime.ProcessId("nobody", where),
            runtime.Pid(where, scene.pid.creation, 99),
            runtime.Pid(where, 1, scene.pid.number),
        ):
            with pytest.raises(runtime.NoSuchProcess, match="no such process"):
                await scene.node.call(to, "x")
        assert scene.world.loop.time() - began < 0.01

    on_stage(where, main)


def test_call_to_a_former_incarnation_fails_when_the_node_connects() -> None:
    """The call waited for a connection, and the node turned out to be another incarnation."""

    async def main(world: World) -> None:
        a = await world.start("a")
        await world.start("b")
        with pytest.raises(runtime.NoSuchProcess):
            await a.call(runtime.Pid("b", 1, 1), "x")

    in_world(main)


def test_call_to_itself_fails_at_once() -> None:
    """It would wait for ever."""

    class Narcissus(Recorder):
        async def handle_message(self, sender: Any, message: Any) -> None:  # type: ignore[override]
            for to in (self.pid, runtime.ProcessId("narcissus", "a")):
                try:
                    await self.call(to, "me?")
                except runtime.CallsItself as error:
                    self.inbox.put_nowait((None, str(error)))

    async def main(world: World) -> None:
        node, narcissus = await world.start("a"), Narcissus()
        node.send(await node.spawn_register("narcissus", lambda: narcissus), "go")
        for _ in range(2):
            assert "a process cannot wait for itself" in await narcissus.receive()
        assert world.loop.time() < 0.1

    in_world(main)


def test_call_that_comes_in_the_turn_of_a_stop_is_refused() -> None:
    """Also by an idle process, which was about to take it."""

    async def main(scene: Scene) -> None:
        await scene.settle()
        call = asyncio.create_task(scene.call("too late"))
        await asyncio.sleep(0)
        scene.oracle.stop("enough")
        with pytest.raises(runtime.ProcessEnded, match="enough"):
            await call
        assert scene.oracle.notes == []

    on_stage(HERE, main)


@pytest.mark.parametrize("timeout", [0, -1, math.inf, math.nan])
def test_call_refuses_a_time_out_that_is_not_above_zero(timeout: float) -> None:
    """The error names the field and the value."""

    async def main(scene: Scene) -> None:
        with pytest.raises(ValueError, match="timeout must be finite and above zero"):
            await scene.call("x", timeout=timeout)

    on_stage(HERE, main)


def test_call_refuses_a_sender_of_another_node() -> None:
    """As `send` does."""

    async def main(scene: Scene) -> None:
        with pytest.raises(ValueError, match="sender must be a process of a"):
            await scene.node.call(scene.pid, "x", sender=scene.pid)

    on_stage(THERE, main)


@pytest.mark.slow
def test_calls_at_once_each_get_their_own_answer() -> None:
    """A thousand of them, over TCP, in any order of the answers."""

    async def main() -> None:
        async with (
            await runtime.Node.start("a@127.0.0.1:0", cookie=COOKIE) as a,
            await runtime.Node.start("b@127.0.0.1:0", cookie=COOKIE) as b,
        ):
            a.add_route("b", b.address)
            oracles = [await b.spawn(Oracle) for _ in range(10)]
            limit = PATIENCE_SECONDS
            calls = [a.call(oracles[number % 10], number, limit) for number in range(1_000)]
            assert await asyncio.gather(*calls) == list(range(1_000))

    over_tcp(main)


class NotingClock(SimulatedClock):
    """Notes the instants for which it has called back."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.rung: list[int] = []

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        """See ``Clock``."""

        def ring() -> None:
            self.rung.append(instant)
            callback()

        return super().call_at(instant, ring)


def test_call_that_was_answered_leaves_no_alarm() -> None:
    """Or a program with many calls and long timeouts would keep an alarm for each of them."""

    async def main(world: World) -> None:
        clock = NotingClock(world.loop)
        node = await world.start("a", clock=clock)
        oracle = await node.spawn(Oracle)
        end = clock.now() + 60 * NANOSECONDS
        await node.call(oracle, "answered", timeout=60)
        await asyncio.sleep(61)
        assert end not in clock.rung
        with pytest.raises(runtime.CallTimeout):
            await node.call(oracle, {"sleep": 100}, timeout=60)
        assert clock.rung[-1] == clock.now()

    in_world(main)
