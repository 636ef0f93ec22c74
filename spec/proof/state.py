"""The state of the proof: Election.tla's variables, with one clock for all and messages kept for ever.

Knows the variables, not the actions. A promise or a lease is the instant at which it ends, while
Election.tla counts the ticks left of it: it is over if that instant is not after `now`. The messages of
each kind are a relation with a column for each field; messages that Election.tla forgets stay here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import z3  # type: ignore[import-untyped]

from spec.proof.language import (
    CANDIDATE,
    DOWN,
    FOLLOWER,
    LEADER,
    NOBODY,
    RENEWING,
    Expression,
    Instant,
    Member,
    Quorum,
    Relation,
    Role,
    Sort,
    StateFunction,
    Term,
    Truth,
    all_of,
    any_of,
    either,
    for_all,
    for_some,
    highest,
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


# Constants: given, and the same in every state.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolicState:
    """All variables; `sent` of an answer is the instant at which its question was sent."""

    now: Expression
    role: StateFunction
    term: StateFunction
    stamp: StateFunction
    leader: StateFunction
    backing: StateFunction  # backing(m, v): until when v's newest answer backs m
    held: StateFunction  # of a renewing leader: the end of the lease it has from its former term
    promised_to: StateFunction
    promised_until: StateFunction
    vote_request: Relation
    vote_granted: Relation
    heartbeat: Relation
    heartbeat_ack: Relation
    refused: Relation
    resignation: Relation
    # Histories: no action reads them.
    voted: Relation  # voted(v, t, m): v has voted in term t for m
    won: Relation  # won(t, m): m has become leader of term t
    rival: StateFunction  # rival(m): the highest term that any member but m has won
    pledged: StateFunction  # pledged(v, m, t): until when an answer of v in term t backs m at most
    retired: StateFunction  # retired(m): the highest term that m has resigned from
    held_by: StateFunction  # held_by(m): the quorum whose answers gave m the lease it holds

    def is_promised_to_another(self, m: Expression, to: Expression) -> Expression:
        """Whether m owes a promise to another member than `to`, or to nobody."""
        return all_of(self.promised_until(m) > self.now, self.promised_to(m) != to)

    def is_up(self, m: Expression) -> Expression:
        """Whether the process of m runs."""
        return self.role(m) != DOWN

    def asks(self, m: Expression) -> Expression:
        """Whether m is waiting for votes."""
        return any_of(self.role(m) == CANDIDATE, self.role(m) == RENEWING)

    def leads(self, m: Expression) -> Expression:
        """Whether m has a token and might act."""
        return any_of(self.role(m) == LEADER, self.role(m) == RENEWING)

    def backs(self, q: Expression, m: Expression) -> Expression:
        """Whether the answers of all of q still back m."""
        return for_all([Member], lambda v: implies(in_quorum(v, q), self.backing(m, v) > self.now))

    def acts(self, m: Expression) -> Expression:
        """Whether m may act as leader now."""
        is_backed = for_some([Quorum], lambda q: all_of(is_quorum(q), self.backs(q, m)))
        return any_of(
            all_of(self.role(m) == LEADER, is_backed),
            all_of(self.role(m) == RENEWING, self.held(m) > self.now),
        )

    def is_overtaken(self, m: Expression, t: Expression) -> Expression:
        """Whether another member than m has won term t or a higher one."""
        return t <= self.rival(m)

    def following(self, m: Expression, leader: Expression) -> "SymbolicState":
        """The state in which nothing remains of m's role but that it follows the leader."""
        return replace(
            self,
            role=self.role.put(m, to=FOLLOWER),
            leader=self.leader.put(m, to=leader),
            backing=self.backing.put(m, to=self.now),
            held=self.held.put(m, to=self.now),
        )

    def promising(self, v: Expression, to: Expression, until: Expression) -> "SymbolicState":
        """The state in which v owes this promise and no other."""
        return replace(
            self,
            promised_to=self.promised_to.put(v, to=to),
            promised_until=self.promised_until.put(v, to=until),
        )

    def releasing(self, v: Expression, to: Expression) -> "SymbolicState":
        """The state in which v owes no promise to `to`."""
        released = self.promised_to(v) == to
        return self.promising(
            v,
            either(released, NOBODY, self.promised_to(v)),
            either(released, self.now, self.promised_until(v)),
        )

    def pledging(
        self, v: Expression, to: Expression, term: Expression, sent: Expression
    ) -> "SymbolicState":
        """The state in which v promises, and answers what `to` sent at `sent` in the term."""
        promised = self.promising(v, to, self.now + promise_length(v))
        lease = highest(self.pledged(v, to, term), sent + lease_length(v))
        return replace(promised, pledged=self.pledged.put(v, to, term, to=lease))


def exists_in(q: Expression, claim: Callable[[Expression], Expression]) -> Expression:
    """Whether the claim is true of a member of the quorum."""
    return for_some([Member], lambda u: all_of(in_quorum(u, q), claim(u)))


def _function(name: str, *sorts: Sort) -> StateFunction:
    return StateFunction(z3.Function(name, *sorts))


def _relation(name: str, *sorts: Sort) -> Relation:
    return Relation(z3.Function(name, *sorts, Truth))


def _messages(kind: str) -> Relation:
    return _relation(kind, *MESSAGES[kind].values())


BEFORE = SymbolicState(
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
