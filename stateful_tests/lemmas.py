"""Facts about votes and promises from which the invariants follow, and which a bug breaks much earlier.

Two votes of one member in a term seldom elect two leaders, so looking for the votes finds a bug in
far shorter runs. These facts are the main steps of the proof of the invariants; the protocol does
not promise them to its users.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from leader.protocol.messages import Message, VoteGranted, VoteRequest
from leader.protocol.quorum import is_quorum
from leader.protocol.vocabulary import InvariantViolated, MemberId, Term


@dataclass(frozen=True, slots=True)
class VoterCommitment:
    """Before ``until``, in true time, ``voter`` votes for ``to`` only; None: for no member at all."""

    voter: MemberId
    to: MemberId | None
    until: int


class VoteHistory:
    """Every vote that was ever sent; it outlives the process of the voter."""

    def __init__(self) -> None:
        self._votes: dict[tuple[MemberId, Term], MemberId] = {}

    def one_vote_per_term(self, source: MemberId, to: MemberId, message: Message) -> None:
        """No member votes for two candidates of one term; a candidate that asks for votes has its own."""
        match message:
            case VoteGranted(term=term):
                self._add(source, term, to)
            case VoteRequest(term=term):
                self._add(source, term, source)
            case _:
                pass

    def _add(self, voter: MemberId, term: Term, candidate: MemberId) -> None:
        first = self._votes.setdefault((voter, term), candidate)
        if first != candidate:
            raise InvariantViolated(
                f"OneVotePerTerm: {voter} voted for {first} and for {candidate} in term {term}"
            )


def leases_rest_on_promises(
    leader: MemberId,
    until: int,
    voters: Collection[MemberId],
    commitments: Iterable[VoterCommitment],
) -> None:
    """While ``leader`` acts, a quorum votes for no other member until its lease ends."""
    committed = {
        commitment.voter
        for commitment in commitments
        if commitment.to in (leader, None) and commitment.until >= until
    }
    if not is_quorum(committed, voters):
        raise InvariantViolated(
            f"LeasesRestOnPromises: {leader} may act until {until / 1e6} ms, "
            f"and only {sorted(committed)} vote for no other member until then"
        )
