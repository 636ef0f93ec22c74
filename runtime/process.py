"""A process: an object whose callbacks run one at a time, in the order their causes arrived.

Knows nothing of connections: its node is a `Host`. The idea: `Process` is what an author writes,
`Execution` is the one task that runs it, so nothing an author overrides can break the order of
things: init, messages one by one, terminate, release.
"""

import asyncio
import inspect
import logging
import math
import random
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import partial
from typing import Any, Protocol

from runtime.clock import Clock, Timer, after
from runtime.drops import Drop, Drops
from runtime.events import NodeEvent
from runtime.mailbox import Letter, Mailbox, Post
from runtime.pid import Pid, ProcessId

ExitReason = str | Exception
"""Why a process ends: "normal", "shutdown", a word of its own, or the error it failed with."""

PriorityHandler = Callable[[Pid, Any], None]
"""Called with the sender and the message, at once, on arrival."""

TURN = 16
"""How many messages a process handles before everybody else on the event loop has a turn."""


class Host(Protocol):
    """A process's node, as the process sees it."""

    @property
    def name(self) -> str:
        """The node's name."""

    @property
    def creation(self) -> int:
        """Which life of the node this is."""

    @property
    def clock(self) -> Clock:
        """The clock of everything on this node."""

    @property
    def random(self) -> random.Random:
        """Where all chance on this node comes from."""

    def send(self, to: Pid | ProcessId, message: object, sender: Pid | None = None) -> None:
        """Sends to a process anywhere."""

    async def spawn(self, factory: "Callable[[], Process]", *arguments: object) -> Pid:
        """Starts a process."""

    async def spawn_register(
        self, name: str, factory: "Callable[[], Process]", *arguments: object
    ) -> Pid:
        """Starts a process under a name."""

    def whereis(self, name: str) -> Pid | None:
        """The process of that name on this node."""

    def add_route(self, name: str, address: str) -> None:
        """Tells where another node listens."""

    def connect(self, name: str) -> None:
        """Keeps connected with another node."""

    def watch(self, callback: Callable[[NodeEvent], None]) -> Callable[[], None]:
        """Tells which nodes go up and down; returns how to end that."""

    def nodes(self) -> dict[str, int]:
        """The other nodes that are up and which of their lives it is."""


class Process:
    """What every process inherits: override the callbacks you need, each `def` or `async def`."""

    _execution: "Execution"

    def init(self, *arguments: Any, **keywords: Any) -> Any:
        """The first callback, with the arguments of spawn, which raises what this raises."""

    def handle_message(self, sender: Pid | None, message: Any) -> Awaitable[None] | None:
        """A message has come, from nobody known if the sender did not sign."""
        self.log.warning("unhandled message from %s: %r", sender, message)
        return None

    def handle_call(self, sender: Pid, request: Any) -> Any:
        """A request has come; what this returns is the answer."""
        raise NotImplementedError(f"{type(self).__qualname__} answers no requests")

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
    def log(self) -> "logging.LoggerAdapter[logging.Logger]":
        """Records carry `node`, `pid` and `registered_name`."""
        return self._execution.log

    def send(self, to: Pid | ProcessId, message: object) -> None:
        """Sends a message, signed by this process; it arrives once or not at all."""
        self.node.send(to, message, self.pid)

    def send_after(self, to: Pid | ProcessId, message: object, delay_seconds: float) -> Timer:
        """Sends that many seconds from now, unless cancelled or terminated before; ValueError."""
        if not 0 <= delay_seconds < math.inf:
            raise ValueError(f"delay_seconds must be finite and not negative, not {delay_seconds}")
        return after(self.clock, delay_seconds, lambda: self._execution.send(to, message))

    async def spawn(self, factory: "Callable[[], Process]", *arguments: object) -> Pid:
        """Starts a process on the same node."""
        return await self.node.spawn(factory, *arguments)

    def stop(self, reason: ExitReason = "normal") -> None:
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


