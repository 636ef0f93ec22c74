"""One actor's part in an election: its engine, its record, its peers, its work as leader.

Has no rule of the protocol. The idea: protocol messages go straight to the engine and never wait
behind a callback; what the election comes to waits its turn in the mailbox, so callbacks run one at
a time and in order.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from leader.actor.callbacks import Callbacks
from leader.actor.options import Options
from leader.election.discovery import Farewell, Greeting, Peers, address_in
from leader.election.engine import Engine, World
from leader.election.lease_scope import Tenure
from leader.election.storage import Record, Storage
from leader.election.wire_types import ELECTION_MESSAGES, PEER_MESSAGES, register_election_messages
from leader.protocol.leading import likeliest_successor
from leader.protocol.messages import Message
from leader.protocol.state import Settings
from leader.protocol.vocabulary import ClusterId, MemberId, Term
from runtime import DEFAULT_REGISTRY, Alarm, NodeDown, NodeDownReason, NodeEvent, Pid, ProcessId
from runtime.process import resolve

register_election_messages(DEFAULT_REGISTRY)

DEAD = frozenset({NodeDownReason.DIED, NodeDownReason.SUPERSEDED})
"""The ends of a connection that a process which lives does not cause."""

GRACE_PARTS = 10
"""Work of a leader is cancelled when no more than this part of a promise remains of the lease."""


class Participation:
    """What an ``Actor`` does to take part, and what it may be asked."""

    def __init__(
        self, actor: Callbacks, options: Options, settings: Settings, record: Record
    ) -> None:
        self.options = options
        self._actor = actor
        self._settings = settings
        self._record = record
        self._told: tuple[Pid | None, ...] = ()
        """Whom the actor was last told to lead; empty as long as it was told nothing."""
        self._endings = 0
        """How often this member has ceased to lead, or heard of another leader."""
        self._leads_since: int | None = None
        """How many endings there had been when the actor was told to lead; None while it follows."""
        self._is_resigning = False
        """Whether a resignation waits its turn, or is being carried out."""
        self._greeting: Alarm | None = None
        self._has_left = False
        self._unwatch: Callable[[], None] = lambda: None
        self.peers = Peers(
            settings.member,
            actor.pid,
            joined=self._peer_joined,
            left=lambda _, pid: self._tell(actor.handle_peer_left, pid),
        )
        world = World(
            clock=actor.clock,
            random=actor.node.random,
            record=record,
            send=self._send,
            log=actor.log,
            trace=options.trace,
        )
        self.engine = Engine(settings, options.membership(), world, self)
        self._tenure = Tenure(
            actor.clock,
            remaining=lambda: self.engine.lease_remaining,
            grace=settings.timing.promise // GRACE_PARTS,
            run_short=partial(self.resign, lapse=True),
            failed=self._work_failed,
        )

    async def start(self) -> None:
        """Begin to take part, and to look for the others."""
        self._actor.prioritize(ELECTION_MESSAGES, self._received)
        self._actor.prioritize(PEER_MESSAGES, self._received)
        self._unwatch = self._actor.node.watch(self._node_event)
        for member in self.options.bootstrap:
            self.look_for(MemberId(str(member)))
        await self.engine.start()
        self._greet()

    def look_for(self, member: MemberId) -> None:
        """Keep connected with a member's node, and greet it until it is heard from."""
        address = self.peers.tell_of(member)
        if address is None:
            return
        if address.node != self._actor.node.name:
            self._actor.node.connect(address.node)
        if not self.peers.is_present(member) and self._is_up(address.node):
            self._greet_at(address, was_heard=False)

    def join(self, member: MemberId) -> None:
        """Take part again if it had left, and look for ``member``."""
        self._has_left = False
        self.look_for(member)

    def leave(self) -> None:
        """Forget everybody, and hear nobody any more."""
        self._has_left = True
        self._take_leave()
        for member in self.peers.forget_all():
            self.engine.peer_down(member)

    @property
    def is_leader(self) -> bool:
        """Whether this member may act, in the very leadership that its actor was told of last.

        Behind a slow callback waits all that came since: that others led, and that this member does
        again. What the actor keeps from its former leadership must not be used in the new one.
        """
        return self._leads_since == self._endings and self.engine.is_leader

    def while_leader(self, work: Coroutine[Any, Any, object]) -> None:
        """Run ``work`` as long as this member leads; close it at once where it does not."""
        if self.is_leader:
            self._tenure.begin(work)
        else:
            work.close()

    def resign(self, successor: MemberId | None = None, *, lapse: bool = False) -> None:
        """Act no more from this instant; hand over when the callbacks before have run.

        With ``lapse`` the lease is left to run out if they take longer. Asked again, the first counts.
        """
        # A second hand-over would end the leadership after this one.
        if self.engine.has_leadership and not self._is_resigning:
            self._is_resigning = True
            self.engine.stop_acting(let_lease_expire=lapse)
            self._tenure.end()
            self._actor.post(lambda: self._hand_over(successor))

    async def withdraw(self) -> None:
        """Hand over if there is something to, take no further step, and take leave of the peers."""
        self.engine.stop_acting()
        self._tenure.end()
        try:
            await self._hand_over(None)
        finally:
            # Elected again while its last callback runs, it would end without a word.
            await self.engine.end()
            # Heard once more after its farewell, it would be a peer until its node goes down.
            self._look_for_nobody()
            self._has_left = True
            self._take_leave()

    async def release(self) -> None:
        """Let go of everything; said by nobody to anybody."""
        self._look_for_nobody()
        self._tenure.end()
        await self.engine.end()
        self._record.close()

    def _look_for_nobody(self) -> None:
        self._unwatch()
        if self._greeting is not None:
            self._greeting.cancel()

    def term_changed(self, old: Term, new: Term) -> None:
        """See ``Audience``."""
        self._tell(self._actor.handle_term_changed, old, new)

    def leading(self, term: Term) -> None:
        """See ``Audience``."""
        self._actor.post(partial(self._tell_leading, self._endings))

    def following(self, leader: MemberId | None) -> None:
        """See ``Audience``."""
        # Not in its turn: a slow callback must not keep alive what only a leader may do.
        self._endings += 1
        self._tenure.end()
        self._actor.post(partial(self._tell_following, leader))

    def failed(self, error: Exception) -> None:
        """See ``Audience``."""
        self._tenure.end()
        self._actor.stop(error)

    @property
    def _signed(self) -> dict[str, Any]:
        return {"cluster": self._settings.cluster, "sender": self._settings.member}

    @property
    def _knows_whether_it_votes(self) -> bool:
        # An observer that greets before it knows passes for a voter, and is sent no heartbeat ever.
        return bool(self.options.bootstrap) or self.engine.state is not None

    def _tell(self, callback: Callable[..., Awaitable[None] | None], *about: object) -> None:
        self._actor.post(partial(callback, *about))

    def _peer_joined(self, member: MemberId, pid: Pid) -> None:
        self._tell(self._actor.handle_peer_joined, pid)
        if self.engine.leader == member:
            # Of a new incarnation the election tells nothing: the actor would keep the dead one's PID.
            self._actor.post(partial(self._tell_following, member))

    async def _tell_leading(self, endings: int) -> None:
        # Leadership may have ended while this waited; it must not start work that nobody stops. Nor
        # may it begin the one after, whose own news waits behind the end that stops that work.
        if endings == self._endings and self.engine.is_leader and self._told != (self._actor.pid,):
            self._leads_since = endings
            await resolve(self._actor.handle_become_leader())
            self._told = (self._actor.pid,)

    async def _tell_following(self, leader: MemberId | None) -> None:
        await self._tenure.ended()
        self._leads_since = None
        followed = self.peers.pid_of(leader)
        if self._told != (followed,):
            self._told = (followed,)
            await resolve(self._actor.handle_become_follower(followed))

    async def _hand_over(self, successor: MemberId | None) -> None:
        """Stop acting, all of it, and only then say so."""
        try:
            await self._tenure.ended()
            if self._told == (self._actor.pid,):
                await self._tell_following(None)
        finally:
            state = self.engine.state
            likeliest = None if state is None else likeliest_successor(state)
            await self.engine.resign(successor or likeliest)
            self._is_resigning = False

    def _work_failed(self, error: Exception) -> None:
        self._actor.log.error("what ran while this member led failed", exc_info=error)
        self._actor.stop(error)

    def _send(self, member: MemberId, message: Message) -> None:
        # Whoever is not in our list is told so where it wrote from.
        address = self.peers.address_of(member)
        if address is not None:
            self._actor.send(address, message)

    def _received(self, sender: Pid, message: Message | Greeting | Farewell) -> None:
        """A message of this cluster is taken in if it is from whom it says."""
        member, log = message.sender, self._actor.log
        address = address_in(member)
        if message.cluster != self._settings.cluster:
            log.debug("ignored: %s is of cluster %r", sender, message.cluster)
        elif not self._knows_whether_it_votes:
            log.debug("ignored: %s speaks before the record was read", sender)
        elif self._has_left:
            if isinstance(message, Greeting):
                self._actor.send(sender, Farewell(**self._signed))
        elif address is None:
            log.warning("dropped a message from %s, whose sender is no member's name", sender)
        elif address.node != sender.node:
            log.warning("dropped a message of %s that came from node %s", member, sender.node)
        elif self.peers.is_outdated(member, sender):
            log.warning("dropped a message of an older incarnation of %s: %s", member, sender)
        elif isinstance(message, Farewell):
            self._part_from(member)
        else:
            self._heard(sender, message)

    def _heard(self, sender: Pid, message: Message | Greeting) -> None:
        if message.sender != self._settings.member:
            self.peers.hear(message.sender, sender)
        if not isinstance(message, Greeting):
            self.engine.receive(message)
            return
        for member in (message.sender, *message.known):
            self.look_for(member)
        if message.observes and self.peers.is_present(message.sender):
            self.engine.observer_up(message.sender)
        if not message.was_heard:
            self._greet_at(sender, was_heard=True)

    def _part_from(self, member: MemberId) -> None:
        state = self.engine.state
        votes = state is not None and member in state.voters
        if votes or any(member == str(listed) for listed in self.options.bootstrap):
            # Forgotten, a voter that comes back would never hear of its observers.
            self.peers.lose(member)
        else:
            self.peers.forget(member)
        # A voter's word that it has ended would release promises before its application has stopped.
        if state is not None and not votes:
            self.engine.peer_down(member)

    def _node_event(self, event: NodeEvent) -> None:
        if not isinstance(event, NodeDown):
            for address in self.peers.strangers():
                if address.node == event.node:
                    self._greet_at(address, was_heard=False)
            return
        # An incarnation that came since may hold a promise of its own: that one stands.
        for member in self.peers.living_on(event.node, event.creation):
            self.peers.lose(member)
            if event.reason in DEAD:
                self.engine.peer_down(member)

    def _greet(self) -> None:
        """Greet whomever was not heard; as leader, also tell everybody who is there."""
        pause = self._settings.timing.election_timeout_max
        self._greeting = Alarm(self._actor.clock, self._actor.clock.now() + pause, self._greet)
        for address in self.peers.strangers():
            if self._is_up(address.node):
                self._greet_at(address, was_heard=False)
        if self.engine.is_leader:
            for pid in self.peers.pids():
                self._greet_at(pid, was_heard=True)

    def _take_leave(self) -> None:
        for pid in self.peers.pids():
            self._actor.send(pid, Farewell(**self._signed))

    def _greet_at(self, to: Pid | ProcessId, *, was_heard: bool) -> None:
        if not self._knows_whether_it_votes:
            return
        greeting = Greeting(
            **self._signed,
            known=self.peers.known(),
            was_heard=was_heard,
            observes=self.engine.observes,
        )
        self._actor.send(to, greeting)

    def _is_up(self, node: str) -> bool:
        return node == self._actor.node.name or node in self._actor.node.nodes()


async def opened(storage: Storage, cluster: ClusterId, member: MemberId) -> Record:
    """The record of a member, opened off the event loop: a file storage syncs folders."""
    loop = asyncio.get_running_loop()
    opening = loop.run_in_executor(None, storage.open, cluster, member)
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        # The thread goes on, and nobody else would ever let go of the lock that it takes.
        opening.add_done_callback(_close)
        raise


def _close(opening: asyncio.Future[Record]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
