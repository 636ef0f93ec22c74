"""All that a node has for its processes, put together: the one object that a node needs.

Leaves other nodes to the network, and each task to the part that it is made of.
"""

import logging
from collections.abc import Iterable

from runtime.events import NodeEvent
from runtime.network import NodeContext, Peers
from runtime.pid import Pid, check_name
from runtime.processes.callbacks import Factory
from runtime.processes.calls import Calls
from runtime.processes.endpoints import Endpoint, Endpoints, Registration
from runtime.processes.host import Host
from runtime.processes.message_router import MessageRouter
from runtime.processes.signal_router import SignalRouter
from runtime.processes.signals import SIGNALS
from runtime.processes.table import ProcessTable


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
        self._context = context
        self._peers = peers
        self._signals = SignalRouter(context, peers)
        self._endpoints = Endpoints()
        self.table = ProcessTable(host, context, self._signals, self._endpoints, log)
        self.calls = Calls(context, self._signals, self.table.find, log)
        self.messages = MessageRouter(context, self._signals, self._endpoints, self.table)
        self.is_stopping = False
        """Whether no process may be started any more."""
        peers.on_message = self.messages.arrived
        peers.on_loss = self._node_changed
        peers.on_giving_up = self._node_lost
        peers.watch(self._node_changed)

    def whereis(self, name: str) -> Pid | None:
        """Returns the process that has the name, None if none has."""
        runner = self.table.find(name)
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
            raise RuntimeError(
                f"{self._context.own.name} is stopping or has stopped, it starts no process"
            )
        self._context.check_own("parent", parent)
        return await self.table.spawn(name, factory, arguments, mailbox_messages, parent)

    def register_endpoint(
        self, name: str, endpoint: Endpoint, types: Iterable[type]
    ) -> Registration:
        """See `Node.register_endpoint`."""
        check_name("name", name)
        pid, kinds = self.whereis(name) or self.table.next_pid(), tuple(types)
        registration = self._endpoints.add(name, pid, kinds, endpoint)
        self._peers.use_lanes(map(self._context.registry.lane, kinds))
        return registration

    def fail(self, error: Exception) -> None:
        """Sends nothing any more, and ends every endpoint because of this error."""
        self._signals.is_closed = True
        self._endpoints.fail(error)
        self._endpoints.close()

    def close(self) -> None:
        """Sends nothing any more, and hands nothing to endpoints."""
        self._signals.is_closed = True
        self._endpoints.close()

    def _node_changed(self, event: NodeEvent) -> None:
        self.table.watches.node_changed(event)
        self.calls.node_changed(event)

    def _node_lost(self, name: str, detail: str) -> None:
        self.table.watches.node_lost(name, f"node unreachable: {detail}")
        self.calls.node_lost(name, detail)
