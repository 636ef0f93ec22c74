"""What happens to members: connections break, processes die and start again, time passes.

Knows Election.tla, from which the names, the order of the guards and their reasons are.
"""

from dataclasses import replace

from spec.proof.action import IS_SOMEBODY, Step, action
from spec.proof.electing import follow, promise, without_promise
from spec.proof.language import (
    DOWN,
    FOLLOWER,
    NOBODY,
    Expression,
    Instant,
    Member,
    Term,
    any_of,
    either,
    for_all,
    for_some,
    negated,
)
from spec.proof.state import (
    State,
    in_terms,
    may_crash,
    promise_length,
    recorded,
    trust_disconnect,
)


@action("PeerDown", m=Member, p=Member)
def peer_down(s: State, m: Expression, p: Expression) -> Step:
    """The connection to p broke, which is trusted to mean that its process is dead."""
    after = without_promise(s, m, p)
    return Step(
        needs={
            "the detector is accurate": s.role(p) == DOWN,
            IS_SOMEBODY: p != NOBODY,
        },
        narrows={
            "a broken connection is trusted": trust_disconnect,
            "is another": p != m,
            "something changes": any_of(s.promised_to(m) == p, s.leader(m) == p),
        },
        after=replace(
            after, leader=s.leader.put(m, to=either(s.leader(m) == p, NOBODY, s.leader(m)))
        ),
    )


def _crashed(s: State, m: Expression) -> State:
    return replace(follow(s, m, NOBODY), role=s.role.put(m, to=DOWN))


@action("Crash", "recorded", m=Member)
def crash(s: State, m: Expression) -> Step:
    """What is on the record survives, and nothing else."""
    return Step(
        needs={"has a record": recorded(m)},
        narrows={"may crash": may_crash(m), "is up": s.role(m) != DOWN},
        after=promise(_crashed(s, m), m, NOBODY, s.now),
    )


@action("Crash", "without a record", m=Member, clock=Term)
def crash_without_a_record(s: State, m: Expression, clock: Expression) -> Step:
    """Nothing survives; the wall clock is above all terms that there are."""
    return Step(
        needs={"the clock has not gone back": s.term(m) <= clock},
        narrows={
            "has no record": negated(recorded(m)),
            "may crash": may_crash(m),
            "is up": s.role(m) != DOWN,
            "the clock is above all": for_all([Member], lambda v: s.term(v) <= clock),
            "it is no higher": for_some([Member], lambda v: s.term(v) == clock),
        },
        after=replace(
            promise(_crashed(s, m), m, NOBODY, s.now + promise_length(m)),
            term=s.term.put(m, to=clock),
            stamp=s.stamp.put(m, to=0),
        ),
    )


@action("Restart", "recorded", m=Member)
def restart(s: State, m: Expression) -> Step:
    """For one promise it votes for nobody: the promise of its former life."""
    return Step(
        needs={IS_SOMEBODY: m != NOBODY},
        narrows={"is down": s.role(m) == DOWN, "has a record": recorded(m)},
        after=replace(
            promise(s, m, NOBODY, s.now + promise_length(m)), role=s.role.put(m, to=FOLLOWER)
        ),
    )


@action("Restart", "without a record", m=Member, clock=Term)
def restart_without_a_record(s: State, m: Expression, clock: Expression) -> Step:
    """After a silent wait, in a term from the wall clock."""
    return Step(
        needs={
            IS_SOMEBODY: m != NOBODY,
            "has no record": negated(recorded(m)),
            "the clock has moved on": clock > s.term(m),
        },
        narrows={
            "is down": s.role(m) == DOWN,
            "its silent wait is over": s.promised_until(m) <= s.now,
            "there is a term": in_terms(clock),
        },
        after=replace(s, role=s.role.put(m, to=FOLLOWER), term=s.term.put(m, to=clock)),
    )


@action("Tick", later=Instant)
def tick(s: State, later: Expression) -> Step:
    """Time passes, the same for all: drift is in the lengths."""
    return Step(needs={"time goes forward": later > s.now}, after=replace(s, now=later))


WORLD = (
    peer_down,
    crash,
    crash_without_a_record,
    restart,
    restart_without_a_record,
    tick,
)
