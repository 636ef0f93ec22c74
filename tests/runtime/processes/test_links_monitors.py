"""The monitors of one process."""

import asyncio

import pytest

import runtime
from tests.runtime.monitor_support import BOTH, MonitorScene
from tests.runtime.support import Diary, Recorder, World, in_world


@BOTH
def test_each_monitor_has_a_down_of_its_own(where: str) -> None:
    """Two of the same process as well."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, where)
        references = [scene.watcher.monitor(scene.target.pid) for _ in range(2)]
        await asyncio.sleep(1)
        scene.target.stop()
        assert [down.reference for down in await scene.downs()] == references

    in_world(main)


@BOTH
def test_demonitor_keeps_down_away(where: str) -> None:
    """Before the end, and even if it waits in the mailbox already; twice is no harm."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, where)
        for is_late in (False, True):
            target = Diary()
            await scene.at.spawn(lambda target=target: target)  # type: ignore[misc]
            reference = scene.watcher.monitor(target.pid)
            await asyncio.sleep(1)
            if is_late:
                scene.watcher.post(lambda: asyncio.sleep(1))
                await asyncio.sleep(0.1)
                target.stop()
                await asyncio.sleep(0.1)
            scene.watcher.demonitor(reference)
            scene.watcher.demonitor(reference)
            target.stop()
            assert await scene.downs(2) == []

    in_world(main)


def test_a_process_calls_off_its_own_monitors_only() -> None:
    """Whatever references it guesses."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "a")
        other = Recorder()
        await scene.a.spawn(lambda: other)
        reference = scene.watcher.monitor(scene.target.pid)
        other.demonitor(reference)
        scene.target.stop("enough")
        assert await scene.downs() == [runtime.Down(scene.target.pid, "enough", reference)]

    in_world(main)


@pytest.mark.parametrize(
    ("target", "complaint"),
    [("a", "target must be another node, not 'a'"), ("", "target must be 1 to 100 printable")],
)
def test_a_node_is_monitored_from_others(target: str, complaint: str) -> None:
    """Its own end would end the watcher first."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        with pytest.raises(ValueError, match=complaint):
            scene.watcher.monitor(target)
        with pytest.raises(TypeError, match="target must be a Pid, a ProcessId or a node's name"):
            scene.watcher.monitor(7)  # type: ignore[arg-type]

    in_world(main)
