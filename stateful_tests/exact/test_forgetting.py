"""What the explorer forgets about a state may be forgotten, in every state it comes across."""

import pytest

from stateful_tests.core import REAL, Core
from stateful_tests.exact.explorer import Explorer
from stateful_tests.exact.forgetting import differing_leftovers, unruly_paces
from stateful_tests.exact.instances import INSTANCES
from stateful_tests.mutants.loader import Mutant, Patch, load


def explored(name: str, core: Core = REAL) -> Explorer:
    """An explorer that has come across everything there is in an instance."""
    explorer = Explorer(INSTANCES[name], core)
    for _ in explorer.walk():
        pass
    return explorer


def patched(module: str, old: str, new: str) -> Core:
    """The core with one change."""
    patch = Patch(module=module, old=old, new=new)
    return load(Mutant(name="changed", disaster="none", patches=(patch,)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["two-members", "three-members", "crashes", "two-lengths", "renewal"]
)
def test_what_has_run_out_is_as_if_it_never_was(name: str) -> None:
    """A promise or an answer that is over changes nothing that a member does, at any event."""
    assert differing_leftovers(explored(name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two-members", "three-members", "crashes", "renewal"])
def test_pacing_decides_nothing(name: str) -> None:
    """With whatever pacing, a member does only what it may also do without, or nothing."""
    assert unruly_paces(explored(name)) == []


@pytest.mark.slow
def test_a_promise_that_outlives_itself_is_seen() -> None:
    """A core to which a promise that is over still means something is found out."""
    core = patched(
        "leading",
        "owes = promise is not None and moment.now < promise.until",
        "owes = promise is not None",
    )
    assert differing_leftovers(explored("crashes", core))


@pytest.mark.slow
def test_a_pace_that_decides_is_seen() -> None:
    """A core that votes by backoff, which is but a pace, is found out."""
    core = patched(
        "voting",
        "not promised_to_another(state, message.sender, now) or",
        "not promised_to_another(state, message.sender, now) or state.pacing.backoff is not None or",
    )
    assert unruly_paces(explored("two-members", core))
