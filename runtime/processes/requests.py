"""How a process answers a request: by `handle_call`, or by what it shows to an operator.

Leaves the order of callbacks to the runner.
"""

import asyncio
import logging
from collections.abc import Callable

from runtime.errors import CallFailed, NotHandled, ProcessEnded
from runtime.logs import Quote
from runtime.pid import Pid
from runtime.processes.callbacks import ProcessCallbacks, resolve
from runtime.processes.mailbox import Mailbox, QueuedMessage, Reply
from runtime.processes.signals import Inspect
from runtime.reasons import as_failure, describe


async def answer_request(
    process: ProcessCallbacks,
    entry: QueuedMessage,
    reply: Reply,
    *,
    log: logging.LoggerAdapter[logging.Logger],
    vital_signs: Callable[[], dict[str, str]],
    ended_before: Callable[[], ProcessEnded],
) -> None:
    """Calls the process and then `reply`; raises what `handle_call` raises, but not `NotHandled`."""
    answer: object
    try:
        if isinstance(entry.message, Inspect):
            answer = await _inspect(process, entry.message.items) | vital_signs()
        else:
            answer = await resolve(process.handle_call(entry.sender, entry.message))
    except NotHandled as error:
        log.warning("unhandled request from %s: %s", entry.sender, Quote(entry.message))
        answer = error
    except asyncio.CancelledError:
        reply(ended_before())
        raise
    except BaseException as error:
        failed = CallFailed(f"handle_call raised {describe(as_failure(error))}")
        failed.__cause__ = error
        reply(failed)
        raise
    reply(answer)


def vital_signs(
    pid: Pid, name: str | None, state: str, uptime_seconds: float, mailbox: Mailbox
) -> dict[str, str]:
    """Returns what the runtime knows of a process without asking it."""
    return {
        "runtime.pid": str(pid),
        "runtime.name": name or "",
        "runtime.state": state,
        "runtime.uptime_seconds": f"{uptime_seconds:.3f}",
        "runtime.mailbox_length": str(len(mailbox)),
        "runtime.mailbox_handled": str(mailbox.handled),
        "runtime.mailbox_dropped": str(mailbox.dropped),
    }


async def _inspect(process: ProcessCallbacks, items: tuple[str, ...]) -> dict[str, str]:
    shown = await resolve(process.handle_inspect(*items))
    return {str(key): str(value) for key, value in shown.items()}
