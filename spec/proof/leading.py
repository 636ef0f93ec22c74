"""The actions by which a leader stays one, goes on in a higher term, or ceases to be one.

Knows Election.tla, from which the names, the order of the guards and their reasons are.
"""

from dataclasses import replace

from spec.proof.action import IS_SOMEBODY, Message, Step, action
from spec.proof.electing import answered, follow, pledge, promise, stand_for, without_promise
from spec.proof.language import (
    CANDIDATE,
    DOWN,
    EVERYONE_ELSE,
    FOLLOWER,
    LEADER,
    NOBODY,
    RENEWING,
    Expression,
    Member,
    Quorum,
    all_of,
    any_of,
    either,
    implies,
    negated,
)
from spec.proof.state import (
    State,
    acts,
    in_terms,
    is_at_least_the_lease,
    is_at_most_the_lease,
    is_promised_to_another,
    is_quorum,
    leads,
    lease_length,
    may_resign,
    renew_in_place,
)


@action("SendHeartbeat", m=Member)
def send_heartbeat(s: State, m: Expression) -> Step:
    """Renew the promise to oneself, and ask the others."""
    return Step(
        needs={"leads": s.role(m) == LEADER},
        narrows={"acts": acts(s, m)},
        after=replace(
            pledge(s, m, m, s.term(m), s.now),
            backing=s.backing.put(m, m, to=s.now + lease_length(m)),
            heartbeat=s.heartbeat.adding(m, EVERYONE_ELSE, s.term(m), s.now),
        ),
    )


@action("HandleHeartbeat", "accepted", receives="heartbeat")
def accept_heartbeat(s: State, r: Message) -> Step:
    """A promise to another does not matter: that lease is over, or the sender could not lead."""
    v = r.recipient
    return Step(
        needs={
            "there is a heartbeat": r.is_there,
            IS_SOMEBODY: v != NOBODY,
            "its term is not higher": r.term >= s.term(v),
        },
        narrows={"is up": s.role(v) != DOWN},
        after=replace(
            pledge(follow(s, v, r.sender), v, r.sender, r.term, r.sent),
            term=s.term.put(v, to=r.term),
            stamp=s.stamp.put(v, to=r.term),
            heartbeat_ack=s.heartbeat_ack.adding(v, r.sender, r.term, r.sent),
        ),
    )


@action("HandleHeartbeat", "refused", receives="heartbeat")
def refuse_heartbeat(s: State, r: Message) -> Step:
    """A refusal tells the term."""
    v = r.recipient
    return Step(
        narrows={
            "there is a heartbeat": r.is_there,
            "is up": s.role(v) != DOWN,
            "its term is higher": r.term < s.term(v),
        },
        after=replace(s, refused=s.refused.adding(r.sender, s.term(v))),
    )


@action("HandleHeartbeatAck", receives="heartbeat_ack")
def count_ack(s: State, r: Message) -> Step:
    """An answer backs the term it was given to."""
    m = r.recipient
    return Step(
        needs={
            "there is an answer": r.is_there,
            "leads": s.role(m) == LEADER,
            "is of its term": r.term == s.term(m),
        },
        after=answered(s, r),
    )


@action("ExpireLease", m=Member)
def expire_lease(s: State, m: Expression) -> Step:
    """Step down, and wait for nobody's message to do so."""
    return Step(
        needs={"leads": leads(s, m)},
        narrows={"its lease is over": negated(acts(s, m))},
        after=without_promise(follow(s, m, NOBODY), m, m),
    )


@action("UpdateTerm", receives="refused")
def update_term(s: State, r: Message) -> Step:
    """A higher term is about; whoever acts renews instead."""
    m = r.recipient
    return Step(
        needs={"is up": s.role(m) != DOWN, "its term is lower": r.term > s.term(m)},
        narrows={
            "there is a refusal": r.is_there,
            "its lease is over": implies(renew_in_place, negated(acts(s, m))),
        },
        after=replace(
            without_promise(follow(s, m, s.leader(m)), m, m), term=s.term.put(m, to=r.term)
        ),
    )


