"""The whole proof as a list of questions: what is asked, and which verdicts count."""

from dataclasses import replace

import pytest

from spec.proof.claims import INVARIANT
from spec.proof.instances import INSTANCES, THOROUGH
from spec.proof.prove import EXPECTED, Finding, Kind, compared, findings, places, questions

ALONE = INSTANCES[0]
KINDS = [question.kind for question in questions()]


def test_questions_are_as_many_as_the_documentation_says() -> None:
    """And their names are the questions' identities, so each occurs once."""
    counts = [KINDS.count(kind) for kind in Kind]
    assert counts == [803, 110, len(THOROUGH)]
    assert len({(one.kind, one.part, one.name) for one in questions()}) == len(KINDS)


def test_places_of_a_thorough_run_are_all_others_leave_out_the_larger_comparisons() -> None:
    """Which come last."""
    assert list(places(thorough=True)) == list(range(len(KINDS)))
    asked = [questions()[place] for place in places(thorough=False)]
    assert asked == list(questions()[: 803 + 110 + len(INSTANCES)])
    assert THOROUGH[: len(INSTANCES)] == INSTANCES


@pytest.mark.parametrize("kind", Kind)
def test_only_the_expected_verdict_passes(kind: Kind) -> None:
    """Not the opposite, and not that it is unknown."""
    verdicts = ["proved", "refuted", "equal", "unknown", "equal, but 1 states and 2 transitions"]
    found = [
        Finding(kind=kind, part="part", name="name", verdict=verdict, seconds=1.0)
        for verdict in verdicts
    ]
    assert [finding.verdict for finding in found if finding.passed] == [EXPECTED[kind]]


@pytest.mark.slow
def test_findings_are_in_the_order_of_the_questions() -> None:
    """Whichever process ends first."""
    found = list(findings([KINDS.index(kind) for kind in Kind], workers=2))
    assert [(one.kind, one.part, one.name, one.passed) for one in found] == [
        (Kind.OBLIGATION, "initiation", next(iter(INVARIANT)), True),
        (Kind.CONTROL, "Init", "cannot be", True),
        (Kind.COMPARISON, "TLC", "alone", True),
    ]


@pytest.mark.slow
def test_a_comparison_fails_if_the_graph_is_not_as_large_as_pinned_or_tlc_fails() -> None:
    """Even if both sides agree: a change of the protocol has to change the pin."""
    assert compared(replace(ALONE, states=35)) == (
        "equal, but with 36 states and 98 transitions; pinned are 35 and 98"
    )
    assert compared(replace(ALONE, highest_term=-1)).startswith("alone: error: ")
