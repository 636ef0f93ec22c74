"""Observers: they follow and answer, and nothing of theirs counts."""

from dataclasses import replace

import pytest

from leader.protocol.actions import Action
from leader.protocol.departures import likeliest_successor
from leader.protocol.durable import Durable
from leader.protocol.effects import AnnounceFollowing, Persist, RefusalReason, Send
from leader.protocol.events import ObserverCameUp, PeerWentDown, ResignationAsked
from leader.protocol.guards import is_voter
from leader.protocol.lease import acts
from leader.protocol.membership import MembershipId
from leader.protocol.messages import (
    Heartbeat,
    HeartbeatAck,
    MembershipContradicted,
    Message,
    PreVoteRequest,
    Resigned,
)
from leader.protocol.observers import OBSERVERS_LIMIT
from leader.protocol.start import start_without_record
from leader.protocol.step import next_deadline, step
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId, Term
from tests.protocol.builders import (
    NANOSECOND,
    WOKE,
    A,
    B,
    C,
    D,
    E,
    at,
    following,
    grant,
    heard,
    heartbeat,
    heartbeat_ack,
    instant,
    leading,
    member,
    membership,
    nothing,
    pre_vote_refused,
    pre_vote_request,
    promised,
    record,
    refusing,
    resigned,
    settings,
    standing,
    to,
    vote_granted,
    vote_refused,
    vote_request,
)

NO_VOTERS: tuple[MemberId, ...] = ()
BLANK = record(0, voters=NO_VOTERS)
LED_5 = record(5, stamp=5)


def recipients(transition: Transition, kind: type[Message]) -> list[MemberId]:
    """Who is sent a message of that kind, in order."""
    return [
        effect.to
        for effect in transition.effects
        if isinstance(effect, Send) and isinstance(effect.message, kind)
    ]


def test_observer_starts_in_term_0_whatever_the_wall_clock_shows() -> None:
    """It has never voted; with a term above the leader's, every leader would have to renew for it."""
    started = start_without_record(settings(D), membership(voters=NO_VOTERS), 1_800_000, at(10))
    assert (started.term, started.promise, is_voter(started)) == (0, None, False)
    assert next_deadline(started) is None


def test_observer_follows_the_first_leader_that_it_hears() -> None:
    """It learns from the heartbeat which members vote, and answers like a voter."""
    state = member(following(None, 0), name=D, durable=BLANK)
    followed = step(state, heard(heartbeat(B, 5, sent=7)), at(100))
    assert followed.action == Action.HANDLE_HEARTBEAT
    assert followed.state == member(
        following(B, 3_100), name=D, durable=LED_5, promise=promised(B, 201)
    )
    assert to(B, heartbeat_ack(D, 5, sent=7)) in followed.effects
    assert AnnounceFollowing(B) in followed.effects


def test_observer_ceases_to_believe_in_a_silent_leader() -> None:
    """Once, at its deadline, with the list of voters that it was told; then it waits for the next leader."""
    state = member(following(B, 150), name=D, durable=LED_5)
    assert next_deadline(state) == instant(150)
    assert step(state, WOKE, at(149)) == nothing(state)
    lost = member(following(None, 150), name=D, durable=record(5, voters=NO_VOTERS))
    assert step(state, WOKE, at(150)) == Transition(
        Action.LOSE_LEADER, lost, (AnnounceFollowing(None),)
    )
    assert next_deadline(lost) is None


def test_observer_that_was_misled_is_back_at_the_first_heartbeat_after_its_patience() -> None:
    """Whoever told it of a leader first was no voter, and named a higher term than the true leader has."""
    state = member(following(None, 0), name=D, durable=BLANK)
    misled = step(state, heard(heartbeat(E, 900, sent=7, voters=(E,))), at(100)).state
    assert step(misled, heard(heartbeat(B, 5, sent=7)), at(200)).state.role == following(E, 3_100)
    doubting = step(misled, WOKE, at(3_100)).state
    back = step(doubting, heard(heartbeat(B, 5, sent=7)), at(3_101)).state
    assert (back.role, back.durable) == (following(B, 6_101), LED_5)


