"""A process: an object whose callbacks run one at a time, in the order their causes arrived.

Knows nothing of its node but that it is a `Host`. The idea: this is all that an author sees;
`runtime.execution` runs it.
"""

import math
from collections.abc import Awaitable, Iterable
from logging import Logger, LoggerAdapter
from typing import Any

from runtime.clock import Clock, Timer
from runtime.errors import NotHandled
from runtime.host import Factory, Host
from runtime.logs import Quote
from runtime.pid import Pid, ProcessId
from runtime.processes.mailbox import Post
from runtime.processes.runner import Execution, PriorityHandler, resolve
from runtime.reasons import NORMAL, ExitReason

__all__ = ["ExitReason", "Host", "PriorityHandler", "Process", "resolve"]


class Process:
    """What every process inherits: override the callbacks you need, each `def` or `async def`."""

    _execution: Execution

    def init(self, *arguments: Any, **keywords: Any) -> Any:
        """The first callback, with the arguments of spawn, which raises what this raises."""

    def handle_message(self, sender: Pid | None, message: Any) -> Awaitable[None] | None:
        """A message has come, from nobody known if the sender did not sign."""
        self.log.warning("unhandled message from %s: %s", sender, Quote(message))
        return None

    def handle_call(self, sender: Pid | None, request: Any) -> Any:
        """A request has come; what this returns is the answer. An error ends the process.

        Except for `NotHandled`, which only tells the caller that nobody answers this.
        """
        raise NotHandled(f"{type(self).__qualname__} answers no requests")

    def terminate(self, reason: ExitReason) -> Awaitable[None] | None:
        """The last callback, unless the process had to be killed."""

    def handle_inspect(self, *items: str) -> Any:
        """What an operator may see of this process: names and values."""
        return {}

    @property
    def pid(self) -> Pid:
        """Who this is; known from init on, as is everything below."""
        return self._execution.pid

    @property
    def name(self) -> str | None:
        """The name this process is registered under, if any."""
        return self._execution.name

    @property
    def node(self) -> Host:
        """Where this process lives."""
        return self._execution.host

    @property
    def clock(self) -> Clock:
        """The clock of the node."""
        return self._execution.host.clock

    @property
    def log(self) -> LoggerAdapter[Logger]:
        """Records carry `node`, `pid` and `registered_name`."""
        return self._execution.log

    def send(self, to: Pid | ProcessId, message: object) -> None:
        """Sends a message, signed by this process; it arrives once or not at all."""
        self.node.send(to, message, self.pid)

    def send_after(self, to: Pid | ProcessId, message: object, delay_seconds: float) -> Timer:
        """Sends that many seconds from now, unless cancelled or ended before; raises ValueError.

        A message that turns out to be unable to travel then ends this process, as in a callback.
        """
        if not 0 <= delay_seconds < math.inf:
            raise ValueError(f"delay_seconds must be finite and not negative, not {delay_seconds}")
        return self._execution.send_after(to, message, delay_seconds)

    async def call(self, to: Pid | ProcessId, request: object, timeout: float = 5.0) -> Any:
        """Asks a process and waits for its answer, that many seconds; raises CallError.

        This process handles nothing else meanwhile: two that call each other wait for the time-out.
        """
        return await self.node.call(to, request, timeout, sender=self.pid)

    async def spawn(
        self,
        factory: Factory,
        *arguments: object,
        mailbox_messages: int | None = None,
        link: bool = False,
    ) -> Pid:
        """Starts a process on the same node; linked, from the end of its init on, if so wanted."""
        parent = self.pid if link else None
        return await self.node.spawn(
            factory, *arguments, mailbox_messages=mailbox_messages, parent=parent
        )

    def monitor(self, target: Pid | ProcessId | str) -> int:
        """Has one `Down` come once the process, or the node of that name, is gone or lost.

        Also if it never was there. Returns the reference that `Down` bears. Raises TypeError or
        ValueError for what is no target, RuntimeError if this process has ended.
        """
        return self._execution.ties.monitor(target)

    def demonitor(self, reference: int) -> None:
        """No `Down` comes for it any more, even if one waits already."""
        self._execution.ties.demonitor(reference)

    def link(self, to: Pid) -> None:
        """Ends each of the two if the other ends, but for "normal" and "shutdown"; see `trap_exit`."""
        self._execution.ties.link(to)

    def unlink(self, to: Pid) -> None:
        """Unties the two."""
        self._execution.ties.unlink(to)

    @property
    def trap_exit(self) -> bool:
        """Whether an `Exit` comes as a message instead of ending this process.

        Set it in init. Not trapped are "kill", and what comes from a parent that spawned this
        process linked.
        """
        return self._execution.traps_exits

    @trap_exit.setter
    def trap_exit(self, traps: bool) -> None:
        self._execution.traps_exits = traps

    def send_exit(self, to: Pid | ProcessId, reason: str) -> None:
        """Has a process end for that reason, in order unless it is "kill"; arrives once or never."""
        self._execution.ties.send_exit(to, reason)

    def stop(self, reason: ExitReason = NORMAL) -> None:
        """Terminates this process after the callback that is running; what waits is dropped."""
        self._execution.stop(reason)

    def post(self, callback: Post) -> None:
        """Runs the callback in its turn, as if it were a message; never dropped while alive."""
        self._execution.mailbox.post(callback)

    def prioritize(self, types: Iterable[type], handler: PriorityHandler) -> None:
        """Has messages of these types handed over on arrival instead of through the mailbox.

        The handler runs between and during callbacks, straight from the network's event, so it
        must be short; what it raises terminates the process. Unsigned messages do not reach it.
        """
        self._execution.prioritize(types, handler)

    async def _initialize(self, *arguments: Any) -> None:
        """Runs init; a subclass overrides this to use what init returns."""
        await resolve(self.init(*arguments))

    async def _prepare_to_terminate(self, reason: ExitReason) -> None:
        """Runs before terminate, which runs whatever this does; everything can still be sent."""

    async def _release(self) -> None:
        """Runs at the very end, even if killed or init failed: end timers, close files."""
