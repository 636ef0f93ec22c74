"""How a node ends: asked to stop, superseded by a later process of its name, or killed.

Leaves to `incarnation` when a node is superseded. A node that stops lets its processes end first, so
that they can send their last messages. A superseded one is not that node any more: from that instant it
sends nothing and its endpoints have failed. It says goodbye to the other nodes, so that its end does not
look like the death of a process, and then waits for its own work to end.
"""

import asyncio
import logging

from runtime.incarnation import Incarnation, Superseded
from runtime.network import NodeContext, Peers
from runtime.processes import LocalProcesses
from runtime.state_folder import StateFolder


class NodeEnd:
    """The end of one node, and who waits for it."""

    def __init__(
        self,
        context: NodeContext,
        folder: StateFolder | None,
        peers: Peers,
        processes: LocalProcesses,
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        self._seconds = context.limits.shutdown_seconds
        self._peers = peers
        self._processes = processes
        self._log = log
        self._incarnation = Incarnation(
            context, folder, lambda: peers.has_been_up, self._supersede, log
        )
        peers.on_refused = self._incarnation.refused
        self._error: Superseded | None = None
        self._ending: asyncio.Task[None] | None = None
        self._has_ended = asyncio.Event()
        self._body: asyncio.Task[object] | None = None
        """The task inside of the `async with` of this node."""

    async def stop(self) -> None:
        """Ends the node in order, or waits for the end that is under way."""
        if self._ending is None:
            self._processes.is_stopping = True
            self._ending = asyncio.get_running_loop().create_task(self._stop())
        await asyncio.shield(self._ending)

    async def ended(self) -> None:
        """Waits for the end of the node; raises Superseded if that was its cause."""
        await self._has_ended.wait()
        if self._error is not None:
            raise self._error

    def kill(self) -> None:
        """Ends the node as the end of its program would."""
        self._processes.close()
        self._peers.kill()
        self._processes.table.kill()
        self._incarnation.close()
        self._has_ended.set()

    def enter(self) -> None:
        """The body of an `async with` begins, in the current task."""
        self._body = asyncio.current_task()

    async def leave(self, error: BaseException | None) -> None:
        """The body has ended, with this error if any: stops the node; raises Superseded."""
        body, self._body = self._body, None
        await self.stop()
        if self._error is None or body is None:
            return
        is_cancelled_by_others = body.uncancel() > 0
        if error is None or (
            isinstance(error, asyncio.CancelledError) and not is_cancelled_by_others
        ):
            raise self._error

    def _supersede(self, error: Superseded) -> bool:
        if self._ending is not None or self._has_ended.is_set():
            return False
        self._error = error
        self._log.error("%s", error)
        self._processes.is_stopping = True
        self._processes.fail(error)
        self._ending = asyncio.get_running_loop().create_task(self._end_superseded())
        if self._body is not None:
            self._body.cancel()
        return True

    async def _stop(self) -> None:
        await self._processes.table.stop(self._seconds)
        self._processes.close()
        await self._peers.stop("this node stops")
        await self._conclude()

    async def _end_superseded(self) -> None:
        await asyncio.gather(
            self._peers.stop("a later process of its name has come"),
            self._processes.table.stop(self._seconds),
        )
        await self._conclude()

    async def _conclude(self) -> None:
        self._processes.calls.close()
        await self._incarnation.finish()
        self._has_ended.set()