def test_observer_that_was_misled_and_left_without_a_leader_forgets_the_list_all_the_same() -> None:
    """Otherwise it would hear the one who misled it, and no other member, for ever."""
    state = member(following(None, 0), name=D, durable=BLANK)
    misled = step(state, heard(heartbeat(E, 900, sent=7, voters=(E,))), at(100)).state
    left = step(misled, heard(resigned(E, 900)), at(100)).state
    assert (left.role, next_deadline(left)) == (following(None, 3_100), instant(3_100))
    assert step(left, WOKE, at(3_100)).state.voters == ()


def test_observer_records_nothing() -> None:
    """It owes nobody anything, so a lower term may follow a higher one."""
    state = member(following(None, 0), name=D, durable=record(7, voters=NO_VOTERS))
    followed = step(state, heard(heartbeat(B, 5, sent=7)), at(100))
    assert not any(isinstance(effect, Persist) for effect in followed.effects)


def test_observer_waits_no_longer_than_a_promise_after_its_connection_broke() -> None:
    """Like a voter, which then asks for votes."""
    state = member(following(B, 250), name=D, durable=LED_5, promise=promised(B, 201))
    bereaved = step(state, PeerWentDown(peer=B), at(110)).state
    assert instant(201) <= (next_deadline(bereaved) or 0) < instant(210)


@pytest.mark.parametrize("durable", [BLANK, LED_5], ids=["no voters known", "voters known"])
def test_observer_grants_neither_pre_votes_nor_votes(durable: Durable) -> None:
    """However high the term and however new the membership of the asker."""
    newer = MembershipId(term=Term(6), version=1, digest="0")
    state = member(following(None, 0), name=D, durable=durable)
    asked = replace(pre_vote_request(B, 9, sent=7), membership=newer)
    refused = refusing(B, pre_vote_refused(D, durable.term), RefusalReason.NOT_A_VOTER)
    assert step(state, heard(asked), at(100)) == Transition(
        Action.HANDLE_PRE_VOTE_REQUEST, state, refused
    )
    stood = replace(vote_request(B, 9, sent=7), membership=newer)
    assert step(state, heard(stood), at(100)) == Transition(
        Action.HANDLE_VOTE_REQUEST,
        state,
        refusing(B, vote_refused(D, durable.term), RefusalReason.NOT_A_VOTER),
    )


def test_observer_that_is_named_successor_does_not_campaign() -> None:
    """It only learns that there is no leader."""
    state = member(following(B, 150), name=D, durable=LED_5)
    told = step(state, heard(resigned(B, 5, successor=D)), at(100))
    assert told.action == Action.HANDLE_RESIGNED
    assert told.state.role == following(None, 3_100)


def test_observer_follows_no_leader_of_another_bootstrap_list() -> None:
    """Two lists are two clusters."""
    state = member(following(B, 150), name=D, durable=LED_5)
    other = step(state, heard(heartbeat(E, 6, sent=7, voters=(C, E))), at(100))
    assert replace(other.state, pacing=state.pacing) == state
    assert recipients(other, MembershipContradicted) == [E]


WATCHED = frozenset({D, E})


def test_leader_sends_an_observer_that_has_answered_one_heartbeat_in_an_interval() -> None:
    """One that has not answered is sent each heartbeat: the last one may be lost."""
    role = leading(grant(A, 1_100), grant(B, 1_100), deadline=1_100)
    state = member(role, durable=LED_5, observers=WATCHED)
    first = step(state, WOKE, at(1_100))
    assert recipients(first, Heartbeat) == [B, C, D, E]
    answered = first.state
    for sender in (B, D):
        answer = heartbeat_ack(sender, 5, sent=1_100)
        answered = step(answered, heard(answer), at(1_101)).state
    second = step(answered, WOKE, at(1_130))
    assert recipients(second, Heartbeat) == [B, C, E]
    rested = replace(second.state, role=leading(*[grant(m, 2_090) for m in (A, B)], deadline=2_100))
    assert recipients(step(rested, WOKE, at(2_100 - NANOSECOND)), Heartbeat) == []
    assert recipients(step(rested, WOKE, at(2_100)), Heartbeat) == [B, C, E]
    assert recipients(step(rested, WOKE, at(2_100 + NANOSECOND)), Heartbeat) == [B, C, D, E]


