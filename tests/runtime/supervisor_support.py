"""What the tests of supervisors share: workers that write a journal, and their supervisor."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import runtime
from runtime import Child, Supervision
from tests.runtime.support import Recorder, World, in_world

NAMES = ("one", "two", "three", "four")


class Worker(runtime.Process):
    """A process that writes down when it starts and when it terminates."""

    def init(self, journal: list[str], label: str) -> None:
        self.journal, self.label = journal, label
        journal.append(f"+{label}")

    def handle_message(self, sender: Any, message: Any) -> Any:
        if message == "fail":
            raise LookupError("boom")
        self.stop(message)

    async def terminate(self, reason: runtime.ExitReason) -> None:
        await asyncio.sleep(0.01)
        self.journal.append(f"-{self.label}")


class Boss(runtime.Supervisor):
    """A supervisor with the rules that it is given."""

    def init(self, supervision: Supervision) -> Supervision:
        return supervision


class Office:
    """A supervisor of workers on one node."""

    def __init__(self, world: World, node: runtime.Node) -> None:
        self.world = world
        self.node = node
        self.boss = Boss()
        self.watcher = Recorder()
        self.journal: list[str] = []

    async def open(self, children: Sequence[Child], *rules: Any) -> None:
        """Starts the supervisor, and a process that monitors it."""
        await self.node.spawn(lambda: self.watcher)
        await self.node.spawn_register("boss", lambda: self.boss, Supervision(children, *rules))
        self.watcher.monitor(self.boss.pid)

    def worker(self, name: str, **options: Any) -> Child:
        """A worker of that name."""
        return Child(factory=Worker, arguments=(self.journal, name), name=name, **options)

    def workers(self, count: int = 3) -> list[Child]:
        """That many permanent workers."""
        return [self.worker(name) for name in NAMES[:count]]

    def tell(self, name: str, message: str) -> None:
        """Makes a worker fail, or end for a reason."""
        self.node.send(runtime.ProcessId(name, self.node.name), message)

    def running(self) -> list[str]:
        """The children in their order; checks them against the table of names."""
        found = [(str(child), pid) for child, pid in self.boss.children]
        assert all(self.node.whereis(name) == pid for name, pid in found)
        return [name for name, _ in found]

    def news(self) -> list[str]:
        """What was written down since the last call."""
        news = list(self.journal)
        self.journal.clear()
        return news

    def reasons(self) -> list[str]:
        """The reason why the supervisor ended, if it did."""
        inbox = self.watcher.inbox
        return [inbox.get_nowait()[1].reason for _ in range(inbox.qsize())]


def in_office(main: Callable[[Office], Coroutine[Any, Any, None]]) -> None:
    """Runs a test on a node of its own."""

    async def body(world: World) -> None:
        await main(Office(world, await world.start("a")))

    in_world(body)
