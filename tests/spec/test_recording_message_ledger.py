"""A message can arrive as often as it was sent or repeated, minus the copies that were lost."""

import pytest

from leader.election.trace import Letter
from spec.recording.message_ledger import Impossible, MessageLedger, described
from tests.spec.recording_support import asks, grants

ASKED = asks("a", "b", sent=5)
VOTE = grants("b", "a", sent=5)
PRE_VOTE = Letter(kind="PreVoteGranted", sender="b", to="a", term=1, sent=5)
QUESTION = Letter(kind="PreVoteRequest", sender="a", to="b", term=1, sent=5, stamp=0)


def ledger_of(*letters: Letter, handled: Letter | None = None) -> MessageLedger:
    """A ledger with these letters under way."""
    ledger = MessageLedger()
    ledger.send(letters, handled)
    return ledger


def test_each_copy_arrives_or_is_lost_once() -> None:
    """A repetition adds a copy; after that the letter is not under way."""
    ledger = ledger_of(ASKED)
    ledger.repeat(ASKED)
    ledger.hand_over(ASKED, parked=False, counts=True)
    ledger.remove(ASKED)
    with pytest.raises(Impossible, match="VoteRequest of term 1 from a to b is not under way"):
        ledger.hand_over(ASKED, parked=False, counts=True)
    with pytest.raises(Impossible, match="VoteRequest of term 1 from a to b is not under way"):
        ledger.remove(ASKED)


@pytest.mark.parametrize(
    ("vote", "handled"), [(grants("b", "a", sent=6), ASKED), (VOTE, None), (VOTE, QUESTION)]
)
def test_send_refuses_an_answer_to_another_question(vote: Letter, handled: Letter | None) -> None:
    """Otherwise a voter could choose from when on the lease counts."""
    MessageLedger().send([VOTE], ASKED)
    with pytest.raises(Impossible, match="another instant"):
        MessageLedger().send([vote], handled)


def test_new_round_makes_pre_votes_under_way_outdated() -> None:
    """Such a pre-vote may arrive and be ignored, but must not count; those for others still count."""
    ledger = ledger_of(PRE_VOTE, PRE_VOTE, handled=QUESTION)
    ledger.new_round("b")
    ledger.hand_over(PRE_VOTE, parked=False, counts=True)
    ledger.new_round("a")
    with pytest.raises(Impossible, match=f"{described(PRE_VOTE)} is of a round that is over"):
        ledger.hand_over(PRE_VOTE, parked=False, counts=True)
    ledger.hand_over(PRE_VOTE, parked=False, counts=False)


def test_hand_over_of_a_parked_letter_needs_its_arrival() -> None:
    """In the same process: a process that ends loses what it has parked."""
    ledger = ledger_of(QUESTION)
    with pytest.raises(Impossible, match="had not arrived"):
        ledger.hand_over(QUESTION, parked=True, counts=True)
    ledger.hand_over(QUESTION, parked=False, counts=True)
    ledger.hand_over(QUESTION, parked=True, counts=True)
    ledger.forget("b")
    with pytest.raises(Impossible, match="had not arrived"):
        ledger.hand_over(QUESTION, parked=True, counts=True)
