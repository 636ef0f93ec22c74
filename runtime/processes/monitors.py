"""Who wants to hear of whose end, on this node and on others.

Knows nothing of what the watchers make of it: monitors and links are both watches. The idea: the
watcher's node holds the watch and ends it exactly once, whatever comes first: word of the end, the
loss of the node, or a change of mind. The watched process's node holds no more than the address to
write to, and forgets it when either end is gone.
"""

import itertools
import logging
from collections.abc import Callable
from typing import NamedTuple

from runtime.events import NodeDown, NodeEvent, NodeUp
from runtime.network.handshake import Identity
from runtime.network.wire import NODE, Parcel
from runtime.pid import Pid
from runtime.processes.signal_router import Address, Switchboard, Target, address_of
from runtime.reasons import NO_PROCESS
from runtime.signals import Ended, Unwatch, Watch

Notice = Callable[[int, str], None]
"""Called, once, with the reference of the watch and the reason why what was watched is gone."""


class _Watch(NamedTuple):
    target: Address
    notice: Notice


class _Watcher(NamedTuple):
    node: Identity
    reference: int


class Monitors:
    """The watches of this node's processes, and the watchers of its processes."""

    def __init__(
        self,
        own: Identity,
        switchboard: Switchboard,
        find: Callable[[int | str], Pid | None],
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        """Finds the pid of a process of this node by number or name."""
        self._own = own
        self.switchboard = switchboard
        self._find = find
        self._log = log
        self._references = itertools.count(1)
        self._watches: dict[int, _Watch] = {}
        self._watchers: dict[int, dict[_Watcher, None]] = {}
        self._watched: dict[_Watcher, int] = {}
        switchboard.handle(Watch, self._asked)
        switchboard.handle(Unwatch, self._withdrawn)
        switchboard.handle(Ended, self._told)

    def __len__(self) -> int:
        """How many watches and watchers there are."""
        return len(self._watches) + len(self._watched)

    def watch(self, watcher: Pid, target: Target, notice: Notice) -> int:
        """Calls back when the target is gone, even at once; returns a reference to call it off."""
        reference, address = next(self._references), address_of(target)
        self._watches[reference] = _Watch(address, notice)
        if not self.switchboard.send(address, Watch(reference=reference), watcher.number):
            self._end(reference, self._why_unreachable(address))
        return reference

    def unwatch(self, reference: int) -> None:
        """Calls it off, on both sides; without effect once it has ended."""
        watch = self._watches.pop(reference, None)
        if watch is not None and watch.target.addressee != NODE:
            back = Address(watch.target.node, watch.target.creation, NODE)
            self.switchboard.send(back, Unwatch(reference=reference), certainly=True)

    def process_ended(self, number: int, reason: str) -> None:
        """Tells everybody who watches that process of this node."""
        for watcher in self._watchers.pop(number, {}):
            del self._watched[watcher]
            try:
                self._tell(watcher, reason)
            except Exception:
                # The others must hear of it all the same: nobody will tell them again.
                self._log.exception("node %a was not told of an end", watcher.node.name)

    def node_changed(self, event: NodeEvent) -> None:
        """Ends the watches that a node's end or rebirth has made void."""
        node = event.node
        match event:
            case NodeDown():
                gone = Identity(node, event.creation)
                for watcher in [each for each in self._watched if each.node == gone]:
                    self._forget(watcher)
                self.node_lost(node, f"node lost: {event.reason.value}")
            case NodeUp():
                for reference, watch in self._on(node).items():
                    if watch.target.creation not in (None, event.creation):
                        self._end(reference, NO_PROCESS)

    def node_lost(self, node: str, reason: str) -> None:
        """Ends all watches on that node: nobody will hear of what they wait for."""
        for reference in self._on(node):
            self._end(reference, reason)

    def _on(self, node: str) -> dict[int, _Watch]:
        return {key: watch for key, watch in self._watches.items() if watch.target.node == node}

    def _why_unreachable(self, address: Address) -> str:
        if address.node == self._own.name or self.switchboard.is_gone(address):
            return NO_PROCESS
        return f"node unreachable: {address.node}"

    def _end(self, reference: int, reason: str) -> None:
        watch = self._watches.pop(reference, None)
        if watch is not None:
            watch.notice(reference, reason)

    def _asked(self, peer: Identity, parcel: Parcel, signal: Watch) -> None:
        watcher = _Watcher(peer, signal.reference)
        if parcel.to == NODE:
            return
        found = self._find(parcel.to)
        if found is None:
            self._tell(watcher, NO_PROCESS)
        else:
            # A reference used twice, noted under two processes, would spoil the end of one.
            self._forget(watcher)
            self._watchers.setdefault(found.number, {})[watcher] = None
            self._watched[watcher] = found.number

    def _tell(self, watcher: _Watcher, reason: str) -> None:
        ended = Ended(reference=watcher.reference, reason=reason)
        # There are no more of these than watches which the other node has asked for.
        self.switchboard.answer(watcher.node, ended, certainly=True)

    def _told(self, peer: Identity, parcel: Parcel, signal: Ended) -> None:
        watch = self._watches.get(signal.reference)
        # Whoever guesses the reference of a watch on another node must not end it.
        if watch is not None and watch.target.node == peer.name:
            self._end(signal.reference, signal.reason)

    def _withdrawn(self, peer: Identity, parcel: Parcel, signal: Unwatch) -> None:
        self._forget(_Watcher(peer, signal.reference))

    def _forget(self, watcher: _Watcher) -> None:
        number = self._watched.pop(watcher, None)
        if number is None:
            return
        remaining = self._watchers[number]
        del remaining[watcher]
        if not remaining:
            del self._watchers[number]
