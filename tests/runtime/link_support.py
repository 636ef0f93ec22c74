"""What the tests of links share: two processes on one node or two, and one that traps exits."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import runtime
from tests.runtime.support import Diary, Recorder, World, in_world

BOTH = pytest.mark.parametrize("where", ["a", "b"])


class Trapper(Recorder):
    """A recorder that traps exits."""

    def init(self) -> None:
        self.trap_exit = True


class LinkPair:
    """A process on node a, another on a or b, and one that traps exits."""

    def __init__(self, world: World, near: runtime.Node, far: runtime.Node) -> None:
        self.world = world
        self.near = near
        self.far = far
        self.one, self.other, self.trapper = Diary(), Diary(), Trapper()

    async def settle(self) -> None:
        """Waits until everything on its way has arrived."""
        await asyncio.sleep(0.1)

    def ends(self, diary: Diary) -> list[Any]:
        """The reason why a diary terminated, if it did."""
        return [each[1] for each in diary.entries if each[0] == "terminate"]

    def exits(self) -> list[Any]:
        """What came to the process that traps exits, with the senders."""
        inbox = self.trapper.inbox
        return [inbox.get_nowait() for _ in range(inbox.qsize())]


def with_pair(where: str, main: Callable[[LinkPair], Coroutine[Any, Any, None]]) -> None:
    """Runs a test on nodes a and b."""

    async def body(world: World) -> None:
        nodes = {name: await world.start(name) for name in ("a", "b")}
        pair = LinkPair(world, nodes["a"], nodes[where])
        await pair.near.spawn(lambda: pair.one)
        await pair.far.spawn_register("other", lambda: pair.other)
        await pair.far.spawn(lambda: pair.trapper)
        await main(pair)

    in_world(body)