def _renewed(
    s: State, m: Expression, above: Expression, q: Expression, weakest: Expression
) -> Step:
    """m stands for the term `above` + 1; as a leader it holds what the weakest of q gives."""
    lease = s.backing(m, weakest)
    held = either(s.role(m) == LEADER, lease, s.held(m))
    is_leader = s.role(m) == LEADER
    return Step(
        needs={
            "leads": leads(s, m),
            "they are a quorum": is_quorum(q),
            "its lease has no later end": implies(is_leader, is_at_most_the_lease(s, m, q, lease)),
        },
        narrows={
            "may renew": renew_in_place,
            "acts": acts(s, m),
            "its lease has no earlier end": implies(is_leader, is_at_least_the_lease(s, m, lease)),
            "there is a term": in_terms(above + 1),
        },
        after=replace(
            stand_for(s, m, above + 1, RENEWING, NOBODY),
            held=s.held.put(m, to=held),
            held_by=s.held_by.put(m, to=either(is_leader, q, s.held_by(m))),
        ),
    )


@action("Renew", "above a refusal", receives="refused", q=Quorum, weakest=Member)
def renew(s: State, r: Message, q: Expression, weakest: Expression) -> Step:
    """A higher term is about while m acts: move above it without ceasing to act."""
    step = _renewed(s, r.recipient, r.term, q, weakest)
    return replace(
        step,
        needs={"its term is lower": r.term > s.term(r.recipient), **step.needs},
        narrows={"there is a refusal": r.is_there, **step.narrows},
    )


@action("Renew", "again", m=Member, q=Quorum, weakest=Member)
def renew_again(s: State, m: Expression, q: Expression, weakest: Expression) -> Step:
    """Not elected yet: try the next term while it still may."""
    step = _renewed(s, m, s.term(m), q, weakest)
    return replace(step, narrows={**step.narrows, "renews already": s.role(m) == RENEWING})


@action("Resign", m=Member, successor=Member)
def resign(s: State, m: Expression, successor: Expression) -> Step:
    """Stop first, then say so."""
    return Step(
        needs={"leads": leads(s, m)},
        narrows={"may resign": may_resign(m), "names another": successor != m},
        after=replace(
            promise(follow(s, m, NOBODY), m, NOBODY, s.now),
            resignation=s.resignation.adding(m, EVERYONE_ELSE, s.term(m), successor),
            retired=s.retired.put(m, to=s.term(m)),
        ),
    )


@action("HandleResigned", "stands", receives="resignation")
def succeed(s: State, r: Message) -> Step:
    """The named successor campaigns at once, and shows the resignation."""
    v = r.recipient
    stood = stand_for(s, v, s.term(v) + 1, CANDIDATE, r.sender)
    return Step(
        needs={
            "there is a resignation": r.is_there,
            "follows": s.role(v) == FOLLOWER,
            "is of its term": r.term == s.term(v),
            "has promised nobody else": negated(is_promised_to_another(s, v, r.sender)),
        },
        narrows={"is named": r.successor == v, "there is a term": in_terms(s.term(v) + 1)},
        after=replace(stood, held=s.held.put(v, to=s.now)),
    )


@action("HandleResigned", "released", receives="resignation")
def release(s: State, r: Message) -> Step:
    """A promise of a later term is to a later leadership."""
    v = r.recipient
    is_named = all_of(*succeed.step.needs.values(), r.successor == v)
    owed = all_of(s.promised_to(v) == r.sender, s.promised_until(v) > s.now)
    following = either(s.leader(v) == r.sender, NOBODY, s.leader(v))
    return Step(
        needs={
            "there is a resignation": r.is_there,
            "follows": s.role(v) == FOLLOWER,
            "its term is not higher": r.term >= s.term(v),
        },
        narrows={
            "does not stand": negated(is_named),
            "something changes": any_of(s.leader(v) == r.sender, owed),
        },
        after=without_promise(follow(s, v, following), v, r.sender),
    )


LEADING = (
    send_heartbeat,
    accept_heartbeat,
    refuse_heartbeat,
    count_ack,
    expire_lease,
    update_term,
    renew,
    renew_again,
    resign,
    succeed,
    release,
)
