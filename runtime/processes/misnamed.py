"""Notices a mistyped name: another node keeps sending to a name that no process on this node has.

Leaves the message itself to the router, which drops it. A message for a process that has not started
yet is ordinary. But if the same node sends to the same name for seconds, and endpoints of other names
on this node receive that very type of message, a person has to compare the names.
"""

from runtime.clock import NANOSECONDS, Clock
from runtime.dropped import DropLog, DropReason
from runtime.processes.endpoints import Addressee, Endpoints

PATIENCE = 3 * NANOSECONDS
"""For how long the processes of a node may start one after the other."""

NAMES_LIMIT = 100
"""How many names are watched; for each of them at most one line is logged."""


class MisnamedLog:
    """The names that other nodes have sent to in vain, each with when that began."""

    def __init__(self, clock: Clock, endpoints: Endpoints, drop_log: DropLog) -> None:
        self._clock = clock
        self._endpoints = endpoints
        self._drop_log = drop_log
        self._since: dict[tuple[str, str], int] = {}
        self._told: set[tuple[str, str]] = set()

    def missed(self, peer: str, to: Addressee, kind: type) -> None:
        """That node has sent a message of this type to a name or number that no process here has."""
        names = self._endpoints.names(kind)
        if not isinstance(to, str) or not names:
            return
        now, pair = self._clock.now(), (peer, to)
        if pair not in self._since and len(self._since) >= NAMES_LIMIT:
            return
        if now - self._since.setdefault(pair, now) >= PATIENCE and pair not in self._told:
            self._told.add(pair)
            key, what = f"{to!a} for {peer}", kind.__qualname__
            self._drop_log.record(DropReason.MISNAMED, key, f"here {names} receive a {what}")
