"""What happens around the members: connections break, processes end and start again, time passes.

Names, guards, their order and their reasons are those of Election.tla.
"""

from dataclasses import replace

from spec.proof.action import IS_A_MEMBER, GuardedStep, action
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
    SymbolicState,
    in_terms,
    may_crash,
    promise_length,
    recorded,
    trust_disconnect,
)


@action("PeerDown", m=Member, p=Member)
def peer_down(s: SymbolicState, m: Expression, p: Expression) -> GuardedStep:
    """The connection to p broke, which is trusted to mean that its process has ended."""
    after = s.releasing(m, p)
    return GuardedStep(
        needs={
            "the detector is accurate": s.role(p) == DOWN,
            IS_A_MEMBER: p != NOBODY,
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


def _crashed(s: SymbolicState, m: Expression) -> SymbolicState:
    return replace(s.following(m, NOBODY), role=s.role.put(m, to=DOWN))


@action("Crash", "recorded", m=Member)
def crash(s: SymbolicState, m: Expression) -> GuardedStep:
    """The record survives, and nothing else."""
    return GuardedStep(
        needs={"has a record": recorded(m)},
        narrows={"may crash": may_crash(m), "is up": s.is_up(m)},
        after=_crashed(s, m).promising(m, NOBODY, s.now),
    )


@action("Crash", "without a record", m=Member, clock=Term)
def crash_without_a_record(s: SymbolicState, m: Expression, clock: Expression) -> GuardedStep:
    """Nothing survives; the wall clock is not below any term."""
    return GuardedStep(
        needs={"the clock has not gone back": s.term(m) <= clock},
        narrows={
            "has no record": negated(recorded(m)),
            "may crash": may_crash(m),
            "is up": s.is_up(m),
            "the clock is above all": for_all([Member], lambda v: s.term(v) <= clock),
            "it is no higher": for_some([Member], lambda v: s.term(v) == clock),
        },
        after=replace(
            _crashed(s, m).promising(m, NOBODY, s.now + promise_length(m)),
            term=s.term.put(m, to=clock),
            stamp=s.stamp.put(m, to=0),
        ),
    )


@action("Restart", "recorded", m=Member)
def restart(s: SymbolicState, m: Expression) -> GuardedStep:
    """For the length of a promise it votes for no member: its last process may have promised."""
    return GuardedStep(
        needs={IS_A_MEMBER: m != NOBODY},
        narrows={"is down": s.role(m) == DOWN, "has a record": recorded(m)},
        after=replace(
            s.promising(m, NOBODY, s.now + promise_length(m)), role=s.role.put(m, to=FOLLOWER)
        ),
    )


@action("Restart", "without a record", m=Member, clock=Term)
def restart_without_a_record(s: SymbolicState, m: Expression, clock: Expression) -> GuardedStep:
    """After a silent wait, with a term from the wall clock."""
    return GuardedStep(
        needs={
            IS_A_MEMBER: m != NOBODY,
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
def tick(s: SymbolicState, later: Expression) -> GuardedStep:
    """Time passes for all members alike: drift is in the two lengths."""
    return GuardedStep(needs={"time goes forward": later > s.now}, after=replace(s, now=later))


WORLD = (
    peer_down,
    crash,
    crash_without_a_record,
    restart,
    restart_without_a_record,
    tick,
)
