"""What the claims rest on: facts about votes and promises that break long before a claim does.

A double vote is seldom a double leadership, so looking for the former finds a bug in far shorter
runs. They are the heart of the proof that the claims hold, not part of what is promised.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from leader.protocol.quorum import is_quorum
from leader.protocol.vocabulary import InvariantViolated, MemberId, Term


@dataclass(frozen=True, slots=True)
class VoterCommitment:
    """Until ``until``, in true time, ``voter`` votes for nobody but ``to``; None: for nobody at all."""

    voter: MemberId
    to: MemberId | None
    until: int


class VoteHistory:
    """Every vote ever given, over all lives of its voter."""

    def __init__(self) -> None:
        self._votes: dict[tuple[MemberId, Term], MemberId] = {}

    def one_vote_per_term(self, voter: MemberId, term: Term, candidate: MemberId) -> None:
        """Nobody votes for two candidates of one term."""
        first = self._votes.setdefault((voter, term), candidate)
        if first != candidate:
            raise InvariantViolated(
                f"OneVotePerTerm: {voter} voted for {first} and for {candidate} in term {term}"
            )


def leases_rest_on_promises(
    leader: MemberId, until: int, voters: Collection[MemberId], bonds: Iterable[VoterCommitment]
) -> None:
    """While ``leader`` acts, a quorum is bound to it, for as long as its lease lasts."""
    bound = {bond.voter for bond in bonds if bond.to in (leader, None) and bond.until >= until}
    if not is_quorum(bound, voters):
        raise InvariantViolated(
            f"LeasesRestOnPromises: {leader} may act until {until / 1e6} ms, "
            f"and only {sorted(bound)} are bound to it for that long"
        )
