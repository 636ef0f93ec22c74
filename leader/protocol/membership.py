"""Which members vote: a list that all agree on, never the members that can be reached at the moment.

Memberships are ordered by the term of the leader that stamped them, then by version. An identity
carries a digest of the voters, so that two members that were started with different bootstrap lists
notice it at their first message; otherwise they could form two quorums.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise

from leader.protocol.vocabulary import LARGEST, MemberId, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipId:
    """What identifies a membership in a message."""

    term: Term
    version: int
    digest: str

    def is_older_than(self, other: "MembershipId") -> bool:
        """Whether ``other`` has replaced this one."""
        return (self.term, self.version) < (other.term, other.version)

    def contradicts(self, other: "MembershipId") -> bool:
        """Whether the two come from different bootstrap lists: both are unchanged since, and they differ."""
        return self.version == other.version == 0 and self.digest != other.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The voters of a cluster, sorted, and the place of this list in the order of memberships."""

    term: Term
    version: int
    voters: tuple[MemberId, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.term <= LARGEST:
            raise ValueError(f"term = {self.term!r}: must be from 0 to {LARGEST}")
        if not 0 <= self.version <= LARGEST:
            raise ValueError(f"version = {self.version!r}: must be from 0 to {LARGEST}")
        if not all(voter.isprintable() and voter for voter in self.voters):
            raise ValueError(
                f"voters = {self.voters!r}: each must be printable text that is not empty"
            )
        if any(a >= b for a, b in pairwise(self.voters)):
            raise ValueError(f"voters = {self.voters!r}: must be sorted, each member once")

    @property
    def identity(self) -> MembershipId:
        """What identifies this membership in a message."""
        return MembershipId(term=self.term, version=self.version, digest=_digest(self.voters))

    def stamped(self, term: Term) -> "Membership":
        """The same voters, stamped by the leader of ``term``."""
        return Membership(term=term, version=self.version, voters=self.voters)

    def rank(self, member: MemberId) -> int:
        """The place of ``member`` among the voters, used only for pacing. An observer comes last."""
        return self.voters.index(member) if member in self.voters else len(self.voters)


def founding(voters: Iterable[MemberId]) -> Membership:
    """The membership of a bootstrap list, before any member has led it."""
    return Membership(term=Term(0), version=0, voters=tuple(sorted(voters)))


@lru_cache(maxsize=256)
def _digest(voters: tuple[MemberId, ...]) -> str:
    listed = "".join(f"{len(voter.encode())}:{voter}" for voter in voters)
    return sha256(listed.encode()).hexdigest()[:16]
