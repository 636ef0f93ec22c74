"""Messages that an authenticated node without a vote can send: of every kind, with the fields that hurt most.

Knows the cluster that they are for, and no rule of the election.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from leader.protocol.membership import Membership, MembershipId
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    HeartbeatRefused,
    MembershipContradicted,
    Message,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    Resignation,
    Resigned,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.vocabulary import LARGEST, ClusterId, Duration, Instant, MemberId, Term

STRANGER: Final = MemberId("stranger@evil")
"""A process on a node that has the cookie, and takes part in no election."""
CROWD: Final = tuple(MemberId(f"member@crowd{number:03}") for number in range(300))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a liar may know of the cluster."""

    cluster: ClusterId
    membership: Membership
    observer: MemberId
    leader: MemberId
    term: Term
    highest_term: Term
    """The highest term that the cluster believes."""
    now: Instant


class Liar:
    """Makes up messages; equal seeds make up equal ones."""

    def __init__(self, random: Random, target: Target) -> None:
        self._random = random
        self._target = target
        beside = f"other@{target.leader.partition('@')[2]}"
        self.name = random.choice([STRANGER, target.observer, MemberId(beside)])

    def message(self) -> Message:
        """A message of any kind; heartbeats are made up more often, since they carry most."""
        kinds = [*self._requests(), *self._answers(), *self._notices()]
        return self._random.choice(kinds)()

    def _requests(self) -> list[Callable[[], Message]]:
        cluster, sender = self._target.cluster, self.name
        term, sent, shown = self._term, self._sent, self._identity

        def heartbeat() -> Message:
            return Heartbeat(
                cluster=cluster, sender=sender, term=term(), sent=sent(), membership=self._list()
            )

        return [
            lambda: PreVoteRequest(
                cluster=cluster, sender=sender, term=term(), sent=sent(), membership=shown()
            ),
            lambda: VoteRequest(
                cluster=cluster,
                sender=sender,
                term=term(),
                sent=sent(),
                membership=shown(),
                resignation=self._resignation(),
            ),
            *[heartbeat] * 3,
        ]

    def _answers(self) -> list[Callable[[], Message]]:
        cluster, sender = self._target.cluster, self.name
        term, sent, promise = self._term, self._sent, self._promise
        return [
            lambda: PreVoteGranted(cluster=cluster, sender=sender, term=term(), sent=sent()),
            lambda: PreVoteRefused(cluster=cluster, sender=sender, term=term()),
            lambda: VoteGranted(
                cluster=cluster, sender=sender, term=term(), sent=sent(), promise=promise()
            ),
            lambda: VoteRefused(cluster=cluster, sender=sender, term=term()),
            lambda: HeartbeatAck(
                cluster=cluster,
                sender=sender,
                term=term(),
                sent=sent(),
                promise=promise(),
                membership=self._identity(),
            ),
            lambda: HeartbeatRefused(cluster=cluster, sender=sender, term=term()),
        ]

    def _notices(self) -> list[Callable[[], Message]]:
        cluster, sender = self._target.cluster, self.name
        return [
            lambda: Resigned(
                cluster=cluster, sender=sender, term=self._term(), successor=self._successor()
            ),
            lambda: MembershipContradicted(cluster=cluster, sender=sender, membership=self._list()),
        ]

    def _term(self) -> Term:
        own, highest = self._target.term, self._target.highest_term
        near = [0, 1, own - 1, own, own + 1, own + 2, own + 50]
        far = [highest - 1, highest, highest + 1, LARGEST // 2, LARGEST - 1, LARGEST]
        return Term(self._random.choice([*near, *far]))

    def _sent(self) -> Instant:
        now = self._target.now
        return Instant(self._random.choice([0, now - 1_000_000, now, now + 1_000_000, LARGEST]))

    def _promise(self) -> Duration:
        return Duration(self._random.choice([0, 1, 150_000_000, LARGEST]))

    def _list(self) -> Membership:
        true = self._target.membership.voters
        voters = self._random.choice(
            [true, true, (), (self.name,), (self.name, *true), true[:1], CROWD]
        )
        return Membership(
            term=self._term(),
            version=self._random.choice([0, 0, 1, LARGEST]),
            voters=tuple(sorted(set(voters))),
        )

    def _identity(self) -> MembershipId:
        if self._random.random() < 0.8:
            return self._list().identity
        return MembershipId(term=self._term(), version=0, digest="no digest at all")

    def _resignation(self) -> Resignation | None:
        if self._random.random() < 0.3:
            return None
        leader = self._random.choice([self._target.leader, self.name])
        return Resignation(leader=leader, term=self._term())

    def _successor(self) -> MemberId | None:
        voters = self._target.membership.voters
        return self._random.choice([None, self.name, self._target.observer, *voters])
