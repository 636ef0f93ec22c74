"""What can arrive: as often as it was sent or repeated, less what was lost."""

from leader.election.trace import Letter
from spec.recording.carriage import Carriage, described
from tests.spec.recording_support import asks, grants

ASKED = asks("a", "b", sent=5)
VOTE = grants("b", "a", sent=5)
PRE_VOTE = Letter(kind="PreVoteGranted", sender="b", to="a", term=1, sent=5)
QUESTION = Letter(kind="PreVoteRequest", sender="a", to="b", term=1, sent=5, stamp=0)


def carrying(*letters: Letter, handled: Letter | None = None) -> Carriage:
    """These are under way."""
    carriage = Carriage()
    assert carriage.send(letters, handled) is None
    return carriage


def test_what_was_sent_once_arrives_once() -> None:
    """The second time it is not under way."""
    carriage = carrying(ASKED)
    assert carriage.hand_over(ASKED, parked=False, counts=True) is None
    assert carriage.hand_over(ASKED, parked=False, counts=True) == (
        "VoteRequest of term 1 from a to b is not under way: "
        "nobody sent it, or it has come or got lost"
    )


def test_what_is_repeated_arrives_again() -> None:
    """Once for each copy."""
    carriage = carrying(ASKED)
    carriage.repeat(ASKED)
    arrivals = [carriage.hand_over(ASKED, parked=False, counts=False) for _ in range(3)]
    assert [why is None for why in arrivals] == [True, True, False]


def test_what_is_lost_does_not_arrive() -> None:
    """And cannot be lost again."""
    carriage = carrying(ASKED)
    assert carriage.lose(ASKED) is None
    assert carriage.lose(ASKED) is not None


def test_an_answer_repeats_when_its_question_was_asked() -> None:
    """Else a lease would be counted from whenever the voter likes."""
    assert Carriage().send([VOTE], ASKED) is None
    assert Carriage().send([grants("b", "a", sent=6)], ASKED) is not None
    assert Carriage().send([VOTE], None) is not None
    assert Carriage().send([VOTE], QUESTION) is not None


def test_a_pre_vote_of_a_round_that_is_over_counts_no_more() -> None:
    """It may come, and be ignored."""
    carriage = carrying(PRE_VOTE, handled=QUESTION)
    carriage.new_round("a")
    why = carriage.hand_over(PRE_VOTE, parked=False, counts=True)
    assert why == f"{described(PRE_VOTE)} is of a round that is over"
    assert carriage.hand_over(PRE_VOTE, parked=False, counts=False) is None


def test_a_new_round_is_of_one_member() -> None:
    """What others wait for is not outdated by it."""
    carriage = carrying(PRE_VOTE, handled=QUESTION)
    carriage.new_round("b")
    assert carriage.hand_over(PRE_VOTE, parked=False, counts=True) is None


def test_what_was_kept_must_have_come() -> None:
    """In this life of the member."""
    carriage = carrying(QUESTION)
    assert carriage.hand_over(QUESTION, parked=True, counts=True) is not None
    assert carriage.hand_over(QUESTION, parked=False, counts=True) is None
    assert carriage.hand_over(QUESTION, parked=True, counts=True) is None
    carriage.forget("b")
    assert carriage.hand_over(QUESTION, parked=True, counts=True) is not None
