"""The actions by which a leader stays one, goes on in a higher term, or ceases to be one.

Names, guards, their order and their reasons are those of Election.tla.
"""

from dataclasses import replace

from spec.proof.action import IS_A_MEMBER, GuardedStep, ReceivedMessage, action
from spec.proof.electing import answered, stand_for
from spec.proof.language import (
    CANDIDATE,
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
    for_all,
    implies,
    negated,
)
from spec.proof.state import (
    SymbolicState,
    exists_in,
    in_quorum,
    in_terms,
    is_quorum,
    lease_length,
    may_resign,
    renew_in_place,
)


@action("SendHeartbeat", m=Member)
def send_heartbeat(s: SymbolicState, m: Expression) -> GuardedStep:
    """Renew the promise to itself, and ask the others."""
    return GuardedStep(
        needs={"leads": s.role(m) == LEADER},
        narrows={"acts": s.acts(m)},
        after=replace(
            s.pledging(m, m, s.term(m), s.now),
            backing=s.backing.put(m, m, to=s.now + lease_length(m)),
            heartbeat=s.heartbeat.adding(m, EVERYONE_ELSE, s.term(m), s.now),
        ),
    )


@action("HandleHeartbeat", "accepted", receives="heartbeat")
def accept_heartbeat(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """A promise to another does not matter: its lease is over, or the sender could not lead."""
    v = r.recipient
    return GuardedStep(
        needs={
            "there is a heartbeat": r.is_there,
            IS_A_MEMBER: v != NOBODY,
            "its term is not higher": r.term >= s.term(v),
        },
        narrows={"is up": s.is_up(v)},
        after=replace(
            s.following(v, r.sender).pledging(v, r.sender, r.term, r.sent),
            term=s.term.put(v, to=r.term),
            stamp=s.stamp.put(v, to=r.term),
            heartbeat_ack=s.heartbeat_ack.adding(v, r.sender, r.term, r.sent),
        ),
    )


@action("HandleHeartbeat", "refused", receives="heartbeat")
def refuse_heartbeat(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """A refusal tells the member's term."""
    v = r.recipient
    return GuardedStep(
        narrows={
            "there is a heartbeat": r.is_there,
            "is up": s.is_up(v),
            "its term is higher": r.term < s.term(v),
        },
        after=replace(s, refused=s.refused.adding(r.sender, s.term(v))),
    )


@action("HandleHeartbeatAck", receives="heartbeat_ack")
def count_ack(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """An answer backs the term it was given to."""
    m = r.recipient
    return GuardedStep(
        needs={
            "there is an answer": r.is_there,
            "leads": s.role(m) == LEADER,
            "is of its term": r.term == s.term(m),
        },
        after=answered(s, r),
    )


@action("ExpireLease", m=Member)
def expire_lease(s: SymbolicState, m: Expression) -> GuardedStep:
    """Step down at once, without waiting for any message."""
    return GuardedStep(
        needs={"leads": s.leads(m)},
        narrows={"its lease is over": negated(s.acts(m))},
        after=s.following(m, NOBODY).releasing(m, m),
    )


@action("UpdateTerm", receives="refused")
def update_term(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """There is a higher term; a member that acts renews instead."""
    m = r.recipient
    return GuardedStep(
        needs={"is up": s.is_up(m), "its term is lower": r.term > s.term(m)},
        narrows={
            "there is a refusal": r.is_there,
            "its lease is over": implies(renew_in_place, negated(s.acts(m))),
        },
        after=replace(s.following(m, s.leader(m)).releasing(m, m), term=s.term.put(m, to=r.term)),
    )


def _is_at_most_the_lease(
    s: SymbolicState, m: Expression, q: Expression, end: Expression
) -> Expression:
    """Whether the quorum backs m until `end` at least."""
    return for_all([Member], lambda v: implies(in_quorum(v, q), s.backing(m, v) >= end))


def _is_at_least_the_lease(s: SymbolicState, m: Expression, end: Expression) -> Expression:
    """Whether no quorum backs m beyond `end`."""
    return for_all(
        [Quorum],
        lambda q: implies(is_quorum(q), exists_in(q, lambda v: s.backing(m, v) <= end)),
    )


def _renewed(
    s: SymbolicState, m: Expression, above: Expression, q: Expression, weakest: Expression
) -> GuardedStep:
    """m stands for the term `above` + 1; a leader holds the lease that the weakest of q gives it."""
    lease = s.backing(m, weakest)
    held = either(s.role(m) == LEADER, lease, s.held(m))
    is_leader = s.role(m) == LEADER
    return GuardedStep(
        needs={
            "leads": s.leads(m),
            "they are a quorum": is_quorum(q),
            "its lease has no later end": implies(is_leader, _is_at_most_the_lease(s, m, q, lease)),
        },
        narrows={
            "may renew": renew_in_place,
            "acts": s.acts(m),
            "its lease has no earlier end": implies(is_leader, _is_at_least_the_lease(s, m, lease)),
            "there is a term": in_terms(above + 1),
        },
        after=replace(
            stand_for(s, m, above + 1, RENEWING, NOBODY),
            held=s.held.put(m, to=held),
            held_by=s.held_by.put(m, to=either(is_leader, q, s.held_by(m))),
        ),
    )


@action("Renew", "above a refusal", receives="refused", q=Quorum, weakest=Member)
def renew(s: SymbolicState, r: ReceivedMessage, q: Expression, weakest: Expression) -> GuardedStep:
    """There is a higher term while m acts: move above it without ceasing to act."""
    step = _renewed(s, r.recipient, r.term, q, weakest)
    return replace(
        step,
        needs={"its term is lower": r.term > s.term(r.recipient), **step.needs},
        narrows={"there is a refusal": r.is_there, **step.narrows},
    )


@action("Renew", "again", m=Member, q=Quorum, weakest=Member)
def renew_again(s: SymbolicState, m: Expression, q: Expression, weakest: Expression) -> GuardedStep:
    """It is not elected yet: try the next term while it still acts."""
    step = _renewed(s, m, s.term(m), q, weakest)
    return replace(step, narrows={**step.narrows, "renews already": s.role(m) == RENEWING})


@action("Resign", m=Member, successor=Member)
def resign(s: SymbolicState, m: Expression, successor: Expression) -> GuardedStep:
    """Stop acting first, then tell the others."""
    return GuardedStep(
        needs={"leads": s.leads(m)},
        narrows={"may resign": may_resign(m), "names another": successor != m},
        after=replace(
            s.following(m, NOBODY).promising(m, NOBODY, s.now),
            resignation=s.resignation.adding(m, EVERYONE_ELSE, s.term(m), successor),
            retired=s.retired.put(m, to=s.term(m)),
        ),
    )


@action("HandleResigned", "stands", receives="resignation")
def succeed(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """The named successor campaigns at once, and shows the resignation."""
    v = r.recipient
    stood = stand_for(s, v, s.term(v) + 1, CANDIDATE, r.sender)
    return GuardedStep(
        needs={
            "there is a resignation": r.is_there,
            "follows": s.role(v) == FOLLOWER,
            "is of its term": r.term == s.term(v),
            "has promised no other member": negated(s.is_promised_to_another(v, r.sender)),
        },
        narrows={"is named": r.successor == v, "there is a term": in_terms(s.term(v) + 1)},
        after=replace(stood, held=s.held.put(v, to=s.now)),
    )


@action("HandleResigned", "released", receives="resignation")
def release(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """A promise of a later term is owed to a later leadership."""
    v = r.recipient
    is_named = all_of(*succeed.step.needs.values(), r.successor == v)
    owed = all_of(s.promised_to(v) == r.sender, s.promised_until(v) > s.now)
    following = either(s.leader(v) == r.sender, NOBODY, s.leader(v))
    return GuardedStep(
        needs={
            "there is a resignation": r.is_there,
            "follows": s.role(v) == FOLLOWER,
            "its term is not higher": r.term >= s.term(v),
        },
        narrows={
            "does not stand": negated(is_named),
            "something changes": any_of(s.leader(v) == r.sender, owed),
        },
        after=s.following(v, following).releasing(v, r.sender),
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
