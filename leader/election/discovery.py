"""Finds out which other members take part, and tells them that this one does or does so no longer.

A member greets every member that it knows of and has not heard from, again and again, and a leader
tells all its peers whom it knows. So over time every member finds every other one. Safety does not
depend on any of this: who votes is never discovered.
"""

from collections.abc import Callable, Iterable
from logging import WARNING

from leader.election.engine import Engine
from leader.election.ignored import IgnoredLog
from leader.election.known_members import KnownMembers
from leader.election.peer_messages import Farewell, Greeting
from leader.protocol.state import Settings
from leader.protocol.vocabulary import MemberId
from runtime import Alarm, Host, NodeDown, NodeDownReason, NodeEvent, Pid, ProcessId

PROOFS_OF_DEATH = frozenset({NodeDownReason.DIED})
"""The reasons for the end of a connection that prove that the process at its other end is dead.

SUPERSEDED is not one of them: the earlier process may still run, and lead until it is told.
"""


class Discovery:
    """One member's greetings and farewells."""

    def __init__(
        self,
        settings: Settings,
        bootstrap: Iterable[MemberId],
        node: Host,
        known: KnownMembers,
        engine: Engine,
        ignored: IgnoredLog,
    ) -> None:
        self._settings = settings
        self._bootstrap = tuple(bootstrap)
        self._node = node
        self._known = known
        self._engine = engine
        self._ignored = ignored
        self._has_left = False
        self._alarm: Alarm | None = None
        self._unwatch: Callable[[], None] = _nothing_to_end

    @property
    def has_left(self) -> bool:
        """Whether this member has left, so that it ignores the messages of other members."""
        return self._has_left

    def start(self) -> None:
        """Watch the other nodes and look for the bootstrap members."""
        self._unwatch = self._node.watch(self._node_changed)
        for member in self._bootstrap:
            self.look_for(member)

    def greet_regularly(self) -> None:
        """Greet the members not heard from, now and again after each pause; a leader also greets its peers."""
        clock, pause = self._node.clock, self._settings.timing.election_timeout_max
        self._alarm = Alarm(clock, clock.now() + pause, self.greet_regularly)
        for address in self._known.missing():
            if self._is_up(address.node):
                self._greet(address, was_heard=False)
        if self._engine.is_leader:
            for pid in self._known.peers():
                self._greet(pid, was_heard=True)

    def look_for(self, member: MemberId) -> None:
        """Keep connected with a member's node, and greet the member until it is heard from."""
        address = self._known.add_address(member)
        if address is None:
            return
        if address.node != self._node.name:
            self._node.connect(address.node)
        if not self._known.is_peer(member) and self._is_up(address.node):
            self._greet(address, was_heard=False)

    def join(self, member: MemberId) -> None:
        """Take part again, if this member had left, and look for ``member``."""
        self._has_left = False
        self.look_for(member)

    def leave(self) -> None:
        """Tell all peers that this member takes part no longer, and forget every member."""
        self._has_left = True
        self._say_farewell()
        for member in self._known.forget_all():
            self._engine.peer_down(member)

    def depart(self) -> None:
        """Look for no member any more and say farewell, for the last time."""
        self.stop()
        # After one more message, the others would list this member as a peer until its node goes down.
        self._has_left = True
        self._say_farewell()

    def stop(self) -> None:
        """Look for no member any more; sends nothing."""
        self._unwatch()
        if self._alarm is not None:
            self._alarm.cancel()

    def greeted(self, sender: Pid, greeting: Greeting) -> None:
        """Look for all members that a greeting names, and answer it if it asks for an answer."""
        for member in (greeting.sender, *greeting.known):
            self.look_for(member)
        if greeting.observes and self._known.is_peer(greeting.sender):
            self._engine.observer_up(greeting.sender)
        if not greeting.was_heard:
            self._greet(sender, was_heard=True)

    def parted(self, member: MemberId) -> None:
        """``member`` has said farewell."""
        state = self._engine.state
        votes = state is not None and member in state.voters
        if votes or member in self._bootstrap:
            # Its address is kept: when it returns it is greeted again, and so learns which observers exist.
            self._known.lose(member)
        else:
            self._known.forget(member)
        # A voter's farewell must not count as its death: that would release promises to it before its
        # application has stopped.
        if state is not None and not votes:
            self._engine.peer_down(member)

    def refuse(self, sender: Pid) -> None:
        """Tell one that greets that this member has left."""
        self._send(sender, self._farewell())

    def _node_changed(self, event: NodeEvent) -> None:
        if not isinstance(event, NodeDown):
            self._known.node_came_up(event.node, event.creation)
            for address in self._known.missing():
                if address.node == event.node:
                    self._greet(address, was_heard=False)
            return
        # An incarnation that was heard from since may hold a promise of its own, which must stay.
        for member in self._known.on_node(event.node, event.creation):
            self._known.lose(member)
            if event.reason in PROOFS_OF_DEATH:
                self._engine.peer_down(member)

    def _say_farewell(self) -> None:
        for pid in self._known.peers():
            self._send(pid, self._farewell())

    def _farewell(self) -> Farewell:
        return Farewell(cluster=self._settings.cluster, sender=self._settings.member)

    def _greet(self, to: Pid | ProcessId, *, was_heard: bool) -> None:
        if not self._engine.knows_whether_it_votes:
            # An observer that greeted now would be taken for a voter and never be sent a heartbeat.
            return
        greeting = Greeting(
            cluster=self._settings.cluster,
            sender=self._settings.member,
            known=self._known.named_peers(),
            was_heard=was_heard,
            observes=self._engine.observes,
        )
        self._send(to, greeting)

    def _send(self, to: Pid | ProcessId, message: Greeting | Farewell) -> None:
        try:
            self._node.send(to, message, self._known.own_pid)
        except ValueError:
            # Peers decide how many names a greeting holds: they must not be able to end the election.
            text = "a greeting was not sent: with the names of all peers it is longer than a frame"
            self._ignored.add("greeting_too_long", text, WARNING)

    def _is_up(self, node: str) -> bool:
        return node == self._node.name or node in self._node.nodes()


def _nothing_to_end() -> None:
    """The nodes are not watched yet."""
