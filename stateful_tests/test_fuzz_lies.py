"""One lie of a member without a vote harms no cluster; the fuzzer finds clusters that it would harm."""

import pytest

from stateful_tests.fuzz_lies import bad_ends, lie_to
from stateful_tests.mutants.loader import Mutant, bug, load

SOME = range(45)
"""Part of the 500 clusters of ``python -m stateful_tests.fuzz_lies``."""

HEARS_EVERYBODY = bug("", "", {"admission.hears": lambda *_: True})
NEVER_FORGETS = bug(
    "",
    "",
    {
        "step._due_for_non_leader": lambda original, state, role: (
            original(state, role) if state.member in state.voters else []
        )
    },
)


def test_one_lie_has_no_bad_end() -> None:
    """Whatever its kind, its sender and the member that hears it."""
    assert list(bad_ends(SOME)) == []


def test_equal_seeds_tell_equal_lies() -> None:
    """So that a bad end can be repeated."""
    assert lie_to(7) == lie_to(7) != lie_to(8)


@pytest.mark.parametrize(
    ("planted", "harm"),
    [
        (HEARS_EVERYBODY, "a voter's term has moved, after"),
        (NEVER_FORGETS, "the observer still follows"),
    ],
)
def test_a_core_that_a_lie_harms_is_found(planted: Mutant, harm: str) -> None:
    """The text names the seed, the harm and the lie."""
    found = list(bad_ends(SOME, load(planted)))
    assert any(harm in end for end in found), found
    assert all(end.startswith("seed ") for end in found)
