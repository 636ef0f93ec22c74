"""Recorded runs of the core, and of the whole stack, under TLC: those that happened are accepted, and no line can be changed.

One run in which everything happens is edited in the ways in which a wrong core would have written
it; each edit is found, at the first line that cannot be.
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
"""Its run has lost records, renewals, resignations, and connections that are trusted when they break."""
DIGEST = (
    "from hashlib import sha256\n"
    "from stateful_tests.traced_runs import traced_stack_system, traced_core_system, random_traced_run, trace_text\n"
    "for begin in (traced_core_system, traced_stack_system):\n"
    f"    print(sha256(trace_text(random_traced_run({SEED}, 150, begin)).encode()).hexdigest())"
)

pytestmark = pytest.mark.slow

Lines = list[Line]


@cache
def eventful() -> tuple[Line, ...]:
    """The run that is edited."""
    return tuple(eventful_run(simple_plan()))


def steps(lines: Lines, action: str) -> list[tuple[int, Stepped]]:
    """The places at which an action was taken, and the lines there."""
    return [
        (place, line)
        for place, line in enumerate(lines)
        if isinstance(line, Stepped) and line.action == action
    ]


def changed(line: Stepped, **changes: object) -> Stepped:
    """The line, but for something in the state."""
    return replace(line, state=replace(line.state, **changes))


def a_changed_term(lines: Lines) -> int:
    """A voter moves further than it was asked to."""
    place, line = steps(lines, "HandleVoteRequest")[2]
    lines[place] = changed(line, term=line.state.term + 1)
    return place


def a_changed_role(lines: Lines) -> int:
    """One vote of three makes a leader."""
    place, line = steps(lines, "Campaign")[1]
    lines[place] = changed(line, role="leader")
    return place


def a_vote_never_given(lines: Lines) -> int:
    """What a voter did is left out: nobody sent the vote that elects."""
    given, vote = steps(lines, "HandleVoteRequest")[0]
    won, _ = next(
        (place, line)
        for place, line in steps(lines, "BecomeLeader")
        if line.handled == vote.sent[0]
    )
    del lines[given]
    return won - 1


def a_vote_that_did_not_come(lines: Lines) -> int:
    """A leader is elected by nothing: the vote that decided is not handled."""
    place, line = steps(lines, "BecomeLeader")[0]
    lines[place] = replace(line, handled=None)
    return place


def a_vote_counted_twice(lines: Lines) -> int:
    """It came once, nothing repeated it, and it is handled again."""
    place, line = steps(lines, "HandleVoteGranted")[0]
    lines.insert(place, line)
    return place + 1


def a_grant_that_should_have_been_refused(lines: Lines) -> int:
    """A pre-vote is refused because of a promise, and the recording says that it was granted."""
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


def an_act_after_the_lease(lines: Lines) -> int:
    """Whoever steps down because its lease is over says that it may act nevertheless."""
    place, line = steps(lines, "ExpireLease")[0]
    lines[place] = changed(line, acts=True)
    return place


def a_lease_from_when_the_answer_came(lines: Lines) -> int:
    """An answer backs a millisecond more than it can since the question was asked."""
    place, line = steps(lines, "HandleHeartbeatAck")[3]
    backing = {member: left + MILLISECOND for member, left in line.state.backing.items()}
    lines[place] = changed(line, backing=backing)
    return place


def a_promise_cut_short(lines: Lines) -> int:
    """A follower owes its leader half of what it promised."""
    place, line = steps(lines, "HandleHeartbeat")[2]
    promise = line.state.promise
    assert promise is not None
    lines[place] = changed(line, promise=replace(promise, left=promise.left // 2))
    return place


def two_lines_swapped(lines: Lines) -> int:
    """A leader sends its first heartbeat before it has been elected."""
    place, _ = steps(lines, "BecomeLeader")[0]
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    return place


EDITS: tuple[Callable[[Lines], int], ...] = (
    a_changed_term,
    a_changed_role,
    a_vote_never_given,
    a_vote_that_did_not_come,
    a_vote_counted_twice,
    a_grant_that_should_have_been_refused,
    an_act_after_the_lease,
    a_lease_from_when_the_answer_came,
    a_promise_cut_short,
    two_lines_swapped,
)


def test_a_run_with_every_fault_is_a_behaviour_of_the_spec() -> None:
    """Partition, loss, repetition, crash, restart, resignation and hand-over, all by one clock."""
    lines = list(eventful())
    assert {Lost, Repeated, Crashed} <= {type(line) for line in lines}
    taken = {line.action for line in lines if isinstance(line, Stepped)}
    assert {"ExpireLease", "Resign", "HandleResigned", "Restart", "BecomeLeader"} <= taken
    assert check_with_tlc(trace_text(lines)).blame is None


def test_so_is_one_by_clocks_that_drift() -> None:
    """Each member's promises and leases last as long as they should, by its own clock."""
    plan = with_other(simple_plan(), drifts=(FASTEST, 0, -FASTEST))
    finding = check_with_tlc(trace_text(eventful_run(plan)))
    assert finding.moves > 100
    assert finding.blame is None


def test_so_is_a_random_one_with_lost_records() -> None:
    """Terms begin at wall clocks, which are too large for TLC to count: their order is what matters."""
    lines = random_traced_run(SEED, 250)
    taken = {line.action for line in lines if isinstance(line, Stepped)}
    assert {"Renew", "Restart", "UpdateTerm"} <= taken
    finding = check_with_tlc(trace_text(lines))
    assert finding.moves > 100
    assert finding.blame is None


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edited_run_is_none(edit: Callable[[Lines], int]) -> None:
    """The line to blame is the first that cannot be, and the reason names whoever did it."""
    lines = list(eventful())
    place = edit(lines)
    blame = check_with_tlc(trace_text(lines[: place + 5])).blame
    assert blame is not None
    assert blame.source.number == place + 1
    assert re.match("[abc] (takes|cannot take) |.* is not under way", blame.why)


def test_a_wrong_core_is_found_by_its_trace() -> None:
    """A core that counts leases from when answers come writes no behaviour of the spec."""
    name = "lease_counted_from_receipt_of_an_answer"
    [mutant] = [mutant for mutant in MUTANTS if mutant.name == name]
    blame = check_with_tlc(
        trace_text(eventful_run(simple_plan(), partial(traced_core_system, core=load(mutant)))[:60])
    ).blame
    assert blame is not None
    assert "HandleHeartbeatAck" in blame.why


def test_a_run_of_the_whole_stack_is_a_behaviour_of_the_spec() -> None:
    """Actors on nodes, their messages as bytes: every step of every engine, by one clock."""
    lines = eventful_run(simple_plan(), traced_stack_system)
    taken = {line.action for line in lines if isinstance(line, Stepped)}
    assert {"ExpireLease", "Resign", "HandleResigned", "Restart", "BecomeLeader"} <= taken
    finding = check_with_tlc(trace_text(lines))
    assert finding.moves > 100
    assert finding.blame is None


@pytest.mark.parametrize("begin", [traced_core_system, traced_stack_system])
def test_one_seed_is_one_trace(begin: TracedSystemFactory) -> None:
    """Byte for byte, run twice."""
    first, second = (trace_text(random_traced_run(SEED, 150, begin)) for _ in range(2))
    assert first == second


def test_the_order_of_hashes_changes_nothing() -> None:
    """In two processes that order their sets differently."""
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
