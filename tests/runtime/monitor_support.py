"""What the tests of monitors share: a watcher on one node, and a target on the same or another."""

import asyncio
from typing import Any

import pytest

import runtime
from tests.runtime.support import Diary, Recorder, World

BOTH = pytest.mark.parametrize("where", ["a", "b"])


class MonitorScene:
    """A watcher on node a, and a target on a or b."""

    def __init__(self, world: World, a: runtime.Node, at: runtime.Node) -> None:
        self.world = world
        self.a = a
        self.at = at
        self.watcher, self.target = Recorder(), Diary()

    @classmethod
    async def set(cls, world: World, where: str, **options: Any) -> "MonitorScene":
        """Starts the nodes and the processes."""
        nodes = {name: await world.start(name, **options) for name in ("a", "b")}
        scene = cls(world, nodes["a"], nodes[where])
        await scene.a.spawn(lambda: scene.watcher)
        await scene.at.spawn_register("target", lambda: scene.target)
        return scene

    async def downs(self, seconds: float = 1) -> list[Any]:
        """All that have come after that many seconds."""
        await asyncio.sleep(seconds)
        inbox = self.watcher.inbox
        return [inbox.get_nowait()[1] for _ in range(inbox.qsize())]
