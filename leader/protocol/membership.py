"""Who votes: an agreed list with a place in an order, never who happens to be reachable.

A membership is ordered by the term of the leader that stamped it, then by its version. Its
identity carries a digest of the voters, so that two members that were started with different
bootstrap lists notice at their first message instead of forming two quorums.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise

from leader.protocol.vocabulary import LARGEST, MemberId, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipId:
    """A membership as messages name it."""

    term: Term
    version: int
    digest: str

    def is_older_than(self, other: "MembershipId") -> bool:
        """Whether ``other`` has replaced this one."""
        return (self.term, self.version) < (other.term, other.version)

    def contradicts(self, other: "MembershipId") -> bool:
        """Whether the two descend from different bootstrap lists: neither was changed since, and they differ."""
        return self.version == other.version == 0 and self.digest != other.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The voters of a cluster, sorted, and where this list stands among its successors."""

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
        """How messages name this membership."""
        return MembershipId(term=self.term, version=self.version, digest=_digest(self.voters))

    def stamped(self, term: Term) -> "Membership":
        """The same voters, as the leader of ``term`` hands them on."""
        return Membership(term=term, version=self.version, voters=self.voters)

    def rank(self, member: MemberId) -> int:
        """The place of ``member`` among the voters; paces only. One that is no voter comes last."""
        return self.voters.index(member) if member in self.voters else len(self.voters)


def founding(voters: Iterable[MemberId]) -> Membership:
    """The membership that a bootstrap list stands for, before anybody has led it."""
    return Membership(term=Term(0), version=0, voters=tuple(sorted(voters)))


@lru_cache(maxsize=256)
def _digest(voters: tuple[MemberId, ...]) -> str:
    listed = "".join(f"{len(voter.encode())}:{voter}" for voter in voters)
    return sha256(listed.encode()).hexdigest()[:16]
