"""From TLC's messages and exit code to a verdict."""

from collections.abc import Sequence

import pytest

from spec.outcome import Outcome, Progress, Verdict, outcome_of, progress_of
from spec.tlc_messages import MessageReader, TlcMessage

COMPLETED = (2193, 0, "Model checking completed. No error has been found.")
TOTALS = (2199, 0, "3432 states generated, 743 distinct states found, 0 states left on queue.")
DEPTH = (2194, 0, "The depth of the complete state graph search is 10.")
INVARIANT = (2110, 1, "Invariant OneLeader is violated.")
STATE = (2217, 4, "1: <Initial predicate>\nx = 0")


def said(*messages: tuple[int, int, str]) -> Sequence[TlcMessage]:
    return [
        TlcMessage(code=code, severity=severity, text=text) for code, severity, text in messages
    ]


def test_a_complete_search_without_a_violation_holds() -> None:
    """Exit code 0, the message, and an empty queue."""
    assert outcome_of(said(COMPLETED, TOTALS, DEPTH), 0) == Outcome(
        verdict=Verdict.HOLDS, distinct=743, depth=10
    )


@pytest.mark.parametrize(
    ("messages", "exit_code"),
    [
        ([COMPLETED, (2199, 0, TOTALS[2].replace(" 0 states", " 5 states"))], 0),
        ([TOTALS], 0),
        ([COMPLETED], 0),
        ([COMPLETED, INVARIANT, TOTALS], 0),
        ([COMPLETED, TOTALS], 137),
        ([INVARIANT, STATE], 0),
        ([INVARIANT, STATE], 1),
        ([TOTALS], 12),
        ([], 255),
    ],
)
def test_a_run_whose_exit_code_and_messages_disagree_is_an_error(
    messages: list[tuple[int, int, str]], exit_code: int
) -> None:
    """A killed TLC, an incomplete search and `-continue` give no verdict."""
    outcome = outcome_of(said(*messages), exit_code)
    assert outcome.verdict is Verdict.ERROR
    assert f"TLC exited with {exit_code}" in outcome.complaint


@pytest.mark.parametrize(
    ("message", "exit_code", "claim"),
    [
        (INVARIANT, 12, "OneLeader"),
        ((2107, 1, "Invariant Never is violated by the initial state:\nx = 0"), 12, "Never"),
        ((2108, 1, "Property Never is violated by the initial state:\nx = 0"), 13, "Never"),
        ((2112, 1, "Action property Bad is violated."), 13, "Bad"),
        ((2116, 1, "Temporal properties were violated.\n"), 13, None),
    ],
)
def test_the_violated_claim_is_the_one_that_tlc_names(
    message: tuple[int, int, str], exit_code: int, claim: str | None
) -> None:
    """TLC does not name a temporal property."""
    outcome = outcome_of(said(message, STATE), exit_code)
    assert (outcome.verdict, outcome.claim) == (Verdict.VIOLATED, claim)


def test_the_counterexample_is_kept_in_order_with_its_end() -> None:
    """The states, and for an infinite behaviour the state to which it returns."""
    back = (2122, 4, "1: Back to state: <Wrap line 6, col 9 to line 6, col 23 of module M>")
    assert outcome_of(said(INVARIANT, STATE, back), 12).steps == (STATE[2], back[2])


def test_an_initial_state_that_violates_is_the_counterexample() -> None:
    """TLC prints it inside the message, and not as a state of its own."""
    message = (2107, 1, "Invariant Never is violated by the initial state:\n/\\ x = 0\n/\\ y = 1")
    assert outcome_of(said(message), 12).steps == ("1: <Initial predicate>\n/\\ x = 0\n/\\ y = 1",)


def test_complaints_of_the_parser_are_shown_without_its_noise() -> None:
    """The parser prints them outside any message, between the names of the files that it reads."""
    lines = ["Parsing file M.tla", "Semantic processing of module M", "Unknown operator: `y'."]
    complaint = outcome_of(list(MessageReader().feed(lines)), 150).complaint
    assert complaint == "Unknown operator: `y'.\nTLC exited with 150"


def test_progress_is_read_with_and_without_rates() -> None:
    """The first report of a run has no rates yet."""
    expected = Progress(depth=9, distinct=34126, queued=17509)
    for rates in (("", ""), (" (168,263 s/min)", " (34,126 ds/min)")):
        text = (
            f"Progress(9) at 2026-01-01 06:29:46: 168,263 states generated{rates[0]}, "
            f"34,126 distinct states found{rates[1]}, 17,509 states left on queue."
        )
        assert progress_of(TlcMessage(code=2200, severity=0, text=text)) == expected
    # Both the number and the wording must fit.
    assert progress_of(TlcMessage(code=2199, severity=0, text=TOTALS[2])) is None
    assert progress_of(TlcMessage(code=2200, severity=0, text="Progress: some")) is None
