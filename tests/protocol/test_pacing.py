"""What makes elections short: parked requests, backoff, staggers, deadlines."""

import pytest

from leader.protocol.pacing import (
    act_again,
    after_granting_pre_vote,
    after_resignation,
    answerable,
    deferred_until,
    earliest_pre_vote,
    has_resigned,
    hasten,
    lets_lease_expire,
    park,
    remember_resignation,
    retry_once_at_once,
    round_superseded,
    staggered,
    stop_acting,
    unpark,
)
from leader.protocol.state import Promise, Role
from leader.protocol.vocabulary import JITTER_RANGE, MemberId, Term
from tests.protocol.builders import (
    FIVE,
    HALF,
    NANOSECOND,
    A,
    B,
    C,
    D,
    E,
    asking,
    at,
    backoff,
    duration,
    following,
    grant,
    instant,
    leading,
    member,
    pre_vote_request,
    promised,
    record,
    renewing,
    resignation,
    resigned,
    standing,
)

OF_B, OF_C = pre_vote_request(B, 6, sent=1), pre_vote_request(C, 6, sent=2)


def test_park_keeps_requests_in_the_order_of_their_arrival() -> None:
    """The first one is answered first."""
    state = member(following(None, 200), parked=(OF_B,))
    assert park(state, OF_C) == member(following(None, 200), parked=(OF_B, OF_C))


def test_park_keeps_only_the_newest_request_of_a_member() -> None:
    """An answer to an older one would not count, and no member can fill the memory."""
    again = pre_vote_request(B, 7, sent=9)
    state = member(following(None, 200), parked=(OF_B, OF_C))
    assert park(state, again) == member(following(None, 200), parked=(OF_C, again))


def test_unpark_removes_one_request() -> None:
    """The others stay."""
    state = member(following(None, 200), parked=(OF_B, OF_C))
    assert unpark(state, OF_B) == member(following(None, 200), parked=(OF_C,))


@pytest.mark.parametrize(
    ("promise", "expected"),
    [(promised(A, 100), 100), (promised(None, 100), 100), (promised(B, 100), 0), (None, 0)],
)
def test_answerable_is_the_end_of_a_promise_to_another(
    promise: Promise | None, expected: float
) -> None:
    """A promise to the asker itself does not prevent a grant."""
    state = member(following(None, 200), promise=promise)
    assert answerable(state, OF_B) == instant(expected)


def test_answerable_is_the_later_of_promise_and_deferral() -> None:
    """Both must be over."""
    role = asking(A, started=10, deadline=150)
    sooner, later = (member(role, promise=promised(C, until)) for until in (11, 13))
    assert (answerable(sooner, OF_B), answerable(later, OF_B)) == (instant(12), instant(13))


@pytest.mark.parametrize(
    ("name", "asker", "until"), [(A, B, 12), (B, A, 0), (B, B, 0), (C, D, 12), (D, C, 0)]
)
def test_deferred_until_the_own_round_has_had_its_chance_if_it_ranks_better(
    name: MemberId, asker: MemberId, until: float
) -> None:
    """The member whose name sorts first goes first; an observer ranks last."""
    state = member(asking(name, started=10, deadline=150), name=name)
    assert deferred_until(state, asker) == instant(until)


@pytest.mark.parametrize(
    "role", [following(None, 150), standing(grant(A, 10), deadline=150), leading(deadline=150)]
)
def test_deferred_until_is_over_in_every_other_role(role: Role) -> None:
    """Only a pre-candidate has a round to protect."""
    assert deferred_until(member(role), B) == 0


def test_deferred_until_the_backoff_after_a_grant_to_another_ends() -> None:
    """Two members with grants at the same moment would both campaign; the first one may ask again."""
    state = member(following(None, 150), backoff=backoff(C, 12))
    assert (deferred_until(state, B), deferred_until(state, C)) == (instant(12), 0)


def test_deferred_until_the_later_of_both() -> None:
    """Of the own round and the backoff."""
    role = asking(A, started=10, deadline=150)
    sooner, later = (member(role, backoff=backoff(C, until)) for until in (11, 13))
    assert (deferred_until(sooner, B), deferred_until(later, B)) == (instant(12), instant(13))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (following(B, 101), following(B, 102)),
        (following(B, 103), following(B, 103)),
        (standing(grant(A, 1), deadline=101), standing(grant(A, 1), deadline=102)),
        (standing(grant(A, 1), deadline=103), standing(grant(A, 1), deadline=103)),
        (leading(deadline=101), leading(deadline=101)),
        (renewing(lease_until=150, deadline=101), renewing(lease_until=150, deadline=101)),
    ],
)
def test_after_granting_pre_vote_the_own_round_starts_later(before: Role, after: Role) -> None:
    """One backoff from now at the earliest; the deadline of a leader, for heartbeats, stays."""
    helped = after_granting_pre_vote(member(before), B, at(100))
    assert helped == member(after, backoff=backoff(B, 102))


@pytest.mark.parametrize("deadline", [101, 103, 200])
def test_after_granting_pre_vote_a_worse_ranked_round_is_given_up(deadline: float) -> None:
    """If the other fails, the next round starts after the backoff and a stagger by rank."""
    state = member(asking(C, started=99, deadline=deadline), name=C)
    assert after_granting_pre_vote(state, B, at(100)) == member(
        asking(C, started=99, deadline=103), name=C, backoff=backoff(B, 102)
    )


