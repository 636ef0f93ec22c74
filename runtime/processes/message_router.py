"""Where a message goes: to the handler of a signal, to an endpoint, or into a process's mailbox.

Leaves connections to the network, and signals to the signal router. A message that has arrived is
delivered here in one call, and its type is looked at once. A message that is sent within the node
reaches an endpoint only in the next turn of the event loop: called at once, the endpoint could call
back into a sender that is in the middle of a change.
"""

import asyncio

from runtime.dropped import Drop
from runtime.network.connection import Surroundings
from runtime.network.handshake import Identity
from runtime.network.wire import Parcel
from runtime.pid import Pid, ProcessId
from runtime.processes.endpoints import Addressee, Endpoints
from runtime.processes.signal_router import Switchboard, address_of, sender_of
from runtime.processes.table import Processes


class MessageRouter:
    """Delivers the messages of one node."""

    def __init__(
        self,
        surroundings: Surroundings,
        signals: Switchboard,
        endpoints: Endpoints,
        processes: Processes,
    ) -> None:
        self._own = surroundings.own
        self._drops = surroundings.drops
        self._signals = signals
        self._endpoints = endpoints
        self._processes = processes
        self.sent = 0
        """How many messages were handed to connections with other nodes."""
        self.received = 0
        """How many messages came from other nodes."""

    def arrived(self, peer: Identity, parcel: Parcel) -> None:
        """Delivers a message that has come from a node that has proved who it is."""
        to, message = parcel.to, parcel.message
        kind = type(message)
        handler = self._signals.handler(kind)
        if handler is not None:
            return handler(peer, parcel, message)
        self.received += peer != self._own
        endpoint = self._endpoints.find(to, kind)
        if endpoint is None:
            return self._put(to, sender_of(peer, parcel), message, peer.name)
        sender = sender_of(peer, parcel)
        if sender is None:
            return self._drops.record(Drop.ANONYMOUS, str(to), kind.__qualname__)
        try:
            endpoint.receive(sender, message)
        except Exception as error:
            # A failed endpoint must not end the connection that brought the message.
            endpoint.fail(error)

    def send(self, to: Pid | ProcessId, message: object, sender: Pid | None) -> None:
        """Sends to a process or endpoint anywhere; raises TypeError or ValueError as `Node.send`."""
        if self._signals.is_closed:
            self._drops.record(Drop.STOPPED, str(to), "message dropped")
        elif to.node == self._own.name:
            self._send_within(to, message, sender)
        else:
            number = None if sender is None else sender.number
            self.sent += self._signals.transmit(address_of(to), message, number)

    def _send_within(self, to: Pid | ProcessId, message: object, sender: Pid | None) -> None:
        addressee, creation = address_of(to).addressee, address_of(to).creation
        if creation not in (None, self._own.creation):
            self._drops.record(Drop.UNKNOWN_PROCESS, str(to), "message dropped")
        elif self._endpoints.find(addressee, type(message)) is not None:
            parcel = Parcel(addressee, None if sender is None else sender.number, message)
            asyncio.get_running_loop().call_soon(self.arrived, self._own, parcel)
        else:
            self._put(addressee, sender, message, str(to))

    def _put(self, to: Addressee, sender: Pid | None, message: object, key: str) -> None:
        process = self._processes.find(to)
        if process is None:
            self._drops.record(Drop.UNKNOWN_PROCESS, key, f"a message to {to!a} was dropped")
        elif sender is not None and sender.node == self._own.name:
            process.deliver_locally(sender, message)
        else:
            process.deliver(sender, message)
