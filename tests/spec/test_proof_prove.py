"""The whole proof as a list of questions: what is asked, and when an answer counts."""

from dataclasses import replace

import pytest

from spec.proof.claims import INVARIANT, PROPERTIES
from spec.proof.instances import INSTANCES, THOROUGH
from spec.proof.protocol import ACTIONS, AXIOMS
from spec.proof.prove import EXPECTED, Finding, Kind, Question, compared, findings, questions

ALONE = INSTANCES[0]


@pytest.mark.slow
def test_everything_is_asked() -> None:
    """Each conjunct at the start and after each action, each property, each control, each graph."""
    asked = [question.kind for question in questions(thorough=False)]
    guards = sum(len(action.step.needs) for action in ACTIONS)
    assert asked.count(Kind.OBLIGATION) == len(INVARIANT) * (1 + len(ACTIONS)) + len(PROPERTIES)
    assert asked.count(Kind.CONTROL) == 1 + len(ACTIONS) + guards + len(AXIOMS) + len(INVARIANT)
    assert asked.count(Kind.COMPARISON) == len(INSTANCES)


def test_a_thorough_run_asks_all_that_a_short_one_does() -> None:
    """And compares more."""
    short, thorough = questions(thorough=False), questions(thorough=True)
    assert set(short) < set(thorough)
    assert len(thorough) - len(short) == len(THOROUGH) - len(INSTANCES)
    assert THOROUGH[: len(INSTANCES)] == INSTANCES


@pytest.mark.parametrize("kind", Kind)
def test_only_the_expected_verdict_passes(kind: Kind) -> None:
    """Not the opposite, and not that nobody knows."""
    verdicts = ["proved", "refuted", "equal", "unknown", "equal, but 1 states and 2 transitions"]
    found = [
        Finding(kind=kind, part="part", name="name", verdict=verdict, seconds=1.0)
        for verdict in verdicts
    ]
    assert [finding.verdict for finding in found if finding.passed] == [EXPECTED[kind]]


@pytest.mark.slow
def test_the_findings_are_in_the_order_of_the_questions() -> None:
    """Whichever process is the first to be done."""
    asked = [Question(kind=kind, place=0) for kind in Kind]
    found = list(findings(asked, workers=2))
    assert [(one.kind, one.part, one.name, one.passed) for one in found] == [
        (Kind.OBLIGATION, "initiation", next(iter(INVARIANT)), True),
        (Kind.CONTROL, "Init", "cannot be", True),
        (Kind.COMPARISON, "TLC", "alone", True),
    ]


@pytest.mark.slow
def test_a_graph_of_another_size_is_a_failure() -> None:
    """Even if both sides agree: a change of the protocol has to change the pin."""
    assert compared(replace(ALONE, states=35)) == (
        "equal, but with 36 states and 98 transitions; pinned are 35 and 98"
    )


@pytest.mark.slow
def test_a_run_of_tlc_that_fails_is_a_failure() -> None:
    """And says what TLC said."""
    assert compared(replace(ALONE, highest_term=-1)).startswith("alone: error: ")
