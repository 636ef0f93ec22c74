"""The actions by which a member becomes a leader.

Knows Election.tla, from which the names, the order of the guards and their reasons are. Pre-votes
are not here: they bind nobody, so whoever may ask for them may campaign, which is PreVote = FALSE.
"""

from dataclasses import replace

from spec.proof.action import Message, Step, action
from spec.proof.language import (
    CANDIDATE,
    DOWN,
    EVERYONE_ELSE,
    FOLLOWER,
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
    State,
    asks,
    backs,
    in_terms,
    is_promised_to_another,
    is_quorum,
    leads,
    lease_length,
    promise_length,
)


def follow(s: State, m: Expression, leader: Expression) -> State:
    """The state in which nothing remains of m's role but that it follows the leader."""
    return replace(
        s,
        role=s.role.put(m, to=FOLLOWER),
        leader=s.leader.put(m, to=leader),
        backing=s.backing.put(m, to=s.now),
        held=s.held.put(m, to=s.now),
    )


def promise(s: State, v: Expression, to: Expression, until: Expression) -> State:
    """The state in which v owes this promise and no other."""
    return replace(
        s,
        promised_to=s.promised_to.put(v, to=to),
        promised_until=s.promised_until.put(v, to=until),
    )


def without_promise(s: State, v: Expression, to: Expression) -> State:
    """The state in which v owes no promise to `to`."""
    released = s.promised_to(v) == to
    return promise(
        s,
        v,
        either(released, NOBODY, s.promised_to(v)),
        either(released, s.now, s.promised_until(v)),
    )


def pledge(s: State, v: Expression, to: Expression, term: Expression, sent: Expression) -> State:
    """The state in which v promises, and answers what `to` sent then in the term."""
    promised = promise(s, v, to, s.now + promise_length(v))
    lease = highest(s.pledged(v, to, term), sent + lease_length(v))
    return replace(promised, pledged=s.pledged.put(v, to, term, to=lease))


def stand_for(
    s: State, m: Expression, term: Expression, role: Expression, resigned: Expression
) -> State:
    """The state in which m asks for votes in the term, resting on a resignation or on nobody's."""
    pledged = pledge(s, m, m, term, s.now)
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
def start_pre_vote(s: State, m: Expression) -> Step:
    """The deadline has passed."""
    after = without_promise(s, m, m)
    return Step(
        needs={
            "is up": s.role(m) != DOWN,
            "has promised nobody else": negated(is_promised_to_another(s, m, m)),
        },
        narrows={"does not lead": negated(leads(s, m)), "there is a term": in_terms(s.term(m) + 1)},
        after=replace(
            after,
            role=s.role.put(m, to=PRECANDIDATE),
            leader=s.leader.put(m, to=NOBODY),
            backing=s.backing.put(m, to=s.now),
        ),
    )


@action("Campaign", m=Member)
def campaign(s: State, m: Expression) -> Step:
    """Stand for the next term."""
    stood = stand_for(s, m, s.term(m) + 1, CANDIDATE, NOBODY)
    return Step(
        needs={"is a pre-candidate": s.role(m) == PRECANDIDATE},
        narrows={"there is a term": in_terms(s.term(m) + 1)},
        after=replace(stood, held=s.held.put(m, to=s.now)),
    )


def _is_released_for(s: State, r: Message) -> Expression:
    """The asker shows that whom the promise is to has resigned."""
    return all_of(r.resigned != NOBODY, s.promised_to(r.recipient) == r.resigned)


@action("HandleVoteRequest", "granted", receives="vote_request")
def grant_vote(s: State, r: Message) -> Step:
    """The term is the vote: it moves to the one asked for."""
    v = r.recipient
    owes_another = is_promised_to_another(s, v, r.sender)
    following = either(s.leader(v) == r.sender, r.sender, NOBODY)
    after = pledge(follow(s, v, following), v, r.sender, r.term, r.sent)
    return Step(
        needs={
            "there is a request": r.is_there,
            "is up": s.role(v) != DOWN,
            "its term is lower": r.term > s.term(v),
            "has promised nobody else": any_of(negated(owes_another), _is_released_for(s, r)),
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
def refuse_vote(s: State, r: Message) -> Step:
    """A refusal tells the term and does not adopt one."""
    v = r.recipient
    grounds = {**grant_vote.step.needs, **grant_vote.step.narrows}
    return Step(
        narrows={
            "there is a request": r.is_there,
            "is up": s.role(v) != DOWN,
            "may not grant": negated(all_of(*grounds.values())),
        },
        after=replace(s, refused=s.refused.adding(r.sender, s.term(v))),
    )


def answered(s: State, r: Message) -> State:
    """The state in which the answer counts, unless a newer one of that voter does."""
    m, v = r.recipient, r.sender
    newest = highest(s.backing(m, v), r.sent + lease_length(v))
    return replace(s, backing=s.backing.put(m, v, to=newest))


@action("HandleVoteGranted", receives="vote_granted")
def count_vote(s: State, r: Message) -> Step:
    """A vote that does not decide: too few so far, or elected already."""
    m = r.recipient
    after = answered(s, r)
    decides = for_some([Quorum], lambda q: all_of(is_quorum(q), backs(after, q, m)))
    return Step(
        needs={"there is a vote": r.is_there, "is of its term": r.term == s.term(m)},
        narrows={
            "waits or leads": any_of(asks(s, m), s.role(m) == LEADER),
            "does not decide": implies(asks(s, m), negated(decides)),
        },
        after=after,
    )


def _elected(s: State, counted: State, m: Expression, q: Expression) -> Step:
    return Step(
        needs={
            "waits for votes": asks(s, m),
            "they are a quorum": is_quorum(q),
            "their votes still back it": backs(counted, q, m),
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
def become_leader_by_a_vote(s: State, r: Message, q: Expression) -> Step:
    """The last vote of a quorum, all of whose promises still stand."""
    step = _elected(s, answered(s, r), r.recipient, q)
    counts = {"there is a vote": r.is_there, "is of its term": r.term == s.term(r.recipient)}
    return replace(step, needs={**counts, **step.needs})


@action("BecomeLeader", "by its own vote", m=Member, q=Quorum)
def become_leader_alone(s: State, m: Expression, q: Expression) -> Step:
    """Nobody else to ask."""
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
