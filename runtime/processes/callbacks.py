"""What an author of a process writes: its callbacks, each `def` or `async def`.

Leaves to `Process` what a process can do, and to the runner when callbacks are called: one at a time,
in the order in which their causes arrived.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from runtime.errors import NotHandled
from runtime.logs import Quote
from runtime.pid import Pid
from runtime.reasons import ExitReason


class ProcessCallbacks:
    """The callbacks of every process, with what happens unless they are overridden."""

    _process_runner: Any
    """Set by the runner before the first callback."""

    def init(self, *arguments: Any, **keywords: Any) -> Any:
        """The first callback, with the arguments of `spawn`; what it raises, `spawn` raises."""

    def handle_message(self, sender: Pid | None, message: Any) -> Awaitable[None] | None:
        """A message has come; the sender is None if it was sent without one."""
        self._process_runner.log.warning("unhandled message from %s: %s", sender, Quote(message))
        return None

    def handle_call(self, sender: Pid | None, request: Any) -> Any:
        """A request has come; what this returns is the answer. An error ends the process.

        Only `NotHandled` does not: it tells the caller that this process does not answer this.
        """
        raise NotHandled(f"{type(self).__qualname__} answers no requests")

    def terminate(self, reason: ExitReason) -> Awaitable[None] | None:
        """The last callback; it is not called if the process had to be killed."""

    def handle_inspect(self, *items: str) -> Any:
        """Returns what an operator may see of this process: names and values."""
        return {}

    async def _initialize(self, *arguments: Any) -> None:
        """Runs `init`; a subclass overrides this to use what `init` returns."""
        await resolve(self.init(*arguments))

    async def _prepare_to_terminate(self, reason: ExitReason) -> None:
        """Runs before `terminate`, which runs even if this raises; messages can still be sent."""

    async def _release(self) -> None:
        """Runs last, also if the process was killed or `init` failed: ends timers, closes files."""


Factory = Callable[[], ProcessCallbacks]
"""Makes a process; a subclass of `Process` is one."""


async def resolve(outcome: object) -> Any:
    """Returns what a callback returned, awaited if the callback is an `async def`."""
    if outcome is not None and inspect.isawaitable(outcome):
        return await outcome
    return outcome
