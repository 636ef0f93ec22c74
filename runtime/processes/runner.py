"""The life of one process: the one task that runs its callbacks, from `init` to release.

Leaves connections to the network, and which process gets a message to the routers. Whatever a process
overrides, the order is kept: init, the entries of the mailbox one by one, terminate, release; then
everyone who waits for the process is told that it has ended.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from runtime.clock import NANOSECONDS, Timer
from runtime.dropped import DropLog, DropReason
from runtime.errors import MailboxFull, ProcessEnded
from runtime.events import Down, Exit
from runtime.logs import process_log
from runtime.pid import Pid, ProcessId
from runtime.processes.callbacks import ProcessCallbacks, resolve
from runtime.processes.endpoints import Endpoints
from runtime.processes.host import Host
from runtime.processes.links import LinksAndMonitors
from runtime.processes.mailbox import Mailbox, Post, QueuedMessage, Reply
from runtime.processes.requests import answer_request, vital_signs
from runtime.processes.signals import LinkSignal, Stop, Unlink
from runtime.processes.timers import ProcessTimers
from runtime.processes.watches import Watches
from runtime.reasons import KILL, KILLED, NORMAL, ORDERLY, ExitReason, as_failure, describe

TURN = 16
"""How many messages a process handles before everything else on the event loop gets a turn."""


class ProcessRunner:
    """A process that starts, runs or ends."""

    def __init__(
        self,
        host: Host,
        pid: Pid,
        process: ProcessCallbacks,
        *,
        name: str | None,
        parent: Pid | None,
        mailbox: Mailbox,
        watches: Watches,
        endpoints: Endpoints,
        drop_log: DropLog,
    ) -> None:
        self.host = host
        self.pid = pid
        self.name = name
        self.parent = parent
        self.mailbox = mailbox
        self.links = LinksAndMonitors(pid, watches, self._monitored_gone, self._linked_gone)
        self.log = process_log(host.name, pid, name)
        self.traps_exits = False
        self.on_exit: Callable[[Exit], None] | None = None
        """If set, it is called for a trapped exit, ahead of the mailbox."""
        self._process = process
        self._endpoints = endpoints
        self._drop_log = drop_log
        self._timers = ProcessTimers(host.clock)
        self._since = host.clock.now()
        self._task: asyncio.Task[None] | None = None
        self._reason: ExitReason | None = None
        self._is_killed = False
        self._raised_at_the_end: BaseException | None = None
        process._process_runner = self

    def start(
        self, arguments: tuple[object, ...], started: Callable[[], None]
    ) -> asyncio.Task[None]:
        """Starts the task of the process; `started` is called when `init` has succeeded."""
        run = self._run(arguments, started)
        self._task = asyncio.get_running_loop().create_task(run, name=str(self.pid))
        return self._task

    @property
    def reason(self) -> ExitReason:
        """Why it ends; before there is a reason, the one that it would have if it was killed."""
        return KILLED if self._reason is None else self._reason

    @property
    def failure(self) -> Exception:
        """What `spawn` raises if the process has ended before the end of `init`."""
        reason = self.reason
        return reason if isinstance(reason, Exception) else RuntimeError(f"{self.pid} was {reason}")

    def deliver(self, sender: Pid | None, message: object) -> None:
        """Puts a message into the mailbox."""
        self._put(QueuedMessage(sender, message))

    def ask(self, sender: Pid | None, request: object, reply: Reply) -> None:
        """Puts a request into the mailbox; `reply` is called exactly once, whatever happens."""
        if not self._put(QueuedMessage(sender, request, reply)):
            reply(MailboxFull(f"{len(self.mailbox)} messages wait"))

    def signal(self, sender: Pid, signal: LinkSignal | Unlink | Stop) -> None:
        """Handles what another process wants: a link, the end of a link, or the end of this one."""
        match signal:
            case LinkSignal():
                self.links.accept_link(sender)
            case Unlink():
                self.links.accept_unlink(sender)
            case Stop(reason=reason):
                if reason == KILL:
                    self.kill()
                else:
                    self._exit(Exit(sender, reason))

    def send_after(self, to: Pid | ProcessId, message: object, seconds: float) -> Timer:
        """Sends later, if the process is still alive; a message that cannot be sent ends it."""
        return self._timers.start(seconds, partial(self._send, to, message))

    def stop(self, reason: ExitReason) -> None:
        """Ends the process after the callback that is running; the first reason counts."""
        if self._reason is None:
            self._reason = reason
            # The task may wait for the mailbox: an entry wakes it up.
            self.mailbox.post(_do_nothing)

    def kill(self) -> None:
        """Ends the process at once, wherever it is; only `_release` still runs."""
        # Only once: a second cancellation would interrupt `_release`.
        if self._task is not None and not self._is_killed and not self._task.done():
            self._is_killed = True
            self._reason = KILLED
            self._task.cancel()

    def stop_timers(self) -> None:
        """Cancels what the process would still send: it is going to be killed, or has ended."""
        self._timers.close()

    def conclude(self) -> None:
        """Refuses all requests that wait; the task has ended."""
        for message in self.mailbox.drain():
            if message.reply is not None:
                message.reply(self._ended_before())
        self.links.close()
        self.stop_timers()

    async def _run(self, arguments: tuple[object, ...], started: Callable[[], None]) -> None:
        try:
            if await self._start(arguments):
                started()
                await self._handle_entries()
                await self._finish()
        finally:
            await self._release()
        if self._raised_at_the_end is not None:
            raise self._raised_at_the_end

    async def _start(self, arguments: tuple[object, ...]) -> bool:
        try:
            await self._process._initialize(*arguments)
        except asyncio.CancelledError:
            if _is_being_cancelled():
                raise
            self._reason = RuntimeError(f"{self.pid} was cancelled during init")
            return False
        except BaseException as error:
            self._reason = self._failure_of(error)
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
            elif isinstance(entry, QueuedMessage) and entry.reply is not None:
                entry.reply(self._ended_before())
            handled += 1
            if handled % TURN == 0:
                await asyncio.sleep(0)

    def _handle(self, entry: QueuedMessage | Post) -> Awaitable[None] | None:
        if not isinstance(entry, QueuedMessage):
            return entry()
        sender, message, reply = entry
        if reply is not None:
            return answer_request(
                self._process,
                entry,
                reply,
                log=self.log,
                vital_signs=self._vital_signs,
                ended_before=self._ended_before,
            )
        endpoint = self._endpoints.find(self.pid.number, type(message))
        if endpoint is not None:
            # The message came before the endpoint was registered. If this raises, the process ends:
            # an endpoint under the name of a process belongs to that process.
            if sender is None:
                self._drop_log.record(
                    DropReason.UNSIGNED, str(self.pid), type(message).__qualname__
                )
            else:
                endpoint.receive(sender, message)
            return None
        return self._process.handle_message(sender, message)

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
            self.stop_timers()

    async def _guard(self, callback: Callable[[], object]) -> None:
        if self._is_killed:
            # The callback before this one ignored its cancellation; no other callback may follow.
            return
        try:
            await resolve(callback())
        except asyncio.CancelledError as error:
            if _is_being_cancelled():
                raise
            # The callback awaited something that was cancelled: it has failed, and this task goes on.
            self._fail(RuntimeError(f"a callback was cancelled: {error!r}"))
        except BaseException as error:
            self._fail(self._failure_of(error))

    def _failure_of(self, error: BaseException) -> Exception:
        if not isinstance(error, Exception):
            # It may be the end of the program, which comes when this process has ended in order.
            self._raised_at_the_end = error
        return as_failure(error)

    def _monitored_gone(self, down: Down) -> None:
        # A post, and not a message: it is never refused because the mailbox is full.
        self.mailbox.post(partial(self._hand_over_down, down))

    def _hand_over_down(self, down: Down) -> Awaitable[None] | None:
        is_wanted = self.links.take(down.reference)
        return self._process.handle_message(None, down) if is_wanted else None

    def _linked_gone(self, other: Pid, reason: str) -> None:
        self._exit(Exit(other, reason, has_ended=True))

    def _exit(self, event: Exit) -> None:
        if not self.traps_exits or event.sender == self.parent:
            if not (event.has_ended and event.reason in ORDERLY):
                self.stop(event.reason)
        elif self.on_exit is None:
            self.mailbox.post(partial(self._process.handle_message, event.sender, event))
        else:
            # In the next turn: called at once, it could call back into the process that sent it.
            asyncio.get_running_loop().call_soon(self._call_on_exit, self.on_exit, event)

    def _call_on_exit(self, on_exit: Callable[[Exit], None], event: Exit) -> None:
        try:
            on_exit(event)
        except Exception as error:
            self._fail(error)

    def _send(self, to: Pid | ProcessId, message: object) -> None:
        try:
            self.host.send(to, message, self.pid)
        except (TypeError, ValueError) as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        who = self.name or self.pid
        self.log.error("a callback of %s failed, which ends it", who, exc_info=error)
        self.stop(error)

    def _put(self, message: QueuedMessage) -> bool:
        is_taken = self.mailbox.put(message)
        if not is_taken:
            detail = f"{len(self.mailbox)} wait"
            self._drop_log.record(DropReason.MAILBOX_FULL, str(self.pid), detail)
        return is_taken

    def _ended_before(self) -> ProcessEnded:
        return ProcessEnded(f"it ended before it answered: {describe(self.reason)}")

    def _vital_signs(self) -> dict[str, str]:
        state = "stopping" if self._is_stopping() else "running"
        uptime = (self.host.clock.now() - self._since) / NANOSECONDS
        return vital_signs(self.pid, self.name, state, uptime, self.mailbox)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _do_nothing() -> None:
    """An entry of the mailbox that only wakes the task up."""
