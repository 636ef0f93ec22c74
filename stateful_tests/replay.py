"""A failing run, run again from its list of calls, and cut down to those that matter.

``python -m stateful_tests.replay FILE`` tells a run that a failing test has printed, ``--actors`` with
the whole stack behind the rules, ``--shrink`` without the calls that do not matter.

Any list of calls is a run, so shortening needs no care: whatever still fails in the same way stays.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from stateful_tests.core_system import CoreSystem
from stateful_tests.plan import RunPlan
from stateful_tests.rules import Call, RuleRunner
from stateful_tests.run_text import read
from stateful_tests.simulator import Failure
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory


def replay(
    plan: RunPlan, calls: Sequence[Call], begin: SystemFactory = CoreSystem, *, told: bool = False
) -> RuleRunner:
    """The cluster after ``calls``.

    Raises:
        Exception: what broke a claim or ended a member, with the story as a note if it is to be told.
    """
    with closing(RuleRunner(plan, begin(plan))) as cluster:
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


def find_failure(
    plan: RunPlan, calls: Sequence[Call], begin: SystemFactory = CoreSystem
) -> Failure | None:
    """What goes wrong in ``calls``, up to the call in which it does; None if nothing does."""
    with closing(RuleRunner(plan, begin(plan))) as cluster:
        for done, call in enumerate(calls, start=1):
            try:
                cluster.perform(call.rule, *call.arguments)
            except Exception as error:
                return Failure(plan, tuple(calls[:done]), error)
    return None


def shrink(failure: Failure, begin: SystemFactory = CoreSystem) -> Failure:
    """A failure of the same kind from which no call can be left out."""
    best, width = failure, max(1, len(failure.calls) // 2)
    while width:
        shorter = next(_shorter(best, width, begin), None)
        if shorter is None:
            width //= 2
        else:
            best, width = shorter, min(width, max(1, len(shorter.calls) // 2))
    return best


def failure_transcript(failure: Failure, begin: SystemFactory = CoreSystem) -> str:
    """The run in words, and what was wrong in the end."""
    try:
        replay(failure.plan, failure.calls, begin, told=True)
    except Exception as error:
        return "\n".join([*getattr(error, "__notes__", ()), f"{type(error).__name__}: {error}"])
    return "It does not fail any more."


def _shorter(failure: Failure, width: int, begin: SystemFactory) -> Iterator[Failure]:
    """Failures of the same kind with ``width`` calls in a row left out, from the end backwards."""
    calls = failure.calls
    for start in range(len(calls) - width, -1, -width):
        found = find_failure(failure.plan, (*calls[:start], *calls[start + width :]), begin)
        if found is not None and failed_check(found.error) == failed_check(failure.error):
            yield found


def failed_check(error: Exception) -> str:
    """Which check failed: a claim by its name, anything else by its type."""
    claim, colon, _ = str(error).partition(":")
    return claim if colon and claim.isidentifier() else type(error).__name__


def main() -> int:
    """Tell the run in a file; 1 if it fails."""
    parser = argparse.ArgumentParser(prog="python -m stateful_tests.replay")
    parser.add_argument("file", type=Path, help="what a failing test has printed")
    parser.add_argument("--actors", action="store_true", help="the whole stack, not the core alone")
    parser.add_argument("--shrink", action="store_true", help="leave out what does not matter")
    arguments = parser.parse_args()
    begin: SystemFactory = StackSystem if arguments.actors else CoreSystem
    plan, calls = read(arguments.file.read_text())
    failure = find_failure(plan, calls, begin)
    if failure is None:
        sys.stdout.write(replay(plan, calls, begin, told=True).story() + "\nNothing fails.\n")
        return 0
    told = shrink(failure, begin) if arguments.shrink else failure
    sys.stdout.write(failure_transcript(told, begin) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
