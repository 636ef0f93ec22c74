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


def test_hand_over_takes_each_copy_once() -> None:
    """The second time the letter is not under way."""
    ledger = ledger_of(ASKED)
    ledger.hand_over(ASKED, parked=False, counts=True)
    with pytest.raises(Impossible, match="VoteRequest of term 1 from a to b is not under way"):
        ledger.hand_over(ASKED, parked=False, counts=True)


def test_repeat_adds_a_copy() -> None:
    """The letter can arrive twice, and not a third time."""
    ledger = ledger_of(ASKED)
    ledger.repeat(ASKED)
    for _ in range(2):
        ledger.hand_over(ASKED, parked=False, counts=False)
    with pytest.raises(Impossible):
        ledger.hand_over(ASKED, parked=False, counts=False)


def test_remove_takes_a_copy_that_is_lost() -> None:
    """It cannot be lost again."""
    ledger = ledger_of(ASKED)
    ledger.remove(ASKED)
    with pytest.raises(Impossible):
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
    """Such a pre-vote may arrive and be ignored, but must not count."""
    ledger = ledger_of(PRE_VOTE, handled=QUESTION)
    ledger.new_round("a")
    with pytest.raises(Impossible, match=f"{described(PRE_VOTE)} is of a round that is over"):
        ledger.hand_over(PRE_VOTE, parked=False, counts=True)
    ledger.hand_over(PRE_VOTE, parked=False, counts=False)


def test_new_round_concerns_one_member() -> None:
    """Pre-votes for other members still count."""
    ledger = ledger_of(PRE_VOTE, handled=QUESTION)
    ledger.new_round("b")
    ledger.hand_over(PRE_VOTE, parked=False, counts=True)


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
