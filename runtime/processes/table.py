"""The processes of one node by number and by name, how they start, and what follows their end.

Leaves the life of a process to its runner. When the task of a process is done, however it ended, its
number and name are removed, and everyone who waits for it is told, in one step.
"""

import asyncio
import itertools
import logging
from collections.abc import Iterable
from functools import partial

from runtime.dropped import DropReason
from runtime.network import Envelope, NodeContext, NodeIdentity
from runtime.pid import Pid, check_name
from runtime.processes.callbacks import Factory
from runtime.processes.endpoints import Endpoints
from runtime.processes.host import Host
from runtime.processes.mailbox import Mailbox
from runtime.processes.runner import ProcessRunner
from runtime.processes.signal_router import SignalRouter, sender_of
from runtime.processes.signals import LinkSignal, Stop, Unlink
from runtime.processes.watches import Watches
from runtime.reasons import SHUTDOWN, describe
from runtime.statistics import MailboxStatistics


class NameTaken(ValueError):
    """Another process of this node has the name already."""


class ProcessTable:
    """The processes of one node."""

    def __init__(
        self,
        host: Host,
        context: NodeContext,
        signals: SignalRouter,
        endpoints: Endpoints,
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        self._host = host
        self._context = context
        self._endpoints = endpoints
        self._log = log
        self._numbers = itertools.count(1)
        self._runners: dict[int, ProcessRunner] = {}
        self._names: dict[str, ProcessRunner] = {}
        self._tasks: dict[ProcessRunner, asyncio.Task[None]] = {}
        self.watches = Watches(context.own, signals, self._find_pid, log)
        signals.handle(LinkSignal, self._signal_came)
        signals.handle(Unlink, self._signal_came)
        signals.handle(Stop, self._signal_came)

    async def spawn(
        self,
        name: str | None,
        factory: Factory,
        arguments: tuple[object, ...],
        mailbox_messages: int | None,
        parent: Pid | None,
    ) -> Pid:
        """Starts a process and waits for its `init`; raises NameTaken, or what `init` raises."""
        if name is not None:
            check_name("name", name)
            if name in self._names:
                raise NameTaken(f"name must be free on {self._host.name}, {name!r} is taken")
        limit = self._context.limits.mailbox_messages
        mailbox = Mailbox(limit if mailbox_messages is None else mailbox_messages)
        runner = self._enter(name, factory, mailbox, parent)
        try:
            await self._start(runner, arguments)
        except asyncio.CancelledError:
            # The caller is gone, so the pid of this process would never be known.
            runner.kill()
            raise
        return runner.pid

    def find(self, process: int | str) -> ProcessRunner | None:
        """Returns the process of that number or name, None if there is none."""
        if isinstance(process, str):
            return self._names.get(process)
        return self._runners.get(process)

    def next_pid(self) -> Pid:
        """Returns a pid that no process or endpoint of this node has had."""
        return Pid(self._host.name, self._host.creation, next(self._numbers))

    def statistics(self) -> dict[str, MailboxStatistics]:
        """Returns the statistics of all mailboxes, by name or pid."""
        return {each.name or str(each.pid): each.mailbox.statistics() for each in self._tasks}

    async def stop(self, seconds: float) -> None:
        """Terminates all processes; cancels those that take longer than that many seconds."""
        # First the processes without a parent: a parent stops its children itself, in its own order.
        await self._terminate([each for each in self._tasks if each.parent is None], seconds)
        await self._terminate(list(self._tasks), seconds)

    def kill(self) -> None:
        """Ends all processes as the end of this program would."""
        for runner in self._tasks:
            runner.stop_timers()
            runner.kill()

    def _enter(
        self, name: str | None, factory: Factory, mailbox: Mailbox, parent: Pid | None
    ) -> ProcessRunner:
        runner = ProcessRunner(
            self._host,
            self.next_pid(),
            factory(),
            name=name,
            parent=parent,
            mailbox=mailbox,
            watches=self.watches,
            endpoints=self._endpoints,
            drop_log=self._context.drop_log,
        )
        self._runners[runner.pid.number] = runner
        if name is not None:
            self._names[name] = runner
        return runner

    async def _start(self, runner: ProcessRunner, arguments: tuple[object, ...]) -> None:
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = runner.start(arguments, partial(self._started, runner, started))
        self._tasks[runner] = task
        task.add_done_callback(partial(self._ended, runner, started))
        await started

    def _started(self, runner: ProcessRunner, started: asyncio.Future[None]) -> None:
        if runner.parent is not None:
            runner.links.link(runner.parent)
        if not started.done():
            started.set_result(None)

    def _ended(
        self, runner: ProcessRunner, started: asyncio.Future[None], task: asyncio.Task[None]
    ) -> None:
        if not task.cancelled():
            # The runner has logged the error; asyncio would log it again if it was never asked for.
            task.exception()
        del self._runners[runner.pid.number]
        del self._tasks[runner]
        if runner.name is not None:
            del self._names[runner.name]
        if not started.done():
            # First of all: if something below raised, the caller of `spawn` would wait for ever.
            started.set_exception(runner.failure)
        runner.conclude()
        self.watches.process_ended(runner.pid.number, describe(runner.reason))

    async def _terminate(self, runners: Iterable[ProcessRunner], seconds: float) -> None:
        tasks = {self._tasks[runner] for runner in runners}
        for runner in runners:
            runner.stop(SHUTDOWN)
        for _ in ("terminate", "release"):
            if tasks:
                _, tasks = await asyncio.wait(tasks, timeout=seconds)
            for task in tasks:
                self._log.error("%s did not terminate in time", task.get_name())
                task.cancel()

    def _find_pid(self, process: int | str) -> Pid | None:
        runner = self.find(process)
        return None if runner is None else runner.pid

    def _signal_came(
        self, peer: NodeIdentity, envelope: Envelope, signal: LinkSignal | Unlink | Stop
    ) -> None:
        runner, sender = self.find(envelope.to), sender_of(peer, envelope)
        if runner is not None and sender is not None:
            runner.signal(sender, signal)
        elif isinstance(signal, Stop):
            # Only this signal: a process that links with one that has ended learns it by its watch.
            detail = f"no process to stop: {envelope.to!a}"
            self._context.drop_log.record(DropReason.UNKNOWN_PROCESS, peer.name, detail)
