"""What the tests of calls share: a process that answers as the request says."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import pytest

import runtime
from tests.runtime.support import Note, World, in_world

HERE, THERE = "a", "b"
BOTH = pytest.mark.parametrize("where", [HERE, THERE])


@dataclass(frozen=True, slots=True)
class Stranger:
    """A message whose type is not registered."""


class Oracle(runtime.Process):
    """Answers as the request says, and notes what happens."""

    def __init__(self) -> None:
        self.notes: list[Any] = []

    def handle_message(self, sender: runtime.Pid | None, message: Any) -> None:
        self.notes.append(message)

    def handle_call(self, sender: runtime.Pid | None, request: Any) -> Any:
        self.notes.append(request)
        match request:
            case {"raise": text}:
                raise LookupError(text)
            case {"sleep": seconds}:
                return self.sleep(seconds)
            case {"stop": reason}:
                self.stop(reason)
                return "stopped"
            case "who":
                return None if sender is None else str(sender)
            case "stranger":
                return Stranger()
            case "note":
                return Note(number=1)
            case "unknown":
                raise runtime.NotHandled("what?")
        return request

    async def sleep(self, seconds: float) -> str:
        """Answers later."""
        await asyncio.sleep(seconds)
        return "slept"


@dataclass
class Scene:
    """An oracle on node a or b; the calls come from a."""

    world: World
    node: runtime.Node
    oracle: Oracle
    at: runtime.Node

    @property
    def pid(self) -> runtime.Pid:
        """The pid of the oracle."""
        return self.oracle.pid

    async def call(self, request: object, timeout: float = 5.0) -> Any:
        """Asks the oracle."""
        return await self.node.call(self.pid, request, timeout)

    async def settle(self) -> None:
        """Waits until everything on its way has arrived."""
        await asyncio.sleep(0.01)


def on_stage(
    where: str, main: Callable[[Scene], Coroutine[Any, Any, None]], **options: Any
) -> None:
    """Runs a test with an oracle on that node."""

    async def body(world: World) -> None:
        nodes = {name: await world.start(name) for name in (HERE, THERE)}
        oracle = Oracle()
        await nodes[where].spawn_register("oracle", lambda: oracle, **options)
        await main(Scene(world, nodes[HERE], oracle, nodes[where]))

    in_world(body)
