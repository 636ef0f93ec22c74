"""All that a node has for its processes, put together: the one object that a node needs.

Leaves other nodes to the network, and each task to the part that it is made of.
"""

import logging
from collections.abc import Iterable
from typing import Any

from runtime.events import NodeEvent
from runtime.network import NodeContext, Peers
from runtime.pid import Pid, ProcessId, check_name
from runtime.processes.callbacks import Factory
from runtime.processes.calls import Calls
from runtime.processes.endpoints import Endpoint, Endpoints, Registration
from runtime.processes.host import Host
from runtime.processes.message_router import MessageRouter
from runtime.processes.signal_router import SignalRouter
from runtime.processes.signals import SIGNALS, Inspect
from runtime.processes.table import ProcessTable
from runtime.statistics import MailboxStatistics


class LocalProcesses:
    """The processes and endpoints of one node."""

    def __init__(
        self,
        host: Host,
        context: NodeContext,
        peers: Peers,
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        """Receives what comes from the peers from now on."""
        context.registry.register_all(SIGNALS)
        self._own = context.own
        self._signals = SignalRouter(context, peers)
        self._endpoints = Endpoints()
        self._table = ProcessTable(host, context, self._signals, self._endpoints, log)
        self._calls = Calls(context, self._signals, self._table.find, log)
        self.messages = MessageRouter(context, self._signals, self._endpoints, self._table)
        self.is_stopping = False
        """Whether no process may be started any more."""
        peers.on_message = self.messages.arrived
        peers.on_giving_up = self._node_lost
        peers.watch(self._node_changed)

    @property
    def waiting_calls(self) -> int:
        """How many calls of this node wait for an answer."""
        return len(self._calls)

    @property
    def watches(self) -> int:
        """How many ends of monitors and links there are here."""
        return len(self._table.watches)

    def mailboxes(self) -> dict[str, MailboxStatistics]:
        """Returns the statistics of all mailboxes, by name or pid."""
        return self._table.statistics()

    def whereis(self, name: str) -> Pid | None:
        """Returns the process that has the name, None if none has."""
        runner = self._table.find(name)
        return None if runner is None else runner.pid

    async def spawn(
        self,
        name: str | None,
        factory: Factory,
        arguments: tuple[object, ...],
        mailbox_messages: int | None,
        parent: Pid | None,
    ) -> Pid:
        """Starts a process and waits for its `init`; see `Node.spawn_register`."""
        if self._signals.is_closed or self.is_stopping:
            raise RuntimeError(f"{self._own.name} is stopping or has stopped, it starts no process")
        self._check_own("parent", parent)
        return await self._table.spawn(name, factory, arguments, mailbox_messages, parent)

    def register_endpoint(
        self, name: str, endpoint: Endpoint, types: Iterable[type]
    ) -> Registration:
        """See `Node.register_endpoint`."""
        check_name("name", name)
        pid = self.whereis(name) or self._table.next_pid()
        return self._endpoints.add(name, pid, types, endpoint)

    def send(self, to: Pid | ProcessId, message: object, sender: Pid | None) -> None:
        """See `Node.send`."""
        self._check_own("sender", sender)
        self.messages.send(to, message, sender)

    async def call(
        self, to: Pid | ProcessId, request: object, timeout: float, sender: Pid | None
    ) -> Any:
        """See `Node.call`."""
        self._check_own("sender", sender)
        return await self._calls.call(to, request, timeout, sender)

    async def inspect(
        self, to: Pid | ProcessId, items: tuple[str, ...], timeout: float
    ) -> dict[str, str]:
        """See `Node.inspect`."""
        found: dict[str, str] = await self.call(to, Inspect(items=items), timeout, None)
        return found

    async def terminate(self, seconds: float) -> None:
        """Terminates all processes; cancels those that take longer than that many seconds."""
        await self._table.stop(seconds)

    def end_calls(self) -> None:
        """Ends all calls that still wait, because this node has stopped."""
        self._calls.close()

    def close(self) -> None:
        """Sends nothing any more, and hands nothing to endpoints."""
        self._signals.is_closed = True
        self._endpoints.close()

    def kill(self) -> None:
        """Ends all processes as the end of this program would."""
        self._table.kill()

    def _node_changed(self, event: NodeEvent) -> None:
        self._table.watches.node_changed(event)
        self._calls.node_changed(event)

    def _node_lost(self, name: str, detail: str) -> None:
        self._table.watches.node_lost(name, f"node unreachable: {detail}")
        self._calls.node_lost(name, detail)

    def _check_own(self, field: str, pid: Pid | None) -> None:
        if pid is not None and (pid.node, pid.creation) != (self._own.name, self._own.creation):
            raise ValueError(f"{field} must be a process of {self._own.name}, not {pid!r}")
