"""What makes failover sharp: parked requests, the backoff of equals, staggers, one hurry a deadline."""

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


def test_a_request_is_parked_behind_those_of_others() -> None:
    """Whoever asked first is answered first."""
    state = member(following(None, 200), parked=(OF_B,))
    assert park(state, OF_C) == member(following(None, 200), parked=(OF_B, OF_C))


def test_only_the_newest_request_of_an_asker_is_parked() -> None:
    """An answer to an older one would not count; and nobody can fill the memory."""
    again = pre_vote_request(B, 7, sent=9)
    state = member(following(None, 200), parked=(OF_B, OF_C))
    assert park(state, again) == member(following(None, 200), parked=(OF_C, again))


def test_a_request_is_parked_no_longer_once_it_is_taken() -> None:
    """The others stay."""
    state = member(following(None, 200), parked=(OF_B, OF_C))
    assert unpark(state, OF_B) == member(following(None, 200), parked=(OF_C,))


@pytest.mark.parametrize(
    ("promise", "expected"),
    [(promised(A, 100), 100), (promised(None, 100), 100), (promised(B, 100), 0), (None, 0)],
)
def test_a_parked_request_is_answerable_when_the_promise_to_another_ends(
    promise: Promise | None, expected: float
) -> None:
    """A promise to the asker itself does not stand against it."""
    state = member(following(None, 200), promise=promise)
    assert answerable(state, OF_B) == instant(expected)


def test_a_parked_request_waits_for_all_that_stands_against_it() -> None:
    """The later of the two ends."""
    role = asking(A, started=10, deadline=150)
    sooner, later = (member(role, promise=promised(C, until)) for until in (11, 13))
    assert (answerable(sooner, OF_B), answerable(later, OF_B)) == (instant(12), instant(13))


@pytest.mark.parametrize(
    ("name", "asker", "until"), [(A, B, 12), (B, A, 0), (B, B, 0), (C, D, 12), (D, C, 0)]
)
def test_an_asker_waits_for_a_better_ranked_round_of_few_round_trips(
    name: MemberId, asker: MemberId, until: float
) -> None:
    """Of two equals the one whose name sorts first goes first; whoever has no vote ranks last."""
    state = member(asking(name, started=10, deadline=150), name=name)
    assert deferred_until(state, asker) == instant(until)


@pytest.mark.parametrize(
    "role", [following(None, 150), standing(grant(A, 10), deadline=150), leading(deadline=150)]
)
def test_nobody_waits_for_a_member_that_asks_for_no_pre_votes(role: Role) -> None:
    """The duel is between those who ask."""
    assert deferred_until(member(role), B) == 0


def test_an_asker_waits_while_another_was_just_helped() -> None:
    """Two that are helped at the same moment would both campaign; whoever was helped may ask again."""
    state = member(following(None, 150), backoff=backoff(C, 12))
    assert (deferred_until(state, B), deferred_until(state, C)) == (instant(12), 0)


def test_an_asker_waits_for_whatever_takes_longer() -> None:
    """For our own round, or for the one that we just helped."""
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
def test_whoever_helps_another_leaves_it_alone_for_a_while(before: Role, after: Role) -> None:
    """Its own round starts one backoff from now at the soonest; a leader's deadline is for heartbeats."""
    helped = after_granting_pre_vote(member(before), B, at(100))
    assert helped == member(after, backoff=backoff(B, 102))


@pytest.mark.parametrize("deadline", [101, 103, 200])
def test_whoever_helps_another_has_given_up_its_own_round(deadline: float) -> None:
    """Should the other fail, the next round starts soon: after the backoff and a stagger by rank."""
    state = member(asking(C, started=99, deadline=deadline), name=C)
    assert after_granting_pre_vote(state, B, at(100)) == member(
        asking(C, started=99, deadline=103), name=C, backoff=backoff(B, 102)
    )


def test_chance_parts_those_that_wait_for_the_one_they_helped() -> None:
    """Else two that gave way to each other in step would do so again, and never campaign."""
    state = member(asking(C, started=99, deadline=200), name=C)
    assert after_granting_pre_vote(state, B, at(100, jitter=JITTER_RANGE // 2)) == member(
        asking(C, started=99, deadline=104), name=C, backoff=backoff(B, 102)
    )


def test_a_round_is_not_given_up_for_a_worse_ranked_asker() -> None:
    """Of two that each grant the other, one must go on counting: the better-ranked one."""
    state = member(asking(A, started=99, deadline=200))
    assert after_granting_pre_vote(state, B, at(100)) == member(
        asking(A, started=99, deadline=200), backoff=backoff(B, 102)
    )


def test_a_round_is_given_up_for_whoever_was_helped_since_it_started() -> None:
    """For good: neither refusals nor late grants of that round count. The next round is free again."""
    role = asking(B, started=99, deadline=103)
    assert not round_superseded(member(role, name=B))
    assert round_superseded(member(role, name=B, backoff=backoff(A, 99 + NANOSECOND)))
    assert not round_superseded(member(role, name=B, backoff=backoff(A, 99)))
    assert not round_superseded(member(role, name=B, backoff=backoff(C, 99 + NANOSECOND)))


@pytest.mark.parametrize(
    "role", [following(None, 200), standing(grant(A, 90), deadline=200), leading(deadline=120)]
)
def test_whoever_has_no_round_of_its_own_gives_none_up(role: Role) -> None:
    """A refusal teaches it what it teaches everybody."""
    assert not round_superseded(member(role, backoff=backoff(B, 102)))


@pytest.mark.parametrize(
    ("name", "gone", "milliseconds"),
    [(A, None, 0), (C, None, 1), (E, None, 2), (E, A, 1.5), (C, D, 1), (A, B, 0)],
)
def test_a_stagger_is_half_a_millisecond_for_each_living_voter_before(
    name: MemberId, gone: MemberId | None, milliseconds: float
) -> None:
    """Whoever is gone is not waited for; whoever ranks behind never was."""
    state = member(following(gone, 200), name=name, durable=record(voters=FIVE))
    assert staggered(state, gone) == duration(milliseconds)


def test_a_refusal_hurries_once_a_deadline() -> None:
    """Two members would otherwise chase each other's terms without a pause."""
    state = member(asking(A, started=10, deadline=150))
    at_once, hurrying = retry_once_at_once(state, instant(150), instant(20))
    assert (at_once, hurrying) == (
        instant(20),
        member(asking(A, started=10, deadline=150), no_retry_before=150),
    )
    assert retry_once_at_once(hurrying, instant(170), instant(150 - NANOSECOND)) == (
        instant(170),
        hurrying,
    )
    assert retry_once_at_once(hurrying, instant(170), instant(150))[0] == instant(150)


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
def test_a_round_starts_at_the_deadline_but_after_a_promise_to_another(
    promise: Promise | None, expected: float
) -> None:
    """A promised voter leaves the leader it promised in peace; a promise to oneself binds nobody else."""
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
