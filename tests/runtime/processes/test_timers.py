"""The timers of a process end with it."""

import asyncio
import gc
import weakref
from typing import Any

import runtime
from runtime.processes.timers import ProcessTimers
from runtime.simulation import SimulatedClock, run
from tests.runtime.support import Diary, Recorder, World, in_world


def test_timers_of_a_process_that_has_ended_send_nothing() -> None:
    """They were cancelled at its end."""

    async def main(world: World) -> None:
        node, recorder = await world.start("a"), Recorder()
        await node.spawn(lambda: recorder)
        diary = Diary()
        await node.spawn(lambda: diary)
        diary.send_after(recorder.pid, "from the dead", 1)
        diary.stop()
        await asyncio.sleep(2)
        assert recorder.inbox.empty()

    in_world(main)


def test_timers_do_not_keep_a_process_that_has_ended_in_memory() -> None:
    """Its memory is free long before the timer would have called."""
    held: weakref.WeakSet[runtime.Process] = weakref.WeakSet()

    class Timed(runtime.Process):
        def init(self) -> None:
            held.add(self)
            self.send_after(self.pid, "tomorrow", 86_400)

        def handle_message(self, sender: Any, message: Any) -> None:
            self.stop()

    async def main(world: World) -> None:
        node = await world.start("a")
        pid = await node.spawn(Timed)
        gc.collect()
        [timed] = held
        node.send(pid, "stop")
        await asyncio.sleep(1)
        timed.send_after(pid, "too late", 86_400)
        del timed
        gc.collect()
        assert len(held) == 0

    in_world(main)


def test_start_calls_back_after_its_seconds_and_never_after_close() -> None:
    """Timers that run at the time of `close` are cancelled, as are those that are started later."""

    async def main() -> None:
        loop, called = asyncio.get_running_loop(), list[str]()
        timers = ProcessTimers(SimulatedClock(loop))
        timers.start(1, lambda: called.append("first"))
        timers.start(1, lambda: called.append("cancelled")).cancel()
        timers.start(3, lambda: called.append("closed"))
        await asyncio.sleep(2)
        timers.close()
        timers.start(1, lambda: called.append("too late"))
        await asyncio.sleep(5)
        assert called == ["first"]

    run(main())
