"""Watches when telling an end fails, or a node breaks the rules: the others are not affected."""

import asyncio
from typing import Any

import pytest

import runtime
from runtime.limits import FRAME_BYTES
from runtime.processes.signals import Ended, Watch
from tests.runtime.support import Diary, Recorder, World, in_world


class Speechless(runtime.Registry):
    """A registry that cannot encode the end of a process."""

    def encode(
        self, to: int | str, sender: int | None, message: object, limit: int = FRAME_BYTES
    ) -> bytes:
        if isinstance(message, Ended):
            raise ValueError("no words")
        return super().encode(to, sender, message, limit)


class Slow(runtime.Process):
    """A process whose `init` fails after a second."""

    async def init(self) -> None:
        await asyncio.sleep(1)
        raise LookupError("boom")


async def start_watcher(node: runtime.Node, *targets: Any) -> Recorder:
    """A process that monitors the targets."""
    watcher = Recorder()
    await node.spawn(lambda: watcher)
    for target in targets:
        watcher.monitor(target)
    return watcher


@pytest.mark.parametrize("words", ["file \udcff.txt", "\N{HIRAGANA LETTER A}" * 999])
def test_watch_tells_an_error_that_cannot_be_sent_as_it_is(words: str) -> None:
    """On the same node and on another, however small the frames are."""

    async def main(world: World) -> None:
        limits = runtime.NodeLimits(frame_bytes=1024)
        a, b = await world.start("a", limits=limits), await world.start("b", limits=limits)
        target = Diary()
        await a.spawn(lambda: target)
        watchers = [await start_watcher(node, target.pid) for node in (b, a)]
        await asyncio.sleep(1)
        target.stop(LookupError(words))
        downs = [await watcher.receive() for watcher in watchers]
        assert downs[0].reason == downs[1].reason
        assert downs[0].reason.startswith(f"LookupError: {words[:3]}")

    in_world(main)


def test_watch_that_cannot_be_told_does_not_stop_the_others() -> None:
    """Neither the other watchers nor the caller of `spawn`."""

    async def main(world: World) -> None:
        a, b = await world.start("a", registry=Speechless()), await world.start("b")
        spawn = asyncio.create_task(a.spawn_register("slow", Slow))
        await asyncio.sleep(0.1)
        slow = runtime.ProcessId("slow", "a")
        await start_watcher(b, slow)
        await asyncio.sleep(0.1)
        watcher = await start_watcher(a, slow)
        with pytest.raises(LookupError, match="boom"):
            await spawn
        assert (await watcher.receive()).reason == "LookupError: boom"

    in_world(main)


def test_watch_survives_a_node_that_uses_a_reference_twice() -> None:
    """The former use is forgotten, and nothing is left of either."""

    async def main(world: World) -> None:
        a, b = await world.start("a"), await world.start("b")
        targets = {name: Diary() for name in ("one", "two")}
        for name, target in targets.items():
            await a.spawn_register(name, lambda target=target: target)  # type: ignore[misc]
            b.send(runtime.ProcessId(name, "a"), Watch(reference=7))
        await asyncio.sleep(0.1)
        watcher = await start_watcher(a, *(target.pid for target in targets.values()))
        for target in targets.values():
            target.stop("enough")
            assert (await watcher.receive()).target == target.pid
        assert a.statistics().watches == 0

    in_world(main)
