"""Inspection: what a process shows of itself, and what its node knows of it."""

import asyncio
from typing import Any

import pytest

import runtime
from tests.runtime.support import Note, Recorder, World, in_world

BOTH = pytest.mark.parametrize("where", ["a", "b"])


class Glass(Recorder):
    """Shows what it is asked for."""

    async def handle_inspect(self, *items: str) -> Any:
        if "broken" in items:
            raise LookupError("broken")
        if "stop" in items:
            self.stop()
        return {"items": len(items), **dict.fromkeys(items, 1.5)}


@BOTH
def test_inspect_shows_what_handle_inspect_returns_as_text(where: str) -> None:
    """The runtime adds what it knows, under keys that begin with `runtime.`."""

    async def main(world: World) -> None:
        nodes = {name: await world.start(name) for name in ("a", "b")}
        pid = await nodes[where].spawn_register("glass", Glass)
        for number in range(3):
            nodes["a"].send(pid, Note(number=number))
        await asyncio.sleep(10)
        shown = await nodes["a"].inspect(runtime.ProcessId("glass", where), "x", "y")
        uptime = float(shown.pop("runtime.uptime_seconds"))
        assert uptime == pytest.approx(10, abs=0.01)
        assert shown == {
            "items": "2",
            "x": "1.5",
            "y": "1.5",
            "runtime.pid": str(pid),
            "runtime.name": "glass",
            "runtime.state": "running",
            "runtime.mailbox_length": "0",
            "runtime.mailbox_handled": "4",
            "runtime.mailbox_dropped": "0",
        }

    in_world(main)


@BOTH
def test_inspect_waits_in_the_mailbox_and_counts_what_waits(where: str) -> None:
    """It never runs beside another callback."""

    async def main(world: World) -> None:
        nodes = {name: await world.start(name) for name in ("a", "b")}
        glass = Glass()
        pid = await nodes[where].spawn(lambda: glass)
        glass.post(lambda: asyncio.sleep(1))
        await asyncio.sleep(0.1)
        inspection = asyncio.create_task(nodes["a"].inspect(pid))
        await asyncio.sleep(0.1)
        nodes[where].send(pid, "behind")
        await asyncio.sleep(0.5)
        assert not inspection.done()
        shown = await inspection
        assert (shown["runtime.mailbox_length"], shown["runtime.name"]) == ("1", "")

    in_world(main)


@BOTH
def test_inspect_shows_that_a_process_is_stopping(where: str) -> None:
    """An inspection that stops the process is still answered, with the state "stopping"."""

    async def main(world: World) -> None:
        nodes = {name: await world.start(name) for name in ("a", "b")}
        pid = await nodes[where].spawn(Glass)
        assert (await nodes["a"].inspect(pid, "stop"))["runtime.state"] == "stopping"

    in_world(main)


@BOTH
def test_inspect_fails_as_a_call_does(where: str) -> None:
    """The causes: there is no such process, no answer in time, or an error in `handle_inspect`."""

    async def main(world: World) -> None:
        nodes = {name: await world.start(name) for name in ("a", "b")}
        glass, node = Glass(), nodes["a"]
        pid = await nodes[where].spawn(lambda: glass)
        with pytest.raises(runtime.NoSuchProcess):
            await node.inspect(runtime.ProcessId("nobody", where))
        glass.post(lambda: asyncio.sleep(1))
        with pytest.raises(runtime.CallTimeout):
            await node.inspect(pid, timeout=0.5)
        with pytest.raises(runtime.CallFailed, match="LookupError: broken"):
            await node.inspect(pid, "broken")

    in_world(main)


def test_inspect_always_shows_what_the_runtime_knows() -> None:
    """A process cannot overwrite those keys."""

    class Liar(runtime.Process):
        def handle_inspect(self, *items: str) -> Any:
            return {"runtime.state": "splendid"}

    async def main(world: World) -> None:
        node = await world.start("a")
        for factory in (runtime.Process, Liar):
            shown = await node.inspect(await node.spawn(factory))
            assert shown["runtime.state"] == "running"
            assert all(key.startswith("runtime.") for key in shown)

    in_world(main)
