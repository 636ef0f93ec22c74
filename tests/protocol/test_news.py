"""What follows from the difference between two states: record, messages, announcements, report."""

import pytest

from leader.protocol.actions import Action, ActionResult
from leader.protocol.effects import (
    AnnounceFollowing,
    AnnounceLeading,
    AnnounceTerm,
    Effect,
    Persist,
    RefusalReason,
    ReportRefusal,
)
from leader.protocol.news import announcements, effects_of
from leader.protocol.state import Role
from leader.protocol.vocabulary import Term
from tests.protocol.builders import (
    A,
    B,
    C,
    asking,
    following,
    heartbeat_ack,
    leading,
    member,
    record,
    renewing,
    standing,
    to,
)

LEADING, RENEWING = leading(deadline=0), renewing(lease_until=0, deadline=0)
TERM_6 = AnnounceTerm(old=Term(5), new=Term(6))


def test_effects_are_the_record_then_messages_then_announcements_then_the_report() -> None:
    """A vote that is sent and then forgotten in a crash would be given twice."""
    before = member(following(None, 0), durable=record(5))
    after = member(following(B, 0), durable=record(6))
    answer = to(B, heartbeat_ack(A, 6, sent=1))
    report = ReportRefusal(to=C, reason=RefusalReason.TERM_LOWER)
    result = ActionResult(Action.HANDLE_HEARTBEAT, after, (answer,), report)
    news = (TERM_6, AnnounceFollowing(B))
    assert effects_of(before, result) == (Persist(record(6)), answer, *news, report)


def test_effects_have_no_record_if_the_record_stays_the_same() -> None:
    """A write costs milliseconds, and other members wait for it."""
    state = member(following(None, 0))
    assert effects_of(state, ActionResult(Action.HANDLE_VOTE_REQUEST, state)) == ()


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        (following(None, 0), following(B, 0), [AnnounceFollowing(B)]),
        (following(B, 0), following(C, 0), [AnnounceFollowing(C)]),
        (following(B, 0), following(B, 9), []),
        (following(B, 0), asking(A, started=0, deadline=0), [AnnounceFollowing(None)]),
        (asking(A, started=0, deadline=0), standing(deadline=0), []),
        (LEADING, following(None, 0), [AnnounceFollowing(None)]),
        (RENEWING, following(B, 0), [AnnounceFollowing(B)]),
        (LEADING, RENEWING, []),
        (RENEWING, LEADING, []),
    ],
)
def test_announcements_tell_of_another_leader_once(
    before: Role, after: Role, news: list[Effect]
) -> None:
    """In one term; a renewal keeps the leadership, so nothing is said of it."""
    durable = record(5, stamp=5)
    first, second = (member(role, durable=durable) for role in (before, after))
    assert announcements(first, second) == news


def test_announcements_tell_the_term_before_the_leadership() -> None:
    """The application knows the token when it is told that it leads."""
    before = member(standing(deadline=0), durable=record(5))
    after = member(LEADING, durable=record(6, stamp=6))
    assert announcements(before, after) == [TERM_6, AnnounceLeading(Term(6))]


def test_announcements_tell_the_term_of_a_renewal_once_it_is_won() -> None:
    """Until then the leader acts by its old token."""
    led = member(LEADING, durable=record(5, stamp=5))
    asking_for_6 = member(RENEWING, durable=record(6, stamp=5))
    won = member(LEADING, durable=record(6, stamp=6))
    assert announcements(led, asking_for_6) == []
    assert announcements(asking_for_6, won) == [TERM_6]
