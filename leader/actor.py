"""The actor that takes part in an election: a process with callbacks about who leads.

Protocol messages go straight to its engine and never wait behind a callback; what the election
comes to waits its turn in the mailbox, so callbacks run one at a time and in order. Between two
``handle_become_leader`` there is always a ``handle_become_follower``.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from leader.engine import Engine, World
from leader.options import Options
from leader.protocol.leading import likeliest_successor
from leader.protocol.messages import Message
from leader.protocol.state import Settings
from leader.protocol.vocabulary import ClusterId, MemberId, Term
from leader.storage import Record
from leader.wire_types import ELECTION_MESSAGES, register_election_messages
from runtime import (
    DEFAULT_REGISTRY,
    ExitReason,
    NodeDown,
    NodeDownReason,
    NodeEvent,
    Pid,
    Process,
    ProcessId,
)
from runtime.process import resolve

register_election_messages(DEFAULT_REGISTRY)

DEAD = frozenset({NodeDownReason.DIED, NodeDownReason.SUPERSEDED})
"""The ends of a connection that a process which lives does not cause."""


class Actor(Process, ABC):
    """Override ``init``, ``handle_become_leader`` and ``handle_become_follower``; each may be ``async``.

    An exception in any callback terminates the actor; a leader resigns first.
    """

    _engine: Engine | None = None
    _record: Record | None = None

    @abstractmethod
    def init(self, *arguments: Any, **keywords: Any) -> Options | Awaitable[Options]:
        """Return the election's ``Options``; called once, with the arguments of spawn."""

    @abstractmethod
    def handle_become_leader(self) -> Awaitable[None] | None:
        """Start exclusive work. Raising rejects leadership: the actor resigns, then terminates."""

    @abstractmethod
    def handle_become_follower(self, leader: Pid | None) -> Awaitable[None] | None:
        """Stop exclusive work and follow ``leader``; None while nobody leads. Repeats when the leader changes."""

    def handle_term_changed(self, old: int, new: int) -> Awaitable[None] | None:
        """The term has risen: also by this member's own elections, and when a leader renews in place."""

    @property
    def is_leader(self) -> bool:
        """Whether this member may act as leader at this very instant: asks the clock."""
        return self._engine is not None and self._engine.is_leader

    @property
    def leader(self) -> Pid | None:
        """Who leads, as far as this member knows; None while nobody is known to."""
        return None if self._engine is None else self._pid_of(self._engine.leader)

    @property
    def term(self) -> int:
        """The term; a leader's is its fencing token. 0 before the first."""
        return 0 if self._engine is None else self._engine.term

    async def _initialize(self, *arguments: Any) -> None:
        options = await resolve(self.init(*arguments))
        if not isinstance(options, Options):
            raise TypeError(f"init must return leader.Options, not {options!r}")
        if self.name is None:
            raise ValueError("a member is named for life: start it with spawn_register")
        own = ProcessId(self.name, self.node.name)
        if own not in options.bootstrap:
            listed = [str(member) for member in options.bootstrap]
            raise ValueError(f"bootstrap = {listed}: must list every member, {own} included")
        await self._join_election(own, options)

    async def _join_election(self, own: ProcessId, options: Options) -> None:
        settings = Settings(
            cluster=ClusterId(options.cluster_id),
            member=MemberId(str(own)),
            timing=options.timing,
            trust_disconnect=options.trust_disconnect,
        )
        self._addresses = {MemberId(str(member)): member for member in options.bootstrap}
        self._pids: dict[MemberId, Pid] = {settings.member: self.pid}
        self._is_told_to_lead = False
        # Opening a file storage syncs folders: not on the loop that other elections beat on.
        self._record = await asyncio.get_running_loop().run_in_executor(
            None, options.opened_storage.open, settings.cluster, settings.member
        )
        world = World(
            clock=self.clock,
            random=self.node.random,
            record=self._record,
            send=self._send_to_member,
            log=self.log,
            trace=options.trace,
        )
        self._engine = Engine(settings, options.membership(), world, _Announcer(self))
        self.prioritize(ELECTION_MESSAGES, self._received)
        self._unwatch = self.node.watch(self._node_event)
        for node in {member.node for member in options.bootstrap} - {self.node.name}:
            self.node.connect(node)
        await self._engine.start()

    async def _prepare_to_terminate(self, reason: ExitReason) -> None:
        """Hand over: stop acting, then say so."""
        await self._give_up()

    async def _give_up(self) -> None:
        engine = self._engine
        if engine is None:
            return
        engine.withdraw()
        try:
            if self._is_told_to_lead:
                await self._tell_following(None)
        finally:
            if engine.state is not None and engine.has_leadership:
                await engine.resign(likeliest_successor(engine.state))

    async def _release(self) -> None:
        if self._engine is not None:
            self._unwatch()
            await self._engine.end()
        if self._record is not None:
            self._record.close()

    def _send_to_member(self, member: MemberId, message: Message) -> None:
        # Whoever is not in our list is told so where it wrote from.
        address = self._addresses.get(member) or self._pids.get(member)
        if address is not None:
            self.send(address, message)

    def _received(self, sender: Pid, message: Message) -> None:
        """A protocol message: from whom it says, or it is dropped."""
        known = self._pids.get(message.sender)
        if message.sender.rpartition("@")[2] != sender.node:
            self.log.warning(
                "dropped a message of %s that came from node %s", message.sender, sender.node
            )
        elif known is not None and (sender.creation, sender.number) < (
            known.creation,
            known.number,
        ):
            self.log.warning(
                "dropped a message of an older incarnation of %s: %s", message.sender, sender
            )
        elif self._engine is not None:
            self._pids[message.sender] = sender
            self._engine.receive(message)

    def _node_event(self, event: NodeEvent) -> None:
        if not isinstance(event, NodeDown) or event.reason not in DEAD or self._engine is None:
            return
        for member, pid in list(self._pids.items()):
            # An incarnation that came since may hold a promise of its own: that one stands.
            if (pid.node, pid.creation) == (event.node, event.creation):
                self._engine.peer_down(member)

    def _pid_of(self, member: MemberId | None) -> Pid | None:
        return None if member is None else self._pids.get(member)

    async def _tell_leading(self) -> None:
        # Leadership may have ended while this waited; it must not start work that nobody stops.
        if self.is_leader and not self._is_told_to_lead:
            await resolve(self.handle_become_leader())
            self._is_told_to_lead = True

    async def _tell_following(self, leader: MemberId | None) -> None:
        self._is_told_to_lead = False
        await resolve(self.handle_become_follower(self._pid_of(leader)))

    async def _tell_term(self, old: Term, new: Term) -> None:
        await resolve(self.handle_term_changed(old, new))

    def _post_callback(self, callback: Callable[[], Awaitable[None]]) -> None:
        self.post(callback)


class _Announcer:
    """Puts what the election comes to into the actor's mailbox, behind what waits there."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def term_changed(self, old: Term, new: Term) -> None:
        self._actor._post_callback(partial(self._actor._tell_term, old, new))

    def leading(self, term: Term) -> None:
        self._actor._post_callback(self._actor._tell_leading)

    def following(self, leader: MemberId | None) -> None:
        self._actor._post_callback(partial(self._actor._tell_following, leader))

    def failed(self, error: Exception) -> None:
        self._actor.stop(error)
