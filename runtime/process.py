"""A process: an object whose callbacks run one at a time, in the order in which their causes arrived.

Leaves to the runner how callbacks run, and to the node how messages travel. The callbacks that an
author writes are in `ProcessCallbacks`; here is what a process can do.
"""

import math
from logging import Logger, LoggerAdapter
from typing import Any

from runtime.clock import Clock, Timer
from runtime.pid import Pid, ProcessId
from runtime.processes import Factory, Host, Post, ProcessCallbacks, ProcessRunner, resolve
from runtime.reasons import NORMAL, ExitReason

__all__ = ["ExitReason", "Process", "resolve"]


class Process(ProcessCallbacks):
    """What every process inherits: override the callbacks that you need."""

    _process_runner: ProcessRunner

    @property
    def pid(self) -> Pid:
        """The address of this process; known from `init` on, like everything below."""
        return self._process_runner.pid

    @property
    def name(self) -> str | None:
        """The name that this process is registered under, if any."""
        return self._process_runner.name

    @property
    def node(self) -> Host:
        """The node that this process runs on."""
        return self._process_runner.host

    @property
    def clock(self) -> Clock:
        """The clock of the node."""
        return self._process_runner.host.clock

    @property
    def log(self) -> LoggerAdapter[Logger]:
        """A logger whose records carry `node`, `pid` and `registered_name`."""
        return self._process_runner.log

    def send(self, to: Pid | ProcessId, message: object) -> None:
        """Sends a message with this process as its sender; it arrives once or not at all."""
        self.node.send(to, message, self.pid)

    def send_after(self, to: Pid | ProcessId, message: object, delay_seconds: float) -> Timer:
        """Sends that many seconds from now, unless cancelled, or this process ends, before.

        Raises ValueError for a delay that is negative or not finite. If the message then turns out to
        be one that cannot be sent, this process ends, as after an error in a callback.
        """
        if not 0 <= delay_seconds < math.inf:
            raise ValueError(f"delay_seconds must be finite and not negative, not {delay_seconds}")
        return self._process_runner.send_after(to, message, delay_seconds)

    async def call(self, to: Pid | ProcessId, request: object, timeout: float = 5.0) -> Any:
        """Asks a process and waits `timeout` seconds for its answer; raises CallError.

        Meanwhile this process handles nothing else: two that call each other wait for the time-out.
        """
        return await self.node.call(to, request, timeout, sender=self.pid)

    async def spawn(
        self,
        factory: Factory,
        *arguments: object,
        mailbox_messages: int | None = None,
        link: bool = False,
    ) -> Pid:
        """Starts a process on the same node; with `link`, linked as soon as its `init` is done."""
        parent = self.pid if link else None
        return await self.node.spawn(
            factory, *arguments, mailbox_messages=mailbox_messages, parent=parent
        )

    def monitor(self, target: Pid | ProcessId | str) -> int:
        """Has one `Down` come when the process, or the node of that name, ends or is lost.

        Also if it was never there. Returns the reference that the `Down` will have. Raises TypeError
        or ValueError for what is no target, RuntimeError if this process has ended.
        """
        return self._process_runner.links.monitor(target)

    def demonitor(self, reference: int) -> None:
        """Prevents the `Down` of that reference, also if it waits in the mailbox already."""
        self._process_runner.links.demonitor(reference)

    def link(self, to: Pid) -> None:
        """Links the two: each ends when the other fails; see `trap_exit`.

        An end for the reason "normal" or "shutdown" is no failure. Raises TypeError or ValueError for
        what cannot be linked, RuntimeError if this process has ended.
        """
        self._process_runner.links.link(to)

    def unlink(self, to: Pid) -> None:
        """Ends the link with another process; does nothing if there is none."""
        self._process_runner.links.unlink(to)

    @property
    def trap_exit(self) -> bool:
        """Whether an `Exit` comes as a message instead of ending this process; set it in `init`.

        Two kinds of exits are never trapped: "kill", and those of the parent that spawned this
        process linked.
        """
        return self._process_runner.traps_exits

    @trap_exit.setter
    def trap_exit(self, traps: bool) -> None:
        self._process_runner.traps_exits = traps

    def send_exit(self, to: Pid | ProcessId, reason: str) -> None:
        """Asks a process to end for that reason; "kill" ends it at once. Arrives once or not at all.

        A process that traps exits gets an `Exit` message instead and goes on, unless it is "kill".
        """
        self._process_runner.links.send_exit(to, reason)

    def stop(self, reason: ExitReason = NORMAL) -> None:
        """Ends this process after the callback that is running; what waits is dropped."""
        self._process_runner.stop(reason)

    def post(self, callback: Post) -> None:
        """Runs the callback in its turn, like a message; it is never dropped while this lives."""
        self._process_runner.mailbox.post(callback)
