"""The monitors of one process."""

import asyncio

import pytest

import runtime
from tests.runtime.monitor_support import BOTH, MonitorScene
from tests.runtime.support import Diary, Recorder, World, in_world


@BOTH
def test_monitor_has_a_down_of_its_own(where: str) -> None:
    """Also two monitors of the same process."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, where)
        references = [scene.watcher.monitor(scene.target.pid) for _ in range(2)]
        await asyncio.sleep(1)
        scene.target.stop()
        assert [down.reference for down in await scene.downs()] == references

    in_world(main)


@BOTH
def test_demonitor_prevents_the_down(where: str) -> None:
    """Before the end, and also if it waits in the mailbox; it may be called twice."""

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


def test_demonitor_ends_only_the_monitors_of_its_own_process() -> None:
    """Whatever reference is guessed."""

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
def test_monitor_refuses_the_own_node_and_what_is_no_target(target: str, complaint: str) -> None:
    """The end of its own node would end the watcher first."""

    async def main(world: World) -> None:
        scene = await MonitorScene.set(world, "b")
        with pytest.raises(ValueError, match=complaint):
            scene.watcher.monitor(target)
        with pytest.raises(TypeError, match="target must be a Pid, a ProcessId or a node's name"):
            scene.watcher.monitor(7)  # type: ignore[arg-type]

    in_world(main)
