"""The life of one process: the one task that runs its callbacks, from init to release.

Knows nothing of connections. The idea: nothing an author overrides can break the order of things:
init, the entries of the mailbox one by one, terminate, release, and a last word to all who wait.
"""

import asyncio
import inspect
import weakref
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from runtime.clock import NANOSECONDS, Alarm, Timer, after
from runtime.dropped import Drop, Drops
from runtime.errors import CallError, CallFailed, MailboxFull, NotHandled, ProcessEnded
from runtime.events import Down, Exit
from runtime.host import Callbacks, Host
from runtime.logs import Quote, process_log
from runtime.pid import Pid, ProcessId
from runtime.processes.endpoints import Endpoints
from runtime.processes.links import Ties
from runtime.processes.mailbox import Letter, Mailbox, Post, Reply
from runtime.processes.monitors import Monitors
from runtime.reasons import KILL, KILLED, NORMAL, ORDERLY, ExitReason, describe
from runtime.signals import Inspect

PriorityHandler = Callable[[Pid, Any], None]
"""Called with the sender and the message, at once, on arrival."""

TURN = 16
"""How many messages a process handles before everybody else on the event loop has a turn."""


class Execution:
    """A process that starts, runs or ends."""

    def __init__(
        self,
        host: Host,
        pid: Pid,
        process: Callbacks,
        *,
        name: str | None,
        parent: Pid | None,
        mailbox: Mailbox,
        monitors: Monitors,
        endpoints: Endpoints,
        drops: Drops,
    ) -> None:
        self.host = host
        self.pid = pid
        self.name = name
        self.parent = parent
        self.mailbox = mailbox
        self.ties = Ties(self, monitors)
        self.log = process_log(host.name, pid, name)
        self.traps_exits = False
        self._process = process
        self._endpoints = endpoints
        self._drops = drops
        self._since = host.clock.now()
        self._priority: dict[type, PriorityHandler] = {}
        self._task: asyncio.Task[None] | None = None
        self._reason: ExitReason | None = None
        self._is_over = False
        self._is_killed = False
        # Weak: one that has rung or been cancelled must not be kept.
        self._alarms: weakref.WeakSet[Alarm] = weakref.WeakSet()
        process._execution = self

    def start(
        self, arguments: tuple[object, ...], started: Callable[[], None]
    ) -> asyncio.Task[None]:
        """Starts the task of the process, which tells when init has been successful."""
        run = self._run(arguments, started)
        self._task = asyncio.get_running_loop().create_task(run, name=str(self.pid))
        return self._task

    @property
    def reason(self) -> ExitReason:
        """Why it ends, or would if it were killed."""
        return KILLED if self._reason is None else self._reason

    @property
    def failure(self) -> Exception:
        """What is raised to whoever waits for init to end."""
        reason = self.reason
        return reason if isinstance(reason, Exception) else RuntimeError(f"{self.pid} was {reason}")

    @property
    def state(self) -> str:
        """What it is doing, in a word."""
        return "stopping" if self._is_stopping() else "running"

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

    def ask(self, sender: Pid | None, request: object, reply: Reply) -> None:
        """Puts a request into the mailbox; the reply is called once, whatever becomes of it."""
        if not self._put(Letter(sender, request, reply)):
            reply(MailboxFull(f"{len(self.mailbox)} messages wait"))

    def send_after(self, to: Pid | ProcessId, message: object, seconds: float) -> Timer:
        """Sends on behalf of the process, if it still lives then; what cannot travel ends it."""
        alarm = after(self.host.clock, seconds, partial(self._send, to, message))
        self._alarms.add(alarm)
        if self._is_over:
            alarm.cancel()
        return alarm

    def prioritize(self, types: Iterable[type], handler: PriorityHandler) -> None:
        """See `Process.prioritize`."""
        self._priority.update(dict.fromkeys(types, handler))

    def post(self, callback: Post) -> None:
        """Runs the callback in its turn; never dropped while the process is alive."""
        self.mailbox.post(callback)

    def stop(self, reason: ExitReason) -> None:
        """Ends the process after the callback that is running; the first reason counts."""
        if self._reason is None:
            self._reason = reason
            self.mailbox.post(_wake_up)

    def kill(self) -> None:
        """Ends the process at once, wherever it is; only what it holds is released."""
        # Once: a second cancellation would cut short the release of what it holds.
        if self._task is not None and not self._is_killed and not self._task.done():
            self._is_killed = True
            self._reason = KILLED
            self._task.cancel()

    def exit(self, sender: Pid, reason: str, *, by_link: bool = False) -> None:
        """Does what the process wants done when another one asks for its end, or takes it along."""
        if reason == KILL and not by_link:
            self.kill()
        elif self.traps_exits and sender != self.parent:
            self._notify(sender, Exit(sender, reason, has_ended=by_link))
        elif not (by_link and reason in ORDERLY):
            self.stop(reason)

    def silence(self) -> None:
        """Lets nothing more happen to the process or be sent by it: it is to be killed."""
        self._is_over = True

    def conclude(self) -> None:
        """Refuses all requests that wait; the task has ended."""
        self._is_over = True
        for letter in self.mailbox.drain():
            if letter.reply is not None:
                letter.reply(self._ended_before())
        self.ties.cut()
        # They would hold the process, and all that it holds, for as long as they have to run.
        for alarm in list(self._alarms):
            alarm.cancel()

    def handle_down(self, down: Down) -> Awaitable[None] | None:
        """Passes on that what was monitored has ended."""
        return self._process.handle_message(None, down)

    def vital_signs(self) -> dict[str, str]:
        """What the runtime knows of the process without asking it."""
        mailbox, uptime = self.mailbox, (self.host.clock.now() - self._since) / NANOSECONDS
        return {
            "runtime.pid": str(self.pid),
            "runtime.name": self.name or "",
            "runtime.state": self.state,
            "runtime.uptime_seconds": f"{uptime:.3f}",
            "runtime.mailbox_length": str(len(mailbox)),
            "runtime.mailbox_handled": str(mailbox.handled),
            "runtime.mailbox_dropped": str(mailbox.dropped),
        }

    async def _run(self, arguments: tuple[object, ...], started: Callable[[], None]) -> None:
        try:
            if await self._start(arguments):
                started()
                await self._handle_entries()
                await self._finish()
        finally:
            await self._release()

    async def _start(self, arguments: tuple[object, ...]) -> bool:
        try:
            await self._process._initialize(*arguments)
        except Exception as error:
            self._reason = error
            return False
        except asyncio.CancelledError:
            if _is_being_cancelled():
                raise
            self._reason = RuntimeError(f"{self.pid} was cancelled during init")
            return False
        return not self._is_killed

    def _is_stopping(self) -> bool:
        return self._reason is not None

    async def _handle_entries(self) -> None:
        handled = 0
        while not self._is_stopping():
            entry = await self.mailbox.get()
            if not self._is_stopping():
                await self._guard(partial(self._handle, entry))
            elif isinstance(entry, Letter) and entry.reply is not None:
                entry.reply(self._ended_before())
            handled += 1
            if handled % TURN == 0:
                await asyncio.sleep(0)

    def _handle(self, entry: Letter | Post) -> Awaitable[None] | None:
        if not isinstance(entry, Letter):
            return entry()
        if entry.reply is not None:
            return self._answer(entry.sender, entry.message, entry.reply)
        if type(entry.message) in self._priority:
            # It came before init had said that these are no messages for handle_message.
            self.deliver(entry.sender, entry.message)
            return None
        endpoint = self._endpoints.find(self.pid.number, type(entry.message))
        if endpoint is not None and entry.sender is not None:
            # The message came before the endpoint was registered. If this raises, the process ends:
            # an endpoint under the name of a process belongs to that process.
            endpoint.receive(entry.sender, entry.message)
            return None
        return self._process.handle_message(entry.sender, entry.message)

    async def _answer(self, sender: Pid | None, request: object, reply: Reply) -> None:
        answer: object
        try:
            if isinstance(request, Inspect):
                answer = await self._inspect(request.items)
            else:
                answer = await resolve(self._process.handle_call(sender, request))
        except NotHandled as error:
            self.log.warning("unhandled request from %s: %s", sender, Quote(request))
            answer = error
        except Exception as error:
            reply(_caused(CallFailed(f"handle_call raised {describe(error)}"), error))
            raise
        except asyncio.CancelledError:
            reply(self._ended_before())
            raise
        reply(answer)

    async def _inspect(self, items: tuple[str, ...]) -> dict[str, str]:
        shown = await resolve(self._process.handle_inspect(*items))
        return {str(key): str(value) for key, value in shown.items()} | self.vital_signs()

    async def _finish(self) -> None:
        reason = NORMAL if self._reason is None else self._reason
        await self._guard(partial(self._process._prepare_to_terminate, reason))
        await self._guard(partial(self._process.terminate, reason))

    async def _release(self) -> None:
        try:
            await self._process._release()
        except Exception:
            self.log.exception("releasing what the process held failed")
        finally:
            self._is_over = True

    async def _guard(self, callback: Callable[[], object]) -> None:
        if self._is_killed:
            # The callback before has swallowed the cancellation; there must be no other one.
            return
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

    def _send(self, to: Pid | ProcessId, message: object) -> None:
        if self._is_over:
            return
        try:
            self.host.send(to, message, self.pid)
        except (TypeError, ValueError) as error:
            self._fail(error)

    def _notify(self, sender: Pid, message: object) -> None:
        """Passes on what the runtime itself has to say: it is never refused."""
        if type(message) in self._priority:
            self.deliver_locally(sender, message)
        else:
            self.mailbox.post(partial(self._process.handle_message, sender, message))

    def _fail(self, error: Exception) -> None:
        self.log.error(
            "a callback of %s failed, which ends it", self.name or self.pid, exc_info=error
        )
        self.stop(error)

    def _put(self, letter: Letter) -> bool:
        is_taken = self.mailbox.put(letter)
        if not is_taken:
            self._drops.record(Drop.MAILBOX_FULL, str(self.pid), f"{len(self.mailbox)} wait")
        return is_taken

    def _ended_before(self) -> ProcessEnded:
        return ProcessEnded(f"it ended before it answered: {describe(self.reason)}")


async def resolve(outcome: object) -> Any:
    """What a callback returned, waited for if it is an `async def` one."""
    if outcome is not None and inspect.isawaitable(outcome):
        return await outcome
    return outcome


def _caused(error: CallError, cause: Exception) -> CallError:
    error.__cause__ = cause
    return error


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _wake_up() -> None:
    """Does nothing, in the mailbox of a process that has to look up."""
