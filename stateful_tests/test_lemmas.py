"""The lemmas: each accepts what is allowed and names what is not."""

import pytest

from leader.protocol.vocabulary import InvariantViolated, MemberId
from stateful_tests.lemmas import VoteHistory, VoterCommitment, leases_rest_on_promises
from tests.protocol.builders import heartbeat, vote_granted, vote_request

A, B, C = (MemberId(letter) for letter in "abc")


def test_a_voter_may_repeat_its_vote_and_vote_again_in_another_term() -> None:
    """A message that is no vote counts for nothing."""
    votes = VoteHistory()
    for term in (5, 5, 6):
        votes.one_vote_per_term(A, B, vote_granted(A, term, sent=0))
    votes.one_vote_per_term(A, C, vote_granted(A, 7, sent=0))
    votes.one_vote_per_term(A, B, heartbeat(A, 7, sent=0))


def test_two_votes_in_one_term_are_found() -> None:
    """Also one that a candidate gives to another, since it has voted for itself."""
    votes = VoteHistory()
    votes.one_vote_per_term(A, B, vote_granted(A, 5, sent=0))
    with pytest.raises(
        InvariantViolated, match="OneVotePerTerm: a voted for b and for c in term 5"
    ):
        votes.one_vote_per_term(A, C, vote_granted(A, 5, sent=0))
    votes.one_vote_per_term(B, C, vote_request(B, 6, sent=0))
    with pytest.raises(
        InvariantViolated, match="OneVotePerTerm: b voted for b and for c in term 6"
    ):
        votes.one_vote_per_term(B, C, vote_granted(B, 6, sent=0))


@pytest.mark.parametrize(
    "second", [VoterCommitment(B, A, 100), VoterCommitment(B, None, 100)], ids=["to it", "to none"]
)
def test_a_lease_rests_on_a_committed_quorum(second: VoterCommitment) -> None:
    """A member that votes for no member at all counts as well."""
    commitments = [VoterCommitment(A, A, 100), second, VoterCommitment(C, B, 0)]
    leases_rest_on_promises(A, 100, (A, B, C), commitments)


@pytest.mark.parametrize(
    "second", [VoterCommitment(B, A, 99), VoterCommitment(B, C, 100)], ids=["too short", "to other"]
)
def test_a_lease_without_a_committed_quorum_is_found(second: VoterCommitment) -> None:
    """One commitment ends before the lease, or is to another member."""
    with pytest.raises(InvariantViolated, match=r"LeasesRestOnPromises: .* only \['a'\] vote for"):
        leases_rest_on_promises(A, 100, (A, B, C), [VoterCommitment(A, A, 100), second])
