"""What the tests of endpoints share: an endpoint, and a process that owns one."""

import asyncio
from typing import Any

import runtime
from tests.runtime.support import Diary, Note, Recorder


class Receiver:
    """An endpoint that keeps what it receives; a negative note makes it raise."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def receive(self, sender: runtime.Pid, message: Any) -> None:
        if isinstance(message, Note) and message.number < 0:
            raise LookupError(message.number)
        self.entries.append((sender, message))

    def fail(self, error: Exception) -> None:
        self.entries.append(error)


class Owner(Diary):
    """A process that registers an endpoint under its own name, in init."""

    def __init__(self, receiver: Receiver, pause_seconds: float = 0.0) -> None:
        super().__init__()
        self.receiver = receiver
        self.pause_seconds = pause_seconds

    async def init(self, *words: str) -> None:
        await asyncio.sleep(self.pause_seconds)
        assert self.name is not None
        self.registration = self.node.register_endpoint(self.name, self.receiver, [Note])


async def start_sender(node: runtime.Node) -> runtime.Pid:
    """A process to send from."""
    return await node.spawn(Recorder)