class Execution:
    """The life of one process: its mailbox, its task and its end."""

    def __init__(
        self, host: Host, pid: Pid, name: str | None, process: Process, limit: int, drops: Drops
    ) -> None:
        self.host = host
        self.pid = pid
        self.name = name
        self.mailbox = Mailbox(limit)
        self.log = process_log(host.name, pid, name)
        self._process = process
        self._drops = drops
        self._priority: dict[type, PriorityHandler] = {}
        self._reason: ExitReason | None = None
        self._is_over = False
        process._execution = self

    async def run(self, arguments: tuple[object, ...], started: asyncio.Future[None]) -> None:
        """The task of the process; tells through `started` how init ended."""
        try:
            if await self._start(arguments, started):
                await self._handle_entries()
                await self._finish()
        finally:
            await self._end()

    def deliver(self, sender: Pid | None, message: object) -> None:
        """Hands a message to its priority handler now, or puts it into the mailbox."""
        handler = self._priority.get(type(message))
        if handler is None:
            self._put(Letter(sender, message))
        elif sender is None:
            self._drops.record(Drop.ANONYMOUS, str(self.pid), type(message).__qualname__)
        else:
            self._prioritized(handler, sender, message)

    def deliver_locally(self, sender: Pid | None, message: object) -> None:
        """The same for a message from this node, whose sender is in the middle of something."""
        if sender is not None and type(message) in self._priority:
            # Called at once, it could call back into a sender that is half-way through a change.
            asyncio.get_running_loop().call_soon(self.deliver, sender, message)
        else:
            self.deliver(sender, message)

    def send(self, to: Pid | ProcessId, message: object) -> None:
        """Sends on behalf of the process, if it still lives."""
        if not self._is_over:
            self.host.send(to, message, self.pid)

    def prioritize(self, types: Iterable[type], handler: PriorityHandler) -> None:
        """See `Process.prioritize`."""
        self._priority.update(dict.fromkeys(types, handler))

    def stop(self, reason: ExitReason) -> None:
        """Ends the process after the callback that is running; the first reason counts."""
        if self._reason is None:
            self._reason = reason
            self.mailbox.post(_wake_up)

    def silence(self) -> None:
        """Lets nothing more happen to the process or be sent by it: it is to be killed."""
        self._is_over = True

    async def _start(self, arguments: tuple[object, ...], started: asyncio.Future[None]) -> bool:
        try:
            await self._process._initialize(*arguments)
        except Exception as error:
            if not started.done():
                started.set_exception(error)
            return False
        except asyncio.CancelledError:
            if not started.done():
                started.set_exception(RuntimeError(f"{self.pid} was cancelled during init"))
            return False
        if not started.done():
            started.set_result(None)
        return True

    async def _handle_entries(self) -> None:
        handled = 0
        while self._reason is None:
            entry = await self.mailbox.get()
            if self._reason is None:
                await self._guard(partial(self._handle, entry))
            handled += 1
            if handled % TURN == 0:
                await asyncio.sleep(0)

    def _handle(self, entry: Letter | Post) -> Awaitable[None] | None:
        if isinstance(entry, Letter):
            return self._process.handle_message(entry.sender, entry.message)
        return entry()

    async def _finish(self) -> None:
        reason = "normal" if self._reason is None else self._reason
        await self._guard(partial(self._process._prepare_to_terminate, reason))
        await self._guard(partial(self._process.terminate, reason))

    async def _end(self) -> None:
        try:
            await self._process._release()
        except Exception:
            self.log.exception("releasing what the process held failed")
        finally:
            self._is_over = True

    async def _guard(self, callback: Callable[[], object]) -> None:
        try:
            await resolve(callback())
        except asyncio.CancelledError as error:
            if _is_being_cancelled():
                raise
            # The callback awaited something that was cancelled: its own failure, not our end.
            self._fail(RuntimeError(f"a callback was cancelled: {error!r}"))
        except Exception as error:
            self._fail(error)

    def _prioritized(self, handler: PriorityHandler, sender: Pid, message: object) -> None:
        if self._is_over:
            return
        try:
            handler(sender, message)
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.log.error("a callback failed", exc_info=error)
        self.stop(error)

    def _put(self, letter: Letter) -> None:
        if not self.mailbox.put(letter):
            self._drops.record(Drop.MAILBOX_FULL, str(self.pid), f"{len(self.mailbox)} wait")


class _ProcessLog(logging.LoggerAdapter[logging.Logger]):
    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        return msg, kwargs


def process_log(
    node: str, pid: Pid | None = None, name: str | None = None
) -> logging.LoggerAdapter[logging.Logger]:
    """A logger whose records say which node and process speak."""
    fields = {"node": node, "pid": None if pid is None else str(pid), "registered_name": name}
    return _ProcessLog(logging.getLogger("runtime"), fields)


async def resolve(outcome: object) -> object:
    """What a callback returned, waited for if it is an `async def` one."""
    if outcome is not None and inspect.isawaitable(outcome):
        return await outcome
    return outcome


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _wake_up() -> None:
    """Does nothing, in the mailbox of a process that has to look up."""
