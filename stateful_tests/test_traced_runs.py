"""Traces of the core and of the whole stack under TLC: real ones are accepted, edited ones rejected.

One run with every fault is edited in ways in which a wrong core would have written it. TLC must find
each edit, at the first line that is impossible.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace as with_other
from functools import cache, partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from leader.election.trace import Crashed, Line, Lost, Repeated, Stepped
from stateful_tests.mutants.core_bugs import MUTANTS
from stateful_tests.mutants.loader import load
from stateful_tests.plan import FASTEST, MILLISECOND, simple_plan
from stateful_tests.traced_runs import (
    TracedSystemFactory,
    check_with_tlc,
    eventful_run,
    random_traced_run,
    trace_text,
    traced_core_system,
    traced_stack_system,
)

ROOT = Path(__file__).parents[1]
SEED = 198
"""Its run has lost records, renewals, resignations, and broken connections that are trusted."""
DIGEST = (
    "from hashlib import sha256\n"
    "from stateful_tests.traced_runs import random_traced_run, trace_text\n"
    "from stateful_tests.traced_runs import traced_core_system, traced_stack_system\n"
    "for build in (traced_core_system, traced_stack_system):\n"
    f"    print(sha256(trace_text(random_traced_run({SEED}, 150, build)).encode()).hexdigest())"
)

pytestmark = pytest.mark.slow

Lines = list[Line]


@cache
def eventful() -> tuple[Line, ...]:
    """The run that is edited."""
    return tuple(eventful_run(simple_plan()))


def steps(lines: Lines, action: str) -> list[tuple[int, Stepped]]:
    """The indexes of the lines in which an action was taken, and these lines."""
    return [
        (place, line)
        for place, line in enumerate(lines)
        if isinstance(line, Stepped) and line.action == action
    ]


def changed(line: Stepped, **changes: object) -> Stepped:
    """The line with some part of the state replaced."""
    return replace(line, state=replace(line.state, **changes))


def a_changed_term(lines: Lines) -> int:
    """A voter goes to a higher term than it was asked to."""
    place, line = steps(lines, "HandleVoteRequest")[2]
    lines[place] = changed(line, term=line.state.term + 1)
    return place


def a_changed_role(lines: Lines) -> int:
    """One vote of three makes a leader."""
    place, line = steps(lines, "Campaign")[1]
    lines[place] = changed(line, role="leader")
    return place


def a_vote_that_was_not_sent(lines: Lines) -> int:
    """The step of a voter is removed: no member sent the vote that elects the leader."""
    given, vote = steps(lines, "HandleVoteRequest")[0]
    won, _ = next(
        (place, line)
        for place, line in steps(lines, "BecomeLeader")
        if line.handled == vote.sent[0]
    )
    del lines[given]
    return won - 1


def a_vote_that_was_not_handled(lines: Lines) -> int:
    """A leader is elected without the vote that decided."""
    place, line = steps(lines, "BecomeLeader")[0]
    lines[place] = replace(line, handled=None)
    return place


def a_vote_counted_twice(lines: Lines) -> int:
    """It arrived once, no copy was made, and it is handled again."""
    place, line = steps(lines, "HandleVoteGranted")[0]
    lines.insert(place, line)
    return place + 1


def a_grant_that_should_have_been_refused(lines: Lines) -> int:
    """A pre-vote was refused because of a promise, and the trace says that it was granted."""
    place, line, refusal = next(
        (place, line, line.sent[0])
        for place, line in steps(lines, "HandlePreVoteRequest")
        if line.sent[0].kind == "PreVoteRefused"
    )
    assert line.handled is not None
    term, sent = line.handled.term, line.handled.sent
    lines[place] = replace(
        line, sent=[replace(refusal, kind="PreVoteGranted", term=term, sent=sent)]
    )
    return place


def acting_after_the_lease(lines: Lines) -> int:
    """A leader that steps down because its lease has expired still says that it may act."""
    place, line = steps(lines, "ExpireLease")[0]
    lines[place] = changed(line, acts=True)
    return place


def a_lease_from_the_arrival_of_an_answer(lines: Lines) -> int:
    """An answer backs the lease a millisecond longer than the time of its question allows."""
    place, line = steps(lines, "HandleHeartbeatAck")[3]
    backing = {member: left + MILLISECOND for member, left in line.state.backing.items()}
    lines[place] = changed(line, backing=backing)
    return place


def a_promise_cut_short(lines: Lines) -> int:
    """A follower owes its leader only half of what it promised."""
    place, line = steps(lines, "HandleHeartbeat")[2]
    promise = line.state.promise
    assert promise is not None
    lines[place] = changed(line, promise=replace(promise, left=promise.left // 2))
    return place


def two_lines_swapped(lines: Lines) -> int:
    """A leader sends its first heartbeat before it is elected."""
    place, _ = steps(lines, "BecomeLeader")[0]
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    return place


EDITS: tuple[Callable[[Lines], int], ...] = (
    a_changed_term,
    a_changed_role,
    a_vote_that_was_not_sent,
    a_vote_that_was_not_handled,
    a_vote_counted_twice,
    a_grant_that_should_have_been_refused,
    acting_after_the_lease,
    a_lease_from_the_arrival_of_an_answer,
    a_promise_cut_short,
    two_lines_swapped,
)


def test_a_run_with_every_fault_is_a_behaviour_of_the_spec() -> None:
    """Partition, loss, duplication, crash, restart, resignation and hand-over, all by one clock."""
    lines = list(eventful())
    assert {Lost, Repeated, Crashed} <= {type(line) for line in lines}
    taken = {line.action for line in lines if isinstance(line, Stepped)}
    assert {"ExpireLease", "Resign", "HandleResigned", "Restart", "BecomeLeader"} <= taken
    assert check_with_tlc(trace_text(lines)).blame is None


def test_a_run_with_drifting_clocks_is_a_behaviour_of_the_spec() -> None:
    """Promises and leases of each member last as long as they must, by its own clock."""
    plan = with_other(simple_plan(), drifts=(FASTEST, 0, -FASTEST))
    finding = check_with_tlc(trace_text(eventful_run(plan)))
    assert finding.moves > 100
    assert finding.blame is None


def test_a_random_run_with_lost_records_is_a_behaviour_of_the_spec() -> None:
    """Terms build at the wall clock, too high for TLC to count up to: only their order is compared."""
    lines = random_traced_run(SEED, 250)
    taken = {line.action for line in lines if isinstance(line, Stepped)}
    assert {"Renew", "Restart", "UpdateTerm"} <= taken
    finding = check_with_tlc(trace_text(lines))
    assert finding.moves > 100
    assert finding.blame is None


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edited_run_is_rejected(edit: Callable[[Lines], int]) -> None:
    """At the first impossible line, and with the member that took the step."""
    lines = list(eventful())
    place = edit(lines)
    blame = check_with_tlc(trace_text(lines[: place + 5])).blame
    assert blame is not None
    assert blame.source.number == place + 1
    assert re.match("[abc] (takes|cannot take) |.* is not under way", blame.why)


def test_a_wrong_core_is_found_by_its_trace() -> None:
    """A core that counts its lease from the arrival of answers writes a trace that is rejected."""
    name = "lease_counted_from_receipt_of_an_answer"
    [mutant] = [mutant for mutant in MUTANTS if mutant.name == name]
    blame = check_with_tlc(
        trace_text(eventful_run(simple_plan(), partial(traced_core_system, core=load(mutant)))[:60])
    ).blame
    assert blame is not None
    assert "HandleHeartbeatAck" in blame.why


def test_a_run_of_the_whole_stack_is_a_behaviour_of_the_spec() -> None:
    """Every step of every engine, by one clock; the messages travel as bytes."""
    lines = eventful_run(simple_plan(), traced_stack_system)
    taken = {line.action for line in lines if isinstance(line, Stepped)}
    assert {"ExpireLease", "Resign", "HandleResigned", "Restart", "BecomeLeader"} <= taken
    finding = check_with_tlc(trace_text(lines))
    assert finding.moves > 100
    assert finding.blame is None


@pytest.mark.parametrize("build", [traced_core_system, traced_stack_system])
def test_one_seed_is_one_trace(build: TracedSystemFactory) -> None:
    """Byte for byte, if it is run twice."""
    first, second = (trace_text(random_traced_run(SEED, 150, build)) for _ in range(2))
    assert first == second


def test_the_order_of_sets_changes_nothing() -> None:
    """Two processes whose hashes differ write the same traces."""
    ran = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": hash_seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout
        for hash_seed in ("0", "1")
    ]
    assert ran[0] == ran[1]
