"""The actor that takes part in an election: what its author may ask of it and have it do.

The callbacks are in ``leader.actor.callbacks``. Everything here may be used in callbacks, and in
tasks that they start on the same event loop. Nothing here waits.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from leader.actor.callbacks import ActorCallbacks
from leader.actor.mailbox_listener import MailboxListener
from leader.election.election import Election, open_record
from leader.election.options import Options
from leader.errors import MembershipFixed
from leader.protocol.membership import Membership
from leader.protocol.quorum import quorum_size
from leader.protocol.vocabulary import MemberId
from runtime import ExitReason, Pid, ProcessId
from runtime.process import resolve

NANOSECONDS = 1_000_000_000


class Actor(ActorCallbacks):
    """A member of an election. It takes no part, and knows no other member, before ``init`` has returned."""

    _participation: MailboxListener | None = None

    @property
    def is_leader(self) -> bool:
        """Whether this member may act as leader at this very instant: asks the clock.

        It is False until ``handle_become_leader`` has been called for the present leadership. So
        what an actor keeps from that callback on never belongs to a former leadership.
        """
        return self._participation is not None and self._participation.is_leader

    @property
    def leader(self) -> Pid | None:
        """Who leads, as far as this member knows; itself only while it may act. None: no known leader.

        A message to a leader that has died meanwhile is lost, and the sender is not told.
        """
        if self._participation is None:
            return None
        election = self._participation.election
        believed = election.pid_of(election.leader)
        return believed if believed != self.pid or self.is_leader else None

    @property
    def term(self) -> int:
        """The term; a leader's is its fencing token. 0 before the first."""
        return 0 if self._participation is None else self._participation.election.term

    @property
    def cluster_id(self) -> str:
        """Which election this is."""
        return (
            "" if self._participation is None else self._participation.election.options.cluster_id
        )

    @property
    def bootstrap(self) -> tuple[ProcessId, ...]:
        """The members that this one was started with."""
        return (
            ()
            if self._participation is None
            else tuple(self._participation.election.options.bootstrap)
        )

    @property
    def membership(self) -> Membership | None:
        """Who votes; None before the start. An observer that has heard no leader knows no voters."""
        return None if self._participation is None else self._participation.election.membership

    @property
    def role(self) -> str:
        """This member's role in the protocol, for people to read; to act, ask ``is_leader``.

        "starting", "observer", "follower", "precandidate", "candidate", "leader" or, while a leader
        moves to a higher term, "renewing".
        """
        return "starting" if self._participation is None else self._participation.election.role

    @property
    def lease_remaining(self) -> float:
        """For how many seconds this member may still act if no other member answers it."""
        if self._participation is None or not self._participation.is_leader:
            return 0.0
        return self._participation.election.lease_remaining / NANOSECONDS

    def peers(self) -> list[Pid]:
        """The other members that were heard from and whose nodes have been up since; a fresh list."""
        return [] if self._participation is None else self._participation.election.peers()

    @property
    def peer_count(self) -> int:
        """How many peers there are."""
        return len(self.peers())

    def has_peer(self, pid: Pid) -> bool:
        """Whether this process, in this very incarnation, is a peer."""
        return pid in self.peers()

    def broadcast(self, message: object) -> None:
        """Send to all peers; raises what ``send`` raises."""
        self._send_to_all(self.peers(), message)

    def broadcast_bootstrap(self, message: object) -> None:
        """Send to all members of the bootstrap list but this one, whether they were heard from or not."""
        own = (self.name, self.node.name)
        others = [other for other in self.bootstrap if (other.name, other.node) != own]
        self._send_to_all(others, message)

    def join(self, peer: ProcessId, *, vote: bool = False) -> None:
        """Look for ``peer`` until it is heard from, and through it for all members that it knows.

        Any member will do. A member without a bootstrap list becomes an observer by this: it follows
        whichever member leads, and has no vote.

        Raises:
            TypeError: ``peer`` is not a ProcessId.
            MembershipFixed: ``vote`` is True; who votes is what the bootstrap lists say.
        """
        if not isinstance(peer, ProcessId):
            raise TypeError(f"peer = {peer!r}: must be a ProcessId")
        if vote:
            raise MembershipFixed("join with vote = True")
        self._participating.election.join(MemberId(str(peer)))

    def leave(self) -> None:
        """Observe no longer, until ``join`` is called again.

        Raises:
            MembershipFixed: this member votes, or does not know yet whether it does.
        """
        self._participating.election.leave()

    def resign(self, successor: ProcessId | None = None) -> None:
        """Give up leading, to ``successor`` or to the voter that answered last. Stops acting at once.

        The other members are told when the work of ``while_leader`` has ended and
        ``handle_become_follower(None)`` has returned. If this member does not lead, nothing is done.

        Raises:
            ValueError: ``successor`` is not another one of the voters.
        """
        named = None if successor is None else MemberId(str(successor))
        if named is not None:
            self._participating.election.check_successor(named)
        self._participating.resign(named)

    def while_leader(self, work: Coroutine[Any, Any, object]) -> None:
        """Run ``work`` beside the callbacks until it is done or leadership ends.

        It is cancelled a little before the lease can end, whether or not the lease is extended later;
        then this member resigns, or lets its lease end if callbacks take longer than that. An error in
        it terminates the actor like an error in a callback; so does the cancellation of something that
        it waited for. If this member does not lead by now, the work is not begun.

        Raises:
            TypeError: ``work`` is not a coroutine.
        """
        if not asyncio.iscoroutine(work):
            raise TypeError(f"work = {work!r}: must be a coroutine")
        self._participating.run_while_leader(work)

    def handle_inspect(self, *items: str) -> dict[str, str]:
        """What an operator may see: all of it, or only what ``items`` name."""
        found = (
            {} if self._participation is None else self._inspection(self._participation.election)
        )
        return {name: text for name, text in found.items() if not items or name in items}

    def _inspection(self, election: Election) -> dict[str, str]:
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
            "ignored": ", ".join(f"{why}: {many}" for why, many in election.ignored().items()),
        }

    @property
    def _participating(self) -> MailboxListener:
        if self._participation is None:
            raise RuntimeError("this actor takes part only after init has returned")
        return self._participation

    def _send_to_all(self, others: Iterable[Pid | ProcessId], message: object) -> None:
        for other in others:
            self.send(other, message)

    async def _initialize(self, *arguments: Any) -> None:
        options = await resolve(self.init(*arguments))
        if not isinstance(options, Options):
            raise TypeError(f"init must return leader.Options, not {options!r}")
        if self.name is None:
            raise ValueError("a member needs a permanent name: start it with spawn_register")
        record = await open_record(options, ProcessId(self.name, self.node.name))
        self._participation = MailboxListener(self, self.name, options, record)
        await self._participation.election.start()

    async def _prepare_to_terminate(self, reason: ExitReason) -> None:
        if self._participation is not None:
            await self._participation.withdraw()

    async def _release(self) -> None:
        if self._participation is not None:
            await self._participation.release()
