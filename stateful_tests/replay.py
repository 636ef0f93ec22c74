"""A failing run, run again from its list of calls, and cut down to those that matter.

Any list of calls is a run, so shortening needs no care: whatever still fails in the same way stays.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing

from stateful_tests.cluster import Call, Cluster
from stateful_tests.core_system import CoreSystem
from stateful_tests.plan import Plan
from stateful_tests.simulator import Failure
from stateful_tests.system import Begin


def replay(
    plan: Plan, calls: Sequence[Call], begin: Begin = CoreSystem, *, told: bool = False
) -> Cluster:
    """The cluster after ``calls``.

    Raises:
        Exception: what broke a claim or ended a member, with the story as a note if it is to be told.
    """
    with closing(Cluster(plan, begin(plan))) as cluster:
        if told:
            cluster.tell_story()
        try:
            for call in calls:
                cluster.perform(call.rule, *call.arguments)
        except Exception as error:
            if told:
                error.add_note(cluster.story())
            raise
    return cluster


def failure_of(plan: Plan, calls: Sequence[Call], begin: Begin = CoreSystem) -> Failure | None:
    """What goes wrong in ``calls``, up to the call in which it does; None if nothing does."""
    with closing(Cluster(plan, begin(plan))) as cluster:
        for done, call in enumerate(calls, start=1):
            try:
                cluster.perform(call.rule, *call.arguments)
            except Exception as error:
                return Failure(plan, tuple(calls[:done]), error)
    return None


def shrunk(failure: Failure, begin: Begin = CoreSystem) -> Failure:
    """A failure of the same kind from which no call can be left out."""
    best, width = failure, max(1, len(failure.calls) // 2)
    while width:
        shorter = next(_shorter(best, width, begin), None)
        if shorter is None:
            width //= 2
        else:
            best, width = shorter, min(width, max(1, len(shorter.calls) // 2))
    return best


def story_of(failure: Failure, begin: Begin = CoreSystem) -> str:
    """The run in words, and what was wrong in the end."""
    try:
        replay(failure.plan, failure.calls, begin, told=True)
    except Exception as error:
        return "\n".join([*getattr(error, "__notes__", ()), f"{type(error).__name__}: {error}"])
    return "It does not fail any more."


def _shorter(failure: Failure, width: int, begin: Begin) -> Iterator[Failure]:
    """Failures of the same kind with ``width`` calls in a row left out, from the end backwards."""
    calls = failure.calls
    for start in range(len(calls) - width, -1, -width):
        found = failure_of(failure.plan, (*calls[:start], *calls[start + width :]), begin)
        if found is not None and kind_of(found.error) == kind_of(failure.error):
            yield found


def kind_of(error: Exception) -> str:
    """Which check failed: a claim by its name, anything else by its type."""
    claim, colon, _ = str(error).partition(":")
    return claim if colon and claim.isidentifier() else type(error).__name__
