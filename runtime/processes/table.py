"""The processes of one node: who is there, under which name, and what becomes of their end.

Knows nothing of other nodes but that signals come from somewhere. The idea: a process leaves this
table, its name and all who wait for it in one go, when its task is done, however that came about.
"""

import asyncio
import itertools
import logging
from collections.abc import Iterable
from functools import partial

from runtime.dropped import Drop
from runtime.host import Factory, Host
from runtime.network.connection import Surroundings
from runtime.network.handshake import Identity
from runtime.network.wire import Parcel
from runtime.pid import Pid, check_name
from runtime.processes.endpoints import Endpoints
from runtime.processes.mailbox import Mailbox
from runtime.processes.monitors import Monitors
from runtime.processes.runner import Execution
from runtime.processes.signal_router import Switchboard, sender_of
from runtime.reasons import SHUTDOWN, describe
from runtime.signals import Link, Stop, Unlink
from runtime.statistics import MailboxStatistics


class NameTaken(ValueError):
    """Another process of this node bears the name already."""


class Processes:
    """The table of processes."""

    def __init__(
        self,
        host: Host,
        surroundings: Surroundings,
        switchboard: Switchboard,
        endpoints: Endpoints,
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        self._host = host
        self._surroundings = surroundings
        self._endpoints = endpoints
        self._log = log
        self._numbers = itertools.count(1)
        self._executions: dict[int, Execution] = {}
        self._names: dict[str, Execution] = {}
        self._tasks: dict[Execution, asyncio.Task[None]] = {}
        self.monitors = Monitors(surroundings.own, switchboard, self._find_pid, log)
        switchboard.handle(Link, self._link)
        switchboard.handle(Unlink, self._unlink)
        switchboard.handle(Stop, self._stop)

    async def spawn(
        self,
        name: str | None,
        factory: Factory,
        arguments: tuple[object, ...],
        mailbox_messages: int | None,
        parent: Pid | None,
    ) -> Pid:
        """Starts a process and waits for its init, whose error it raises; or raises NameTaken."""
        if name is not None:
            check_name("name", name)
            if name in self._names:
                raise NameTaken(f"name must be free on {self._host.name}, {name!r} is taken")
        limit = self._surroundings.limits.mailbox_messages
        mailbox = Mailbox(limit if mailbox_messages is None else mailbox_messages)
        execution = self._enter(name, factory, mailbox, parent)
        try:
            await self._start(execution, arguments)
        except asyncio.CancelledError:
            # Nobody would ever learn its pid.
            execution.kill()
            raise
        return execution.pid

    def find(self, process: int | str) -> Execution | None:
        """The process of that number or name."""
        if isinstance(process, str):
            return self._names.get(process)
        return self._executions.get(process)

    def next_pid(self) -> Pid:
        """A pid that no process or endpoint of this node has had."""
        return Pid(self._host.name, self._host.creation, next(self._numbers))

    def statistics(self) -> dict[str, MailboxStatistics]:
        """What the mailboxes hold and have held."""
        return {each.name or str(each.pid): each.mailbox.statistics() for each in self._tasks}

    async def stop(self, seconds: float) -> None:
        """Terminates all processes, those that others have spawned linked last, late ones at once."""
        # Who has such children stops them itself, in its own order.
        await self._terminate([each for each in self._tasks if each.parent is None], seconds)
        await self._terminate(list(self._tasks), seconds)

    def kill(self) -> None:
        """Ends all processes as the end of this program would."""
        for execution in self._tasks:
            execution.silence()
            execution.kill()

    def _enter(
        self, name: str | None, factory: Factory, mailbox: Mailbox, parent: Pid | None
    ) -> Execution:
        execution = Execution(
            self._host,
            self.next_pid(),
            factory(),
            name=name,
            parent=parent,
            mailbox=mailbox,
            monitors=self.monitors,
            endpoints=self._endpoints,
            drops=self._surroundings.drops,
        )
        self._executions[execution.pid.number] = execution
        if name is not None:
            self._names[name] = execution
        return execution

    async def _start(self, execution: Execution, arguments: tuple[object, ...]) -> None:
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = execution.start(arguments, partial(self._started, execution, started))
        self._tasks[execution] = task
        task.add_done_callback(partial(self._ended, execution, started))
        await started

    def _started(self, execution: Execution, started: asyncio.Future[None]) -> None:
        if execution.parent is not None:
            execution.ties.link(execution.parent)
        if not started.done():
            started.set_result(None)

    def _ended(
        self, execution: Execution, started: asyncio.Future[None], task: asyncio.Task[None]
    ) -> None:
        del self._executions[execution.pid.number]
        del self._tasks[execution]
        if execution.name is not None:
            del self._names[execution.name]
        if not started.done():
            # First: whatever goes wrong below, whoever spawned it must not wait for ever.
            started.set_exception(execution.failure)
        execution.conclude()
        self.monitors.process_ended(execution.pid.number, describe(execution.reason))

    async def _terminate(self, executions: Iterable[Execution], seconds: float) -> None:
        tasks = {self._tasks[execution] for execution in executions}
        for execution in executions:
            execution.stop(SHUTDOWN)
        for _ in ("terminate", "release"):
            if tasks:
                _, tasks = await asyncio.wait(tasks, timeout=seconds)
            for task in tasks:
                self._log.error("%s did not terminate in time", task.get_name())
                task.cancel()

    def _find_pid(self, process: int | str) -> Pid | None:
        execution = self.find(process)
        return None if execution is None else execution.pid

    def _link(self, peer: Identity, parcel: Parcel, signal: Link) -> None:
        execution, sender = self.find(parcel.to), sender_of(peer, parcel)
        # To whoever links with a process that is gone, its watch says so.
        if execution is not None and sender is not None:
            execution.ties.accept_link(sender)

    def _unlink(self, peer: Identity, parcel: Parcel, signal: Unlink) -> None:
        execution, sender = self.find(parcel.to), sender_of(peer, parcel)
        if execution is not None and sender is not None:
            execution.ties.accept_unlink(sender)

    def _stop(self, peer: Identity, parcel: Parcel, signal: Stop) -> None:
        execution, sender = self.find(parcel.to), sender_of(peer, parcel)
        if execution is None or sender is None:
            self._surroundings.drops.record(
                Drop.UNKNOWN_PROCESS, peer.name, f"nobody to stop: {parcel.to!a}"
            )
        else:
            execution.exit(sender, signal.reason)