def test_after_granting_pre_vote_random_jitter_separates_the_members_that_wait() -> None:
    """Otherwise two members that yield to each other at the same time would do so again."""
    state = member(asking(C, started=99, deadline=200), name=C)
    assert after_granting_pre_vote(state, B, at(100, jitter=JITTER_RANGE // 2)) == member(
        asking(C, started=99, deadline=104), name=C, backoff=backoff(B, 102)
    )


def test_after_granting_pre_vote_a_better_ranked_round_goes_on() -> None:
    """If two members grant each other a pre-vote, the better-ranked one must go on counting."""
    state = member(asking(A, started=99, deadline=200))
    assert after_granting_pre_vote(state, B, at(100)) == member(
        asking(A, started=99, deadline=200), backoff=backoff(B, 102)
    )


def test_round_superseded_holds_until_the_next_round() -> None:
    """Neither refusals nor late grants of that round count."""
    role = asking(B, started=99, deadline=103)
    assert not round_superseded(member(role, name=B))
    assert round_superseded(member(role, name=B, backoff=backoff(A, 99 + NANOSECOND)))
    assert not round_superseded(member(role, name=B, backoff=backoff(A, 99)))
    assert not round_superseded(member(role, name=B, backoff=backoff(C, 99 + NANOSECOND)))


@pytest.mark.parametrize(
    "role", [following(None, 200), standing(grant(A, 90), deadline=200), leading(deadline=120)]
)
def test_round_superseded_never_holds_in_another_role(role: Role) -> None:
    """A refusal is handled as usual."""
    assert not round_superseded(member(role, backoff=backoff(B, 102)))


@pytest.mark.parametrize(
    ("name", "gone", "milliseconds"),
    [(A, None, 0), (C, None, 1), (E, None, 2), (E, A, 1.5), (C, D, 1), (A, B, 0)],
)
def test_staggered_by_half_a_millisecond_for_each_voter_before(
    name: MemberId, gone: MemberId | None, milliseconds: float
) -> None:
    """A voter that is gone does not count."""
    state = member(following(gone, 200), name=name, durable=record(voters=FIVE))
    assert staggered(state, gone) == duration(milliseconds)


def test_retry_once_at_once_allows_one_retry_per_deadline() -> None:
    """Otherwise two members could raise each other's terms without a pause."""
    state = member(asking(A, started=10, deadline=150))
    at_once, hurried = retry_once_at_once(state, instant(150), instant(20))
    assert (at_once, hurried) == (
        instant(20),
        member(asking(A, started=10, deadline=150), no_retry_before=150),
    )
    assert retry_once_at_once(hurried, instant(170), instant(150 - NANOSECOND)) == (
        instant(170),
        hurried,
    )
    assert retry_once_at_once(hurried, instant(170), instant(150))[0] == instant(150)


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (None, 150),
        (promised(A, 180), 150),
        (promised(B, 140), 150),
        (promised(B, 180), 180),
        (promised(None, 180), 180),
    ],
)
def test_earliest_pre_vote_is_the_deadline_or_the_end_of_a_promise_to_another(
    promise: Promise | None, expected: float
) -> None:
    """A promise to oneself prevents nothing."""
    state = member(following(None, 150), promise=promise)
    assert earliest_pre_vote(state, instant(150)) == instant(expected)


@pytest.mark.parametrize(
    ("leader", "term", "resigned"), [(B, 5, True), (B, 6, True), (B, 7, False), (C, 6, False)]
)
def test_has_resigned_holds_up_to_the_term_of_the_resignation(
    leader: MemberId, term: int, resigned: bool
) -> None:
    """A later leadership of the same member is another one."""
    heard = remember_resignation(member(following(None, 0)), resignation(B, 6))
    assert has_resigned(heard, leader, Term(term)) is resigned
    assert not has_resigned(member(following(None, 0)), leader, Term(term))


def test_remember_resignation_drops_what_was_parked_and_deferred() -> None:
    """Nothing stands against the pre-votes of others any more, so they ask again."""
    state = member(following(None, 0), parked=(OF_B,), backoff=backoff(C, 12))
    assert remember_resignation(state, resignation(B, 6)) == member(
        following(None, 0), resignation=resignation(B, 6)
    )


@pytest.mark.parametrize(("successor", "start"), [(None, 100.5), (B, 251)])
def test_after_resignation_a_named_successor_gets_one_election_timeout(
    successor: MemberId | None, start: float
) -> None:
    """Without one, voters start one after the other, by rank; the leader that goes does not count."""
    state = member(following(A, 200), name=C)
    message = resigned(A, 5, successor)
    assert after_resignation(state, message, at(100, HALF)) == instant(start)


@pytest.mark.parametrize(
    ("promise", "trusted", "deadline"),
    [
        (None, False, 100),
        (promised(B, 150), False, 150),
        (promised(B, 150), True, 100),
        (promised(C, 150), False, 100),
        (promised(B, 900), False, 200),
    ],
)
def test_hasten_starts_a_round_when_the_promise_to_the_lost_peer_ends(
    promise: Promise | None, trusted: bool, deadline: float
) -> None:
    """Never later than before; at once if a broken connection is trusted."""
    state = member(following(B, 200), promise=promise, trust_disconnect=trusted)
    assert hasten(state, B, at(100)).role == following(B, deadline)


@pytest.mark.parametrize("role", [following(C, 200), asking(A, started=90, deadline=200)])
def test_hasten_ignores_a_peer_that_is_not_waited_for(role: Role) -> None:
    """Only a follower waits, and only for its leader or the member that it promised."""
    state = member(role)
    assert hasten(state, B, at(100)) is state


def test_stop_acting_is_forgotten_by_acting_again() -> None:
    """While it lasts, the lease is kept or left to expire, as was asked."""
    state = member(following(None, 0))
    for let_lease_expire in (False, True):
        stopped = stop_acting(state, let_lease_expire=let_lease_expire)
        assert stopped != state
        assert lets_lease_expire(stopped) is let_lease_expire
        assert act_again(stopped) == state
    assert act_again(state) is state
