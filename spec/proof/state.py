"""The state of the proof: Election.tla's variables, with one clock for all and messages kept for ever.

Knows what there is, not what happens to it. A promise or a lease is the instant at which it ends,
where Election.tla counts the ticks left of it: over means at or before `now`. The messages of each
kind are a relation, a column for each field; those that Election.tla forgets stay here.
"""

from collections.abc import Callable
from dataclasses import dataclass

import z3  # type: ignore[import-untyped]

from spec.proof.language import (
    CANDIDATE,
    LEADER,
    RENEWING,
    Expression,
    Function,
    Instant,
    Member,
    Quorum,
    Relation,
    Role,
    Sort,
    Term,
    Truth,
    all_of,
    any_of,
    for_all,
    for_some,
    implies,
)

MESSAGES: dict[str, dict[str, Sort]] = {
    "vote_request": {
        "sender": Member,
        "recipient": Member,
        "term": Term,
        "sent": Instant,
        "stamp": Term,
        "resigned": Member,
    },
    "vote_granted": {"sender": Member, "recipient": Member, "term": Term, "sent": Instant},
    "heartbeat": {"sender": Member, "recipient": Member, "term": Term, "sent": Instant},
    "heartbeat_ack": {"sender": Member, "recipient": Member, "term": Term, "sent": Instant},
    "refused": {"recipient": Member, "term": Term},
    "resignation": {"sender": Member, "recipient": Member, "term": Term, "successor": Member},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All variables; a message's `sent` is when the question was asked, in an answer as well."""

    now: Expression
    role: Function
    term: Function
    stamp: Function
    leader: Function
    backing: Function  # backing(m, v): until when v's newest answer backs m
    held: Function  # of a renewing leader: the end of the lease it has from its former term
    promised_to: Function
    promised_until: Function
    vote_request: Relation
    vote_granted: Relation
    heartbeat: Relation
    heartbeat_ack: Relation
    refused: Relation
    resignation: Relation
    # Histories, read by no action.
    voted: Relation  # voted(v, t, m): v has voted in term t for m
    won: Relation  # won(t, m): m has become leader of term t
    rival: Function  # rival(m): the highest term that anybody but m has won
    pledged: Function  # pledged(v, m, t): until when an answer of v in term t backs m at most
    retired: Function  # retired(m): the highest term that m has resigned from
    held_by: Function  # held_by(m): the quorum whose answers gave m the lease it holds


def _function(name: str, *sorts: Sort) -> Function:
    return Function(z3.Function(name, *sorts))


def _relation(name: str, *sorts: Sort) -> Relation:
    return Relation(z3.Function(name, *sorts, Truth))


def _messages(kind: str) -> Relation:
    return _relation(kind, *MESSAGES[kind].values())


BEFORE = State(
    now=z3.Const("now", Instant),
    role=_function("role", Member, Role),
    term=_function("term", Member, Term),
    stamp=_function("stamp", Member, Term),
    leader=_function("leader", Member, Member),
    backing=_function("backing", Member, Member, Instant),
    held=_function("held", Member, Instant),
    promised_to=_function("promised_to", Member, Member),
    promised_until=_function("promised_until", Member, Instant),
    vote_request=_messages("vote_request"),
    vote_granted=_messages("vote_granted"),
    heartbeat=_messages("heartbeat"),
    heartbeat_ack=_messages("heartbeat_ack"),
    refused=_messages("refused"),
    resignation=_messages("resignation"),
    voted=_relation("voted", Member, Term, Member),
    won=_relation("won", Term, Member),
    rival=_function("rival", Member, Term),
    pledged=_function("pledged", Member, Member, Term, Instant),
    retired=_function("retired", Member, Term),
    held_by=_function("held_by", Member, Quorum),
)

# Constants: what is given and does not change.
is_quorum: Expression = z3.Function("is_quorum", Quorum, Truth)
in_quorum: Expression = z3.Function("in_quorum", Member, Quorum, Truth)
promise_length: Expression = z3.Function("promise_length", Member, Instant)
lease_length: Expression = z3.Function("lease_length", Member, Instant)
in_terms: Expression = z3.Function("in_terms", Term, Truth)
recorded: Expression = z3.Function("recorded", Member, Truth)
may_crash: Expression = z3.Function("may_crash", Member, Truth)
may_resign: Expression = z3.Function("may_resign", Member, Truth)
renew_in_place: Expression = z3.Const("renew_in_place", Truth)
trust_disconnect: Expression = z3.Const("trust_disconnect", Truth)


def is_promised_to_another(s: State, m: Expression, to: Expression) -> Expression:
    """Whether m owes a promise to somebody else; to nobody is to somebody else."""
    return all_of(s.promised_until(m) > s.now, s.promised_to(m) != to)


def asks(s: State, m: Expression) -> Expression:
    """Whether m is waiting for votes."""
    return any_of(s.role(m) == CANDIDATE, s.role(m) == RENEWING)


def leads(s: State, m: Expression) -> Expression:
    """Whether m has a token and might act."""
    return any_of(s.role(m) == LEADER, s.role(m) == RENEWING)


def exists_in(q: Expression, claim: Callable[[Expression], Expression]) -> Expression:
    """Whether the claim is true of a member of the quorum."""
    return for_some([Member], lambda u: all_of(in_quorum(u, q), claim(u)))


def backs(s: State, q: Expression, m: Expression) -> Expression:
    """Whether the answers of all of q still back m."""
    return for_all([Member], lambda v: implies(in_quorum(v, q), s.backing(m, v) > s.now))


def acts(s: State, m: Expression) -> Expression:
    """Whether m may act as leader now."""
    by_its_term = all_of(
        s.role(m) == LEADER, for_some([Quorum], lambda q: all_of(is_quorum(q), backs(s, q, m)))
    )
    return any_of(by_its_term, all_of(s.role(m) == RENEWING, s.held(m) > s.now))


def is_at_most_the_lease(s: State, m: Expression, q: Expression, end: Expression) -> Expression:
    """Whether the quorum backs m until `end` at least."""
    return for_all([Member], lambda v: implies(in_quorum(v, q), s.backing(m, v) >= end))


def is_at_least_the_lease(s: State, m: Expression, end: Expression) -> Expression:
    """Whether no quorum backs m beyond `end`."""

    def is_over(v: Expression) -> Expression:
        return s.backing(m, v) <= end

    return for_all([Quorum], lambda q: implies(is_quorum(q), exists_in(q, is_over)))


def is_overtaken(s: State, m: Expression, t: Expression) -> Expression:
    """Whether somebody but m has won term t or a higher one."""
    return t <= s.rival(m)
