"""Runs a list of calls again, and shortens a failing one to the calls that matter.

``python -m stateful_tests.replay FILE`` replays a run that a failing test has printed. Any list of
calls is a run, so shortening may remove any call: what still fails in the same check is kept.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from stateful_tests.core_system import CoreSystem
from stateful_tests.plan import RunPlan
from stateful_tests.rule_runner import Call, RuleRunner
from stateful_tests.run_text import parse_run
from stateful_tests.simulator import Failure
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory


def find_failure(
    plan: RunPlan, calls: Sequence[Call], build: SystemFactory = CoreSystem
) -> Failure | None:
    """What fails in ``calls``, with the calls up to that one; None if nothing fails."""
    with closing(RuleRunner(plan, build(plan))) as runner:
        return _failure_of(runner, calls)


def run_with_transcript(
    plan: RunPlan, calls: Sequence[Call], build: SystemFactory = CoreSystem
) -> str:
    """The transcript of a run, which ends with the failure if there is one."""
    with closing(RuleRunner(plan, build(plan))) as runner:
        runner.keep_transcript()
        failure = _failure_of(runner, calls)
        if failure is None:
            return runner.transcript()
        return f"{runner.transcript()}\n{type(failure.error).__name__}: {failure.error}"


def shrink(failure: Failure, build: SystemFactory = CoreSystem) -> Failure:
    """A failure of the same check from which no single call can be removed."""
    best, width = failure, max(1, len(failure.calls) // 2)
    while width:
        shorter = next(_shorter(best, width, build), None)
        if shorter is None:
            width //= 2
        else:
            best, width = shorter, min(width, max(1, len(shorter.calls) // 2))
    return best


def failed_check(error: Exception) -> str:
    """The name of the invariant that was violated; for any other error its type."""
    name, colon, _ = str(error).partition(":")
    return name if colon and name.isidentifier() else type(error).__name__


def _failure_of(runner: RuleRunner, calls: Sequence[Call]) -> Failure | None:
    for done, call in enumerate(calls, start=1):
        try:
            runner.perform(call.rule, *call.arguments)
        except Exception as error:
            return Failure(runner.plan, tuple(calls[:done]), error)
    return None


def _shorter(failure: Failure, width: int, build: SystemFactory) -> Iterator[Failure]:
    """Failures of the same check with ``width`` consecutive calls removed, from the end backwards."""
    calls = failure.calls
    for start in range(len(calls) - width, -1, -width):
        found = find_failure(failure.plan, (*calls[:start], *calls[start + width :]), build)
        if found is not None and failed_check(found.error) == failed_check(failure.error):
            yield found


def main() -> int:
    """Print the run in a file with its transcript; 1 if it fails."""
    parser = argparse.ArgumentParser(prog="python -m stateful_tests.replay")
    parser.add_argument("file", type=Path, help="what a failing test has printed")
    parser.add_argument("--actors", action="store_true", help="the whole stack, not the core alone")
    parser.add_argument("--shrink", action="store_true", help="remove calls that do not matter")
    arguments = parser.parse_args()
    build: SystemFactory = StackSystem if arguments.actors else CoreSystem
    plan, calls = parse_run(arguments.file.read_text())
    failure = find_failure(plan, calls, build)
    if failure is None:
        sys.stdout.write(run_with_transcript(plan, calls, build) + "\nNothing fails.\n")
        return 0
    shown = shrink(failure, build) if arguments.shrink else failure
    sys.stdout.write(run_with_transcript(shown.plan, shown.calls, build) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
