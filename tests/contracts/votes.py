"""Contracts on single steps of a follower among three members, in which every number varies.

Everything else is fixed: ``A`` takes the steps, and clocks do not drift.
"""

from leader.protocol.actions import ActionResult, NoAction
from leader.protocol.departures import handle_resigned
from leader.protocol.durable import Durable
from leader.protocol.leading import handle_heartbeat
from leader.protocol.membership import Membership, MembershipId, founding
from leader.protocol.messages import (
    Heartbeat,
    PreVoteRequest,
    Resignation,
    Resigned,
    VoteGranted,
    VoteRefused,
    VoteRequest,
)
from leader.protocol.pre_voting import handle_pre_vote_request
from leader.protocol.promises import promise_to
from leader.protocol.refusals import handle_refusal
from leader.protocol.start import restart
from leader.protocol.state import (
    UNPACED,
    Follower,
    Promise,
    Settings,
    State,
)
from leader.protocol.vocabulary import ClusterId, Duration, Instant, MemberId, Moment, Term
from leader.protocol.voting import handle_vote_request
from tests.contracts.durations import timing

CLUSTER = ClusterId("shop")
A, B, C = MemberId("a"), MemberId("b"), MemberId("c")
PROMISE = 150
SETTINGS = Settings(cluster=CLUSTER, member=A, timing=timing(), trust_disconnect=False)
DIGEST = founding((A, B, C)).identity.digest


def stamped(stamp: int) -> Membership:
    """The three members, stamped by the leader of the term ``stamp``."""
    return Membership(term=Term(stamp), version=0, voters=(A, B, C))


def follower(term: int, stamp: int, until: int) -> State:
    """The state of A, which has promised B."""
    return State(
        settings=SETTINGS,
        durable=Durable(term=Term(term), membership=stamped(stamp), promise=Duration(PROMISE)),
        role=Follower(leader=None, deadline=Instant(0)),
        promise=Promise(to=B, until=Instant(until)),
        pacing=UNPACED,
        observers=frozenset(),
    )


def named(stamp: int) -> MembershipId:
    """What identifies ``stamped(stamp)`` in a message."""
    return MembershipId(term=Term(stamp), version=0, digest=DIGEST)


def request(sender: MemberId, term: int, stamp: int, resigned_term: int | None) -> VoteRequest:
    """A request of ``sender``, which may show that B has resigned."""
    resignation = None if resigned_term is None else Resignation(leader=B, term=Term(resigned_term))
    return VoteRequest(
        cluster=CLUSTER,
        sender=sender,
        term=Term(term),
        sent=Instant(0),
        membership=named(stamp),
        resignation=resignation,
    )


def at(now: int) -> Moment:
    return Moment(now=Instant(now), jitter=0, highest_term=None)


def is_granted(outcome: ActionResult | NoAction) -> bool:
    """Whether the step granted the vote."""
    return isinstance(outcome, ActionResult) and isinstance(
        outcome.messages[0].message, VoteGranted
    )


def a_vote_moves_and_binds(
    term: int, stamp: int, until: int, asked: int, shown: int, now: int
) -> bool:
    """A vote is granted only in a higher term; it moves the voter there and binds it for one promise. A refusal changes nothing.

    pre: 0 <= stamp <= term < 2**62
    pre: 0 <= asked < 2**62
    pre: 0 <= shown < 2**62
    pre: now >= 0
    post: _
    """
    before = follower(term, stamp, until)
    outcome = handle_vote_request(before, request(C, asked, shown, None), at(now))
    if not is_granted(outcome):
        return outcome.state == before and isinstance(outcome.messages[0].message, VoteRefused)
    promise = outcome.state.promise
    bound = promise is not None and promise.to == C and promise.until >= now + PROMISE
    return bound and outcome.state.term == asked > term and shown >= stamp and until <= now


def no_two_votes_in_one_term(
    term: int, until: int, first: int, again: int, now: int, later: int
) -> bool:
    """If two members get votes of one voter, the terms differ and a promise lies between the votes.

    pre: 0 <= term < 2**62
    pre: 0 <= first < 2**62
    pre: 0 <= again < 2**62
    pre: 0 <= now <= later
    post: _
    """
    voted = handle_vote_request(follower(term, 0, until), request(B, first, 0, None), at(now))
    other = handle_vote_request(voted.state, request(C, again, 0, None), at(later))
    if not (is_granted(voted) and is_granted(other)):
        return True
    return first < again and later >= now + PROMISE