@pytest.mark.parametrize(
    "answer",
    [
        heartbeat_ack(D, 4, sent=1_000),
        heartbeat_ack(D, 5, sent=1_000 - NANOSECOND),
        heartbeat_ack(D, 5, sent=1_000, stamp=4),
        heartbeat_ack(C, 5, sent=1_000),
    ],
    ids=["another term", "an earlier round", "an older list", "no observer"],
)
def test_leader_goes_on_to_tell_an_observer_that_does_not_know_all(answer: HeartbeatAck) -> None:
    """What is new to it is sent until it has answered."""
    role = leading(grant(A, 1_000), grant(B, 1_000), deadline=1_030)
    state = member(role, durable=LED_5, observers=WATCHED, observers_told=1_000)
    heard_of = step(state, heard(answer), at(1_001)).state
    assert heard_of.pacing.informed == frozenset()


def test_new_leader_tells_all_observers_at_once() -> None:
    """They hear of it as soon as voters do."""
    state = member(
        standing(grant(A, 100), deadline=250),
        durable=record(6, stamp=5),
        observers=WATCHED,
        observers_told=90,
        informed=WATCHED,
    )
    elected = step(state, heard(vote_granted(B, 6, sent=100)), at(110)).state
    assert recipients(step(elected, WOKE, at(110)), Heartbeat) == [B, C, D, E]


def test_leader_remembers_only_so_many_observers() -> None:
    """Their names may be invented."""
    state = member(following(B, 150))
    for number in range(OBSERVERS_LIMIT + 5):
        event = ObserverCameUp(observer=MemberId(f"d{number}@host"))
        state = step(state, event, at(100)).state
    assert len(state.observers) == OBSERVERS_LIMIT


def test_observer_that_comes_up_anew_is_told_at_once() -> None:
    """It was started again, and has forgotten what it had answered."""
    role = leading(grant(A, 1_000), grant(B, 1_000), deadline=1_030)
    state = member(role, durable=LED_5, observers=WATCHED, observers_told=1_000, informed=WATCHED)
    anew = step(state, ObserverCameUp(observer=D), at(1_001)).state
    assert recipients(step(anew, WOKE, at(1_030)), Heartbeat) == [B, C, D]


def test_leader_sends_heartbeats_and_its_resignation_to_observers_too() -> None:
    """Each member gets one copy."""
    role = leading(grant(A, 90), grant(B, 90), deadline=100)
    state = member(role, durable=LED_5, observers=frozenset({E, D}))
    assert recipients(step(state, WOKE, at(100)), Heartbeat) == [B, C, D, E]
    gone = step(state, ResignationAsked(successor=None), at(99))
    assert recipients(gone, Resigned) == [B, C, D, E]


def test_pre_candidate_asks_only_voters() -> None:
    """An observer has no vote to give."""
    state = member(following(None, 100), observers=frozenset({D}))
    asked = step(state, WOKE, at(100))
    assert recipients(asked, PreVoteRequest) == [B, C]


def test_observer_is_remembered_until_it_is_down() -> None:
    """In every role, so that the next leader sends it heartbeats at once; a repetition changes nothing."""
    state = member(following(B, 150))
    met = step(state, ObserverCameUp(observer=D), at(100)).state
    assert met == member(following(B, 150), observers=frozenset({D}))
    assert step(met, ObserverCameUp(observer=D), at(100)) == nothing(met)
    assert step(met, PeerWentDown(peer=D), at(100)) == nothing(state)


def test_observers_answers_back_no_lease() -> None:
    """Their promises keep no other member from being elected."""
    role = leading(grant(A, 90), grant(B, 0), deadline=120)
    state = member(role, durable=LED_5, observers=frozenset({D, E}))
    for observer in (D, E):
        state = step(state, heard(heartbeat_ack(observer, 5, sent=90)), at(98)).state
    assert acts(state, instant(98.9))
    assert not acts(state, instant(99))


def test_observer_is_never_the_likeliest_successor() -> None:
    """However recently it answered."""
    role = leading(grant(A, 90), grant(B, 80), grant(D, 90), deadline=120)
    assert likeliest_successor(member(role, durable=LED_5)) == B
