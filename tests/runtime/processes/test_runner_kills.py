"""Kills: a process ends at once, whatever its callbacks do, and releases what it holds."""

import asyncio
import contextlib
from typing import Any

import pytest

import runtime
from tests.runtime.support import Recorder, World, in_world

TARGET = runtime.ProcessId("target", "a")


class Swallowing(runtime.Process):
    """A process that ignores its cancellation, and takes a second to release what it holds."""

    def __init__(self) -> None:
        self.entries: list[str] = []

    async def handle_message(self, sender: runtime.Pid | None, message: Any) -> None:
        await self.work(message)

    async def work(self, entry: str) -> None:
        """Notes the entry and works for a minute, or until it is cancelled."""
        self.entries.append(entry)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)

    def terminate(self, reason: runtime.ExitReason) -> None:
        self.entries.append("terminate")

    async def _release(self) -> None:
        await asyncio.sleep(1)
        self.entries.append("release")


async def start(node: runtime.Node) -> tuple[Swallowing, Recorder]:
    """A process that is busy and has a message in its mailbox, and a process to kill it."""
    target, killer = Swallowing(), Recorder()
    await node.spawn_register("target", lambda: target)
    await node.spawn(lambda: killer)
    for message in ("first", "second"):
        node.send(target.pid, message)
    await asyncio.sleep(0.1)
    return target, killer


def test_kill_lets_no_other_callback_run_even_if_one_ignores_it() -> None:
    """Not even `terminate`; the reason is "killed"."""

    async def main(world: World) -> None:
        target, killer = await start(await world.start("a"))
        killer.monitor(target.pid)
        killer.send_exit(target.pid, "kill")
        assert (await killer.receive()).reason == "killed"
        assert target.entries == ["first", "release"]

    in_world(main)


def test_kill_during_an_init_that_ignores_it_fails_the_spawn() -> None:
    """The caller of `spawn` gets an error."""

    class SlowInit(Swallowing):
        async def init(self) -> None:
            await self.work("init")

    async def main(world: World) -> None:
        node, killer = await world.start("a"), Recorder()
        await node.spawn(lambda: killer)
        spawn = asyncio.create_task(node.spawn_register("target", SlowInit))
        await asyncio.sleep(0.1)
        killer.send_exit(TARGET, "kill")
        with pytest.raises(RuntimeError, match="was killed"):
            await spawn

    in_world(main)


def test_kill_a_second_time_does_not_interrupt_the_release() -> None:
    """Otherwise what it holds (a lock on a file, for example) would stay held."""

    async def main(world: World) -> None:
        target, killer = await start(await world.start("a"))
        for _ in range(3):
            killer.send_exit(target.pid, "kill")
            await asyncio.sleep(0.3)
        await asyncio.sleep(1)
        assert target.entries == ["first", "release"]

    in_world(main)


def test_kill_of_a_node_leaves_no_process_running() -> None:
    """A process that ignores its cancellation handles nothing more."""

    async def main(world: World) -> None:
        node = await world.start("a")
        target, _ = await start(node)
        node.kill()
        await asyncio.sleep(2)
        assert target.entries == ["first", "release"]
        assert node.statistics().mailboxes == {}

    in_world(main)