def a_resignation_releases_its_own_promise_only(
    term: int, until: int, asked: int, shown: int, now: int
) -> bool:
    """A request that shows B's resignation gets a vote before the promise to B ends, unless that promise is of a later term.

    pre: 0 <= term < asked < 2**62
    pre: 0 <= shown < 2**62
    pre: now >= 0
    post: _
    """
    outcome = handle_vote_request(follower(term, 0, until), request(C, asked, 0, shown), at(now))
    return is_granted(outcome) == (until <= now or term <= shown)


def a_pre_vote_binds_no_member(
    term: int, stamp: int, until: int, asked: int, shown: int, now: int
) -> bool:
    """A request for a pre-vote changes neither the record nor the promise, and of the role only the deadline.

    pre: 0 <= stamp <= term < 2**62
    pre: 0 <= asked < 2**62
    pre: 0 <= shown < 2**62
    pre: now >= 0
    post: _
    """
    before = follower(term, stamp, until)
    message = PreVoteRequest(
        cluster=CLUSTER, sender=C, term=Term(asked), sent=Instant(0), membership=named(shown)
    )
    after = handle_pre_vote_request(before, message, at(now)).state
    same = after.durable == before.durable and after.promise == before.promise
    return same and isinstance(after.role, Follower) and after.role.leader is None


def a_heartbeat_is_followed_or_refused(
    term: int, stamp: int, until: int, led: int, now: int
) -> bool:
    """A leader of this term or a later one is followed and promised; a heartbeat of a lower term changes nothing.

    pre: 0 <= stamp <= term < 2**62
    pre: 0 <= led < 2**62
    pre: now >= 0
    post: _
    """
    before = follower(term, stamp, until)
    message = Heartbeat(
        cluster=CLUSTER, sender=C, term=Term(led), sent=Instant(0), membership=stamped(led)
    )
    after = handle_heartbeat(before, message, at(now)).state
    if led < term:
        return after == before
    promise = after.promise
    bound = promise is not None and promise.to == C and promise.until >= now + PROMISE
    return bound and after.term == after.durable.membership.term == led


def a_refusal_changes_only_the_term(term: int, until: int, told: int, now: int) -> bool:
    """The higher term of a refusal is adopted, and a promise to another member stays.

    pre: 0 <= term < told < 2**62
    pre: now >= 0
    post: _
    """
    before = follower(term, 0, until)
    message = VoteRefused(cluster=CLUSTER, sender=C, term=Term(told))
    after = handle_refusal(before, message, at(now)).state
    return after.term == told and after.promise == before.promise


def a_resignation_releases_only_promises_to_its_sender(
    term: int, until: int, of: int, now: int
) -> bool:
    """If C resigns, the promise to B stays, and so does the term.

    pre: 0 <= term <= of < 2**62
    pre: now >= 0
    post: _
    """
    before = follower(term, 0, until)
    message = Resigned(cluster=CLUSTER, sender=C, term=Term(of), successor=B)
    after = handle_resigned(before, message, at(now)).state
    return after.promise == before.promise and after.term == term


def no_promise_is_cut_short(until: int, now: int) -> bool:
    """A promise that is renewed ends no earlier than before.

    pre: now >= 0
    post: _
    """
    again = promise_to(follower(0, 0, until), B, Instant(now))
    return again.until == max(until, now + PROMISE)


def a_restart_owes_the_recorded_promise(term: int, stamp: int, owed: int, now: int) -> bool:
    """After a restart a promise of the recorded length is owed, to an unknown member; the next record keeps that length.

    pre: 0 <= stamp <= term < 2**62
    pre: 0 <= owed < 2**62
    pre: now >= 0
    post: _
    """
    record = Durable(term=Term(term), membership=stamped(stamp), promise=Duration(owed))
    state = restart(SETTINGS, record, at(now))
    kept = state.durable.promise == max(owed, PROMISE) and state.term == term
    return kept and state.promise == Promise(to=None, until=Instant(now + owed))
