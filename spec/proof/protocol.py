"""The protocol as a whole: all actions, the initial states, and the axioms.

Knows what a run consists of, and no claim about runs.
"""

from spec.proof.action import ActionCase
from spec.proof.electing import ELECTING
from spec.proof.language import (
    DOWN,
    FOLLOWER,
    NOBODY,
    Expression,
    Member,
    Quorum,
    Term,
    all_of,
    any_of,
    for_all,
    implies,
    negated,
)
from spec.proof.leading import LEADING
from spec.proof.state import (
    BEFORE,
    MESSAGES,
    SymbolicState,
    exists_in,
    in_quorum,
    is_quorum,
    lease_length,
    promise_length,
)
from spec.proof.world import WORLD

ACTIONS: tuple[ActionCase, ...] = (*ELECTING, *LEADING, *WORLD)

# The assumptions A1, A2 and A4 are guards: of Crash, of Restart, of PeerDown.
AXIOMS: dict[str, Expression] = {
    "two quorums share a member": for_all(
        [Quorum, Quorum],
        lambda p, q: implies(
            all_of(is_quorum(p), is_quorum(q)), exists_in(p, lambda u: in_quorum(u, q))
        ),
    ),
    "a lease is no longer than its promise (A3)": for_all(
        [Member], lambda v: lease_length(v) <= promise_length(v)
    ),
}


def initial(s: SymbolicState = BEFORE) -> Expression:
    """Init: every member follows nobody in term 0, and nothing has happened."""
    return all_of(
        s.role(NOBODY) == DOWN,
        for_all([Member], lambda m: _at_rest(s, m)),
        for_all([Member, Member], lambda m, v: s.backing(m, v) <= s.now),
        for_all([Member, Member, Term], lambda v, m, t: s.pledged(v, m, t) <= s.now),
        for_all([Member, Term, Member], lambda v, t, m: negated(s.voted(v, t, m))),
        for_all([Term, Member], lambda t, m: negated(s.won(t, m))),
        *(_is_empty(s, kind) for kind in MESSAGES),
    )


def _at_rest(s: SymbolicState, m: Expression) -> Expression:
    return all_of(
        any_of(m == NOBODY, s.role(m) == FOLLOWER),
        *(value(m) == 0 for value in (s.term, s.stamp, s.rival, s.retired)),
        *(value(m) == NOBODY for value in (s.leader, s.promised_to)),
        *(value(m) <= s.now for value in (s.held, s.promised_until)),
    )


def _is_empty(s: SymbolicState, kind: str) -> Expression:
    is_there = getattr(s, kind)
    return for_all(list(MESSAGES[kind].values()), lambda *fields: negated(is_there(*fields)))
