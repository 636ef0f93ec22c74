"""What counts as the expected outcome, in real runs of TLC on small models."""

from collections.abc import Mapping

import pytest

from spec.check import CheckedModel
from spec.expectations import problems, violated_claim
from spec.models import Model
from spec.outcome import Outcome, Verdict

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "name",
    [
        "green",
        "three-members",
        "two-leaders",
        "action-property",
        "temporal-property",
        "from-the-start",
        "untaken",
        "unreached",
    ],
)
def test_the_expected_outcome_passes(results: Mapping[str, CheckedModel], name: str) -> None:
    """Green or red, and for each kind of claim; one gap counts once, as untaken or as unreached."""
    assert results[name].problems == ()
    assert results[name].passed


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("wrong-states", ["distinct states: expected 12, found 13"]),
        ("wrong-depth", ["depth: expected 6, found 5"]),
        ("not-red", ["expected to violate TypeOK, but everything holds"]),
        ("not-green", ["expected to hold, but violates OneLeader"]),
        ("wrong-claim", ["expected to violate TypeOK, but violates OneLeader"]),
        (
            "which-property",
            [
                "expected to violate SomebodyLeads, but violates one of SomebodyLeads, "
                "SomebodyCampaigns; TLC does not say which: let the model check only one property"
            ],
        ),
        ("untaken-unlisted", ["never taken: Leap, line 36 of module Toy"]),
        (
            "untaken-taken",
            ["untaken lists Leap, but it was taken, or is no action of this model"],
        ),
        ("untaken-inline", ["never taken: NextInline, line 53 of module Toy"]),
        ("unreached-unlisted", ["never reached: part of Retire, at line 47 of module Toy"]),
        (
            "unreached-reached",
            ["unreached lists Win, but all of it was reached, or it is no definition"],
        ),
        (
            "hidden",
            [
                "actions: TLC tells none apart (NextHidden); "
                "Next must be a disjunction of named ones"
            ],
        ),
    ],
)
def test_any_other_outcome_fails_and_says_why(
    results: Mapping[str, CheckedModel], name: str, expected: list[str]
) -> None:
    """One wrong pin gives one problem: a wrong count, a wrong claim, a gap that is not listed."""
    assert list(results[name].problems) == expected
    assert not results[name].passed


@pytest.mark.parametrize(
    ("name", "clue"),
    [
        ("parse-error", "Unknown operator: `y'."),
        ("no-such-claim", "The invariant OneLedaer specified in the configuration file"),
        ("no-sense", "The first argument of < should be an integer"),
    ],
)
def test_a_model_that_cannot_be_checked_fails_with_what_tlc_says(
    results: Mapping[str, CheckedModel], name: str, clue: str
) -> None:
    """An error is never a verdict, not even if a violation is expected."""
    [problem] = results[name].problems
    assert problem.startswith("error: ")
    assert clue in problem
    assert results[name].outcome.verdict is Verdict.ERROR


def test_a_run_over_its_time_fails(fixture_models: Mapping[str, Model]) -> None:
    """Green or red, a run that was not finished has shown nothing."""
    outcome = Outcome(verdict=Verdict.TIMEOUT, complaint="not done after 3 s")
    for name in ("green", "two-leaders"):
        assert problems(fixture_models[name], outcome) == ("timeout: not done after 3 s",)
        assert violated_claim(fixture_models[name], outcome) is None


def test_a_green_run_without_coverage_fails(fixture_models: Mapping[str, Model]) -> None:
    """If no action is listed, none is known to have been taken."""
    outcome = Outcome(verdict=Verdict.HOLDS, distinct=13, depth=5)
    [problem] = problems(fixture_models["green"], outcome)
    assert problem.startswith("actions: TLC tells none apart (none)")
