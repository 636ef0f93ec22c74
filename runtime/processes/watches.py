"""Watches: which ends the processes of this node wait for, and which nodes wait for ends on this node.

A watch is one direction: its owner is told once when the target has ended or cannot be reached. A
monitor is a watch, and a link is a watch in each direction; `links` has both. Leaves to the owner
what it does when it is told.

The watcher's node holds the watch and ends it exactly once, whatever comes first: a message that the
target has ended, the loss of its node, or `unwatch`. The target's node holds only where to write to,
and forgets it when the target or the watcher's node is gone.
"""

import itertools
import logging
from collections.abc import Callable
from typing import NamedTuple

from runtime.events import NodeDown, NodeEvent, NodeUp
from runtime.network import NODE, Envelope, NodeIdentity
from runtime.pid import Pid
from runtime.processes.signal_router import Address, SignalRouter, Target, address_of
from runtime.processes.signals import Ended, Unwatch, Watch
from runtime.reasons import NO_PROCESS

OnGone = Callable[[int, str], None]
"""Called once, with the reference of the watch, and the reason why the target is gone."""


class _PendingWatch(NamedTuple):
    target: Address
    on_gone: OnGone


class _RemoteWatcher(NamedTuple):
    node: NodeIdentity
    reference: int


class Watches:
    """The watches of this node's processes, and the watchers of its processes."""

    def __init__(
        self,
        own: NodeIdentity,
        signals: SignalRouter,
        find: Callable[[int | str], Pid | None],
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        """`find` returns the pid of the process of this node with that number or name."""
        self._own = own
        self.signals = signals
        self._find = find
        self._log = log
        self._references = itertools.count(1)
        self._pending: dict[int, _PendingWatch] = {}
        self._watchers: dict[int, dict[_RemoteWatcher, None]] = {}
        self._watched: dict[_RemoteWatcher, int] = {}
        signals.handle(Watch, self._watch_asked)
        signals.handle(Unwatch, self._unwatch_asked)
        signals.handle(Ended, self._target_ended)

    def __len__(self) -> int:
        """How many watches and watchers there are."""
        return len(self._pending) + len(self._watched)

    def watch(self, watcher: Pid, target: Target, on_gone: OnGone) -> int:
        """Calls back when the target is gone, perhaps before this returns; returns a reference."""
        reference, address = next(self._references), address_of(target)
        self._pending[reference] = _PendingWatch(address, on_gone)
        if not self.signals.send(address, Watch(reference=reference), watcher.number):
            self._end(reference, self._why_unreachable(address))
        return reference

    def unwatch(self, reference: int) -> None:
        """Ends the watch on both nodes without calling back; does nothing if it has ended."""
        watch = self._pending.pop(reference, None)
        if watch is not None and watch.target.addressee != NODE:
            back = Address(watch.target.node, watch.target.creation, NODE)
            self.signals.send(back, Unwatch(reference=reference), ignore_send_limit=True)

    def process_ended(self, number: int, reason: str) -> None:
        """Tells every node that watches this process of this node."""
        for watcher in self._watchers.pop(number, {}):
            del self._watched[watcher]
            try:
                self._tell(watcher, reason)
            except Exception:
                # The other watchers must be told all the same: there is no second attempt.
                self._log.exception("node %a was not told of an end", watcher.node.name)

    def node_changed(self, event: NodeEvent) -> None:
        """Ends the watches whose target is gone with a node, and forgets watchers of that node."""
        node = event.node
        match event:
            case NodeDown():
                gone = NodeIdentity(node, event.creation)
                for watcher in [each for each in self._watched if each.node == gone]:
                    self._forget(watcher)
                self.node_lost(node, f"node lost: {event.reason.value}")
            case NodeUp():
                for reference, watch in self._on(node).items():
                    if watch.target.creation not in (None, event.creation):
                        self._end(reference, NO_PROCESS)

    def node_lost(self, node: str, reason: str) -> None:
        """Ends all watches on that node: no message about their targets can come."""
        for reference in self._on(node):
            self._end(reference, reason)

    def _on(self, node: str) -> dict[int, _PendingWatch]:
        return {key: watch for key, watch in self._pending.items() if watch.target.node == node}

    def _why_unreachable(self, address: Address) -> str:
        if address.node == self._own.name or self.signals.is_gone(address):
            return NO_PROCESS
        return f"node unreachable: {address.node}"

    def _end(self, reference: int, reason: str) -> None:
        watch = self._pending.pop(reference, None)
        if watch is not None:
            watch.on_gone(reference, reason)

    def _watch_asked(self, peer: NodeIdentity, envelope: Envelope, signal: Watch) -> None:
        watcher = _RemoteWatcher(peer, signal.reference)
        if envelope.to == NODE:
            return
        found = self._find(envelope.to)
        if found is None:
            self._tell(watcher, NO_PROCESS)
        else:
            # If a node uses a reference twice, for two processes, the end of the first would
            # remove the entry that the end of the second needs.
            self._forget(watcher)
            self._watchers.setdefault(found.number, {})[watcher] = None
            self._watched[watcher] = found.number

    def _tell(self, watcher: _RemoteWatcher, reason: str) -> None:
        ended = Ended(reference=watcher.reference, reason=reason)
        # The number is limited: one signal for each watch that the other node has asked for.
        self.signals.answer(watcher.node, ended, ignore_send_limit=True)

    def _target_ended(self, peer: NodeIdentity, envelope: Envelope, signal: Ended) -> None:
        watch = self._pending.get(signal.reference)
        # A node that guesses a reference must not end a watch on another node.
        if watch is not None and watch.target.node == peer.name:
            self._end(signal.reference, signal.reason)

    def _unwatch_asked(self, peer: NodeIdentity, envelope: Envelope, signal: Unwatch) -> None:
        self._forget(_RemoteWatcher(peer, signal.reference))

    def _forget(self, watcher: _RemoteWatcher) -> None:
        number = self._watched.pop(watcher, None)
        if number is None:
            return
        remaining = self._watchers[number]
        del remaining[watcher]
        if not remaining:
            del self._watchers[number]
