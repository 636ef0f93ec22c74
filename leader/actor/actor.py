"""The actor that takes part in an election: what its author may ask of it and have it do.

The callbacks are in ``leader.actor.callbacks``; everything here may be used in them, and in what they
start on the same event loop. Nothing here waits.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from leader.actor.callbacks import Callbacks
from leader.actor.options import Options
from leader.election.participation import Participation, opened
from leader.election.trace import ROLES
from leader.errors import MembershipFixed
from leader.protocol.membership import Membership
from leader.protocol.quorum import quorum_size
from leader.protocol.state import Settings
from leader.protocol.vocabulary import ClusterId, MemberId
from runtime import ExitReason, Pid, ProcessId
from runtime.process import resolve

NANOSECONDS = 1_000_000_000


class Actor(Callbacks):
    """A member of an election. Before ``init`` has returned it knows nothing and nobody."""

    _part: Participation | None = None

    @property
    def is_leader(self) -> bool:
        """Whether this member may act as leader at this very instant: asks the clock.

        Never before ``handle_become_leader`` has been called for this leadership, nor for another
        one than that: so what is kept from that callback on is of now.
        """
        return self._part is not None and self._part.is_leader

    @property
    def leader(self) -> Pid | None:
        """Who leads, as far as this member knows; None while nobody is known to. Itself only while it may act.

        A message to a leader that has died meanwhile goes nowhere, and nobody is told.
        """
        if self._part is None:
            return None
        believed = self._part.peers.pid_of(self._part.engine.leader)
        return believed if believed != self.pid or self.is_leader else None

    @property
    def term(self) -> int:
        """The term; a leader's is its fencing token. 0 before the first."""
        return 0 if self._part is None else self._part.engine.term

    @property
    def cluster_id(self) -> str:
        """Which election this is."""
        return "" if self._part is None else self._part.options.cluster_id

    @property
    def bootstrap(self) -> tuple[ProcessId, ...]:
        """The members that this one was started with."""
        return () if self._part is None else tuple(self._part.options.bootstrap)

    @property
    def membership(self) -> Membership | None:
        """Who votes; None before the start, nobody as long as an observer has heard no leader."""
        state = None if self._part is None else self._part.engine.state
        return None if state is None else state.durable.membership

    @property
    def role(self) -> str:
        """What the protocol makes of this member, for people to read; to act, ask ``is_leader``.

        "starting", "observer", "follower", "precandidate", "candidate", "leader" or, while a leader
        moves to a higher term, "renewing".
        """
        state = None if self._part is None else self._part.engine.state
        if state is None:
            return "starting"
        return ROLES[type(state.role)] if state.votes else "observer"

    @property
    def lease_remaining(self) -> float:
        """For how many seconds this member may still act without hearing from anybody."""
        if self._part is None or not self._part.is_leader:
            return 0.0
        return self._part.engine.lease_remaining / NANOSECONDS

    def peers(self) -> list[Pid]:
        """The other members that were heard from and whose nodes have been up since; a fresh list."""
        return [] if self._part is None else self._part.peers.pids()

    @property
    def peer_count(self) -> int:
        """How many peers there are."""
        return len(self.peers())

    def has_peer(self, pid: Pid) -> bool:
        """Whether this process is a peer, in this very incarnation."""
        return pid in self.peers()

    def broadcast(self, message: object) -> None:
        """Send to all peers; raises what ``send`` raises."""
        self._send_to_all(self.peers(), message)

    def broadcast_bootstrap(self, message: object) -> None:
        """Send to all members of the bootstrap list but this one, heard from or not."""
        own = (self.name, self.node.name)
        others = [other for other in self.bootstrap if (other.name, other.node) != own]
        self._send_to_all(others, message)

    def join(self, peer: ProcessId, *, vote: bool = False) -> None:
        """Look for ``peer`` until it is heard from, and through it for all that it knows.

        So a member without a bootstrap list becomes an observer: it follows whoever leads, and has
        no vote. Any member will do.

        Raises:
            TypeError: ``peer`` is not a ProcessId.
            MembershipFixed: ``vote`` is asked for; who votes is what the bootstrap lists say.
        """
        if not isinstance(peer, ProcessId):
            raise TypeError(f"peer = {peer!r}: must be a ProcessId")
        if vote:
            raise MembershipFixed("join with vote = True")
        self._taking_part.join(MemberId(str(peer)))

    def leave(self) -> None:
        """Observe no longer, until ``join`` is called again.

        Raises:
            MembershipFixed: this member votes, or does not know yet.
        """
        if not self._taking_part.engine.observes:
            raise MembershipFixed("leave")
        self._taking_part.leave()

    def resign(self, successor: ProcessId | None = None) -> None:
        """Give up leading, to ``successor`` or to whoever answered last. Acts no more from this instant.

        The others are told when what ran under ``while_leader`` has stopped and
        ``handle_become_follower(None)`` has returned. Without leadership this does nothing.

        Raises:
            ValueError: ``successor`` is no other voter.
        """
        part, named = self._taking_part, None if successor is None else MemberId(str(successor))
        voters = (self.membership or part.options.membership()).voters
        if named is not None and (named not in voters or named == f"{self.name}@{self.node.name}"):
            raise ValueError(f"successor = {named}: must be another of the voters {list(voters)}")
        part.resign(named)

    def while_leader(self, work: Coroutine[Any, Any, object]) -> None:
        """Run ``work`` beside the callbacks until it is done or leadership ends.

        It is cancelled a little before the lease can end, be it renewed or not; then this member
        resigns, or lets its lease run out if callbacks take longer. An error in it terminates the
        actor as one in a callback does, also that what it waited for was cancelled. If this member does
        not lead by now, the work is not begun.

        Raises:
            TypeError: ``work`` is not a coroutine.
        """
        if not asyncio.iscoroutine(work):
            raise TypeError(f"work = {work!r}: must be a coroutine")
        self._taking_part.while_leader(work)

    def handle_inspect(self, *items: str) -> dict[str, str]:
        """What an operator may see: all of it, or only what ``items`` name."""
        found = {} if self._part is None else self._inspection()
        return {name: text for name, text in found.items() if not items or name in items}

    def _inspection(self) -> dict[str, str]:
        voters = () if self.membership is None else self.membership.voters
        return {
            "cluster": self.cluster_id,
            "term": str(self.term),
            "leader": str(self.is_leader).lower(),
            "peers": str(self.peer_count),
            "peer_pids": " ".join(str(peer) for peer in self.peers()),
            "leader_pid": "" if self.leader is None else str(self.leader),
            "role": self.role,
            "lease": f"{self.lease_remaining:.3f} s",
            "quorum": f"{quorum_size(len(voters))} of {len(voters)}" if voters else "",
            "voters": " ".join(voters),
            "bootstrap": " ".join(str(member) for member in self.bootstrap),
        }

    @property
    def _taking_part(self) -> Participation:
        if self._part is None:
            raise RuntimeError("this actor takes part only after init has returned")
        return self._part

    def _send_to_all(self, others: Iterable[Pid | ProcessId], message: object) -> None:
        for other in others:
            self.send(other, message)

    async def _initialize(self, *arguments: Any) -> None:
        options = await resolve(self.init(*arguments))
        if not isinstance(options, Options):
            raise TypeError(f"init must return leader.Options, not {options!r}")
        if self.name is None:
            raise ValueError("a member is named for life: start it with spawn_register")
        own = ProcessId(self.name, self.node.name)
        if options.bootstrap and own not in options.bootstrap:
            listed = [str(member) for member in options.bootstrap]
            raise ValueError(
                f"bootstrap = {listed}: must list every voter, {own} included, or nobody"
            )
        settings = Settings(
            cluster=ClusterId(options.cluster_id),
            member=MemberId(str(own)),
            timing=options.timing,
            trust_disconnect=options.trust_disconnect,
        )
        record = await opened(options.opened_storage, settings.cluster, settings.member)
        self._part = Participation(self, options, settings, record)
        await self._part.start()

    async def _prepare_to_terminate(self, reason: ExitReason) -> None:
        if self._part is not None:
            await self._part.withdraw()

    async def _release(self) -> None:
        if self._part is not None:
            await self._part.release()
