"""What the normal form removes makes no difference in any state that is explored."""

import pytest

from spec.comparison.compare import walk
from stateful_tests.core import REAL, Core
from stateful_tests.exact.explorer import CoreExplorer
from stateful_tests.exact.instances import INSTANCES
from stateful_tests.exact.member_steps import MemberSteps
from stateful_tests.exact.normal_form_checks import differing_leftovers, differing_pacings
from stateful_tests.mutants.loader import bug, holds, load


def explored(name: str, core: Core = REAL) -> MemberSteps:
    """Every state of a member and every message of an instance."""
    explorer = CoreExplorer(INSTANCES[name], core)
    for _ in walk(explorer):
        pass
    return explorer.member_steps


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["two-members", "three-members", "crashes", "two-lengths", "renewal"]
)
def test_what_has_expired_makes_no_difference(name: str) -> None:
    """With an expired promise or answer, a member does the same at every event as without it."""
    assert differing_leftovers(explored(name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two-members", "three-members", "crashes", "renewal"])
def test_pacing_only_delays(name: str) -> None:
    """With any pacing, a member does nothing that it may not do without it."""
    assert differing_pacings(explored(name)) == []


@pytest.mark.slow
def test_a_core_that_heeds_an_expired_promise_is_reported() -> None:
    """The check of expired promises can fail."""
    core = load(bug("changed", "none", holds("departures.peer_down", "has_live_promise")))
    assert differing_leftovers(explored("crashes", core))


@pytest.mark.slow
def test_a_core_that_votes_by_its_pacing_is_reported() -> None:
    """The check of pacing can fail."""
    guard = "voting.handle_vote_request/is_free_to_vote_for"
    paced = bug(
        "changed",
        "none",
        {
            guard: lambda original, state, *vote: (
                original(state, *vote) or state.pacing.backoff is not None
            )
        },
    )
    core = load(paced)
    assert differing_pacings(explored("two-members", core))
