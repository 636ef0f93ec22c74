"""The actions by which a member becomes a leader.

Names, guards, their order and their reasons are those of Election.tla. There are no pre-votes here: they
bind no member, so a member that may ask for them may campaign at once, as with PreVote = FALSE.
"""

from dataclasses import replace

from spec.proof.action import GuardedStep, ReceivedMessage, action
from spec.proof.language import (
    CANDIDATE,
    EVERYONE_ELSE,
    LEADER,
    NOBODY,
    PRECANDIDATE,
    Expression,
    Member,
    Quorum,
    all_of,
    any_of,
    either,
    for_some,
    highest,
    implies,
    negated,
)
from spec.proof.state import (
    SymbolicState,
    in_terms,
    is_quorum,
    lease_length,
)


def stand_for(
    s: SymbolicState, m: Expression, term: Expression, role: Expression, resigned: Expression
) -> SymbolicState:
    """The state in which m asks for votes in the term; `resigned` is a leader that resigned, or nobody."""
    pledged = s.pledging(m, m, term, s.now)
    return replace(
        pledged,
        role=s.role.put(m, to=role),
        term=s.term.put(m, to=term),
        leader=s.leader.put(m, to=NOBODY),
        backing=s.backing.put(m, to=s.now).put(m, m, to=s.now + lease_length(m)),
        vote_request=s.vote_request.adding(m, EVERYONE_ELSE, term, s.now, s.stamp(m), resigned),
        voted=s.voted.adding(m, term, m),
    )


@action("StartPreVote", m=Member)
def start_pre_vote(s: SymbolicState, m: Expression) -> GuardedStep:
    """The deadline has passed."""
    after = s.releasing(m, m)
    return GuardedStep(
        needs={
            "is up": s.is_up(m),
            "has promised no other member": negated(s.is_promised_to_another(m, m)),
        },
        narrows={"does not lead": negated(s.leads(m)), "there is a term": in_terms(s.term(m) + 1)},
        after=replace(
            after,
            role=s.role.put(m, to=PRECANDIDATE),
            leader=s.leader.put(m, to=NOBODY),
            backing=s.backing.put(m, to=s.now),
        ),
    )


@action("Campaign", m=Member)
def campaign(s: SymbolicState, m: Expression) -> GuardedStep:
    """Stand for the next term."""
    stood = stand_for(s, m, s.term(m) + 1, CANDIDATE, NOBODY)
    return GuardedStep(
        needs={"is a pre-candidate": s.role(m) == PRECANDIDATE},
        narrows={"there is a term": in_terms(s.term(m) + 1)},
        after=replace(stood, held=s.held.put(m, to=s.now)),
    )


def _is_released_for(s: SymbolicState, r: ReceivedMessage) -> Expression:
    """Whether the request shows that the member to which the promise is owed has resigned."""
    return all_of(r.resigned != NOBODY, s.promised_to(r.recipient) == r.resigned)


@action("HandleVoteRequest", "granted", receives="vote_request")
def grant_vote(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """The term is the vote: it moves to the one asked for."""
    v = r.recipient
    owes_another = s.is_promised_to_another(v, r.sender)
    following = either(s.leader(v) == r.sender, r.sender, NOBODY)
    after = s.following(v, following).pledging(v, r.sender, r.term, r.sent)
    return GuardedStep(
        needs={
            "there is a request": r.is_there,
            "is up": s.is_up(v),
            "its term is lower": r.term > s.term(v),
            "has promised no other member": any_of(negated(owes_another), _is_released_for(s, r)),
        },
        narrows={"the asker's membership is not older": r.stamp >= s.stamp(v)},
        after=replace(
            after,
            term=s.term.put(v, to=r.term),
            vote_granted=s.vote_granted.adding(v, r.sender, r.term, r.sent),
            voted=s.voted.adding(v, r.term, r.sender),
        ),
    )


@action("HandleVoteRequest", "refused", receives="vote_request")
def refuse_vote(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """A refusal tells the voter's term and does not change it."""
    v = r.recipient
    guards = {**grant_vote.step.needs, **grant_vote.step.narrows}
    return GuardedStep(
        narrows={
            "there is a request": r.is_there,
            "is up": s.is_up(v),
            "may not grant": negated(all_of(*guards.values())),
        },
        after=replace(s, refused=s.refused.adding(r.sender, s.term(v))),
    )


def answered(s: SymbolicState, r: ReceivedMessage) -> SymbolicState:
    """The state in which the answer counts, unless a newer one of the same voter already does."""
    m, v = r.recipient, r.sender
    newest = highest(s.backing(m, v), r.sent + lease_length(v))
    return replace(s, backing=s.backing.put(m, v, to=newest))


@action("HandleVoteGranted", receives="vote_granted")
def count_vote(s: SymbolicState, r: ReceivedMessage) -> GuardedStep:
    """A vote that does not decide: there are too few so far, or m is elected already."""
    m = r.recipient
    after = answered(s, r)
    decides = for_some([Quorum], lambda q: all_of(is_quorum(q), after.backs(q, m)))
    return GuardedStep(
        needs={"there is a vote": r.is_there, "is of its term": r.term == s.term(m)},
        narrows={
            "waits or leads": any_of(s.asks(m), s.role(m) == LEADER),
            "does not decide": implies(s.asks(m), negated(decides)),
        },
        after=after,
    )


def _elected(s: SymbolicState, counted: SymbolicState, m: Expression, q: Expression) -> GuardedStep:
    return GuardedStep(
        needs={
            "waits for votes": s.asks(m),
            "they are a quorum": is_quorum(q),
            "their votes still back it": counted.backs(q, m),
        },
        after=replace(
            counted,
            role=s.role.put(m, to=LEADER),
            stamp=s.stamp.put(m, to=s.term(m)),
            held=s.held.put(m, to=s.now),
            won=s.won.adding(s.term(m), m),
            rival=s.rival.mapped(lambda x, t: either(x == m, t, highest(t, s.term(m)))),
        ),
    )


@action("BecomeLeader", "by a vote", receives="vote_granted", q=Quorum)
def become_leader_by_a_vote(s: SymbolicState, r: ReceivedMessage, q: Expression) -> GuardedStep:
    """The last vote of a quorum, all of whose promises still stand."""
    step = _elected(s, answered(s, r), r.recipient, q)
    counts = {"there is a vote": r.is_there, "is of its term": r.term == s.term(r.recipient)}
    return replace(step, needs={**counts, **step.needs})


@action("BecomeLeader", "by its own vote", m=Member, q=Quorum)
def become_leader_alone(s: SymbolicState, m: Expression, q: Expression) -> GuardedStep:
    """There is no other member to ask."""
    return _elected(s, s, m, q)


ELECTING = (
    start_pre_vote,
    campaign,
    grant_vote,
    refuse_vote,
    count_vote,
    become_leader_by_a_vote,
    become_leader_alone,
)
