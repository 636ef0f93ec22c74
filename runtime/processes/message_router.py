"""Where a message goes: to the handler of a signal, to an endpoint, or into the mailbox of a process.

Leaves connections to the network, and sending to other nodes to the signal router. A message that has
arrived is delivered here within one call, and its type is looked at once.

A message that is sent within the node reaches an endpoint only in the next turn of the event loop. If
it was handed over at once, the endpoint could call back into a sender that is in the middle of a
change.
"""

import asyncio

from runtime.dropped import DropReason
from runtime.network import Envelope, NodeContext, NodeIdentity
from runtime.pid import Pid, ProcessId
from runtime.processes.endpoints import Addressee, Endpoints
from runtime.processes.misnamed import MisnamedLog
from runtime.processes.signal_router import SignalRouter, address_of, sender_of
from runtime.processes.table import ProcessTable


class MessageRouter:
    """Delivers the messages of one node."""

    def __init__(
        self,
        context: NodeContext,
        signals: SignalRouter,
        endpoints: Endpoints,
        processes: ProcessTable,
    ) -> None:
        self._context = context
        self._own = context.own
        self._drop_log = context.drop_log
        self._signals = signals
        self._endpoints = endpoints
        self._processes = processes
        self._misnamed = MisnamedLog(context.clock, endpoints, context.drop_log)
        self.sent = 0
        """How many messages were handed to connections with other nodes."""
        self.received = 0
        """How many messages came from other nodes, without signals."""

    def arrived(self, peer: NodeIdentity, envelope: Envelope) -> None:
        """Delivers a message that has come from a node that has proved who it is."""
        to, message, kind = envelope.to, envelope.message, type(envelope.message)
        handler = self._signals.handler(kind)
        if handler is not None:
            handler(peer, envelope, message)
            return
        if peer != self._own:
            self.received += 1
        endpoint, sender = self._endpoints.find(to, kind), sender_of(peer, envelope)
        if endpoint is None:
            self._put(to, sender, message, peer.name)
        elif sender is None:
            self._drop_log.record(DropReason.UNSIGNED, str(to), kind.__qualname__)
        else:
            try:
                endpoint.receive(sender, message)
            except Exception as error:
                # The error of an endpoint must not end the connection that brought the message.
                endpoint.fail(error)

    def send(self, to: Pid | ProcessId, message: object, sender: Pid | None) -> None:
        """Sends to a process or endpoint anywhere; raises TypeError and ValueError as `Node.send`."""
        self._context.check_own("sender", sender)
        if self._signals.is_closed:
            self._drop_log.record(DropReason.STOPPED, str(to), "message dropped")
        elif to.node == self._own.name:
            self._send_within_node(to, message, sender)
        else:
            number = None if sender is None else sender.number
            self.sent += self._signals.transmit(address_of(to), message, number)

    def _send_within_node(self, to: Pid | ProcessId, message: object, sender: Pid | None) -> None:
        _, creation, addressee = address_of(to)
        if creation not in (None, self._own.creation):
            self._drop_log.record(DropReason.UNKNOWN_PROCESS, str(to), "message dropped")
        elif self._endpoints.find(addressee, type(message)) is not None:
            envelope = Envelope(addressee, None if sender is None else sender.number, message)
            asyncio.get_running_loop().call_soon(self.arrived, self._own, envelope)
        else:
            self._put(addressee, sender, message, str(to))

    def _put(self, to: Addressee, sender: Pid | None, message: object, key: str) -> None:
        process = self._processes.find(to)
        if process is None:
            detail = f"a message to {to!a} was dropped"
            self._drop_log.record(DropReason.UNKNOWN_PROCESS, key, detail)
            if sender is not None and sender.node == key:
                self._misnamed.missed(key, to, type(message))
        else:
            process.deliver(sender, message)
