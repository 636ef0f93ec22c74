"""Lines of a trace: messages and states by the names of the specification."""

import pytest

from leader.election.trace import Letter, Owed, View, begun, letter, started, stepped, view
from leader.protocol.messages import MembershipContradicted, Message
from leader.protocol.state import State
from leader.protocol.step import step
from tests.protocol.builders import (
    CLUSTER,
    TRIO,
    WOKE,
    A,
    B,
    C,
    asking,
    at,
    following,
    grant,
    heard,
    heartbeat,
    heartbeat_ack,
    heartbeat_refused,
    instant,
    leading,
    member,
    membership,
    pre_vote_granted,
    pre_vote_refused,
    pre_vote_request,
    promised,
    renewing,
    resignation,
    resigned,
    settings,
    standing,
    vote_granted,
    vote_refused,
    vote_request,
)

MILLISECOND = 1_000_000
QUIET = View(
    role="follower",
    term=5,
    stamp=0,
    leader=None,
    granted=[],
    backing={},
    held=0,
    promise=None,
    acts=False,
)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (pre_vote_request(B, 6, sent=1, stamp=3), Letter(kind="PreVoteRequest", sender=B, to=A, term=6, sent=MILLISECOND, stamp=3)),
        (pre_vote_granted(B, 6, sent=1), Letter(kind="PreVoteGranted", sender=B, to=A, term=6, sent=MILLISECOND)),
        (pre_vote_refused(B, 6), Letter(kind="PreVoteRefused", sender=B, to=A, term=6)),
        (vote_request(B, 6, sent=1), Letter(kind="VoteRequest", sender=B, to=A, term=6, sent=MILLISECOND, stamp=0)),
        (vote_request(B, 6, sent=1, rests_on=resignation(C, 5)), Letter(kind="VoteRequest", sender=B, to=A, term=6, sent=MILLISECOND, stamp=0, resigned=C)),
        (vote_granted(B, 6, sent=1), Letter(kind="VoteGranted", sender=B, to=A, term=6, sent=MILLISECOND)),
        (vote_refused(B, 6), Letter(kind="VoteRefused", sender=B, to=A, term=6)),
        (heartbeat(B, 6, sent=1), Letter(kind="Heartbeat", sender=B, to=A, term=6, sent=MILLISECOND)),
        (heartbeat_ack(B, 6, sent=1), Letter(kind="HeartbeatAck", sender=B, to=A, term=6, sent=MILLISECOND)),
        (heartbeat_refused(B, 6), Letter(kind="HeartbeatRefused", sender=B, to=A, term=6)),
        (resigned(B, 6, C), Letter(kind="Resigned", sender=B, to=A, term=6, successor=C)),
        (MembershipContradicted(cluster=CLUSTER, sender=B, membership=membership()), None),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, Letter) else "",
)  # fmt: skip
def test_a_message_becomes_a_letter_to_one_member(
    message: Message, expected: Letter | None
) -> None:
    """With every field that the specification has; None for a message that it does not have."""
    assert letter(message, A) == expected


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (member(following(B, 300), promise=promised(B, 110)), {"leader": B, "promise": Owed(to=B, left=10 * MILLISECOND)}),
        (member(following(None, 300), promise=promised(None, 100)), {}),
        (member(asking(C, A, started=90, deadline=300)), {"role": "precandidate", "granted": [A, C]}),
        (member(standing(grant(A, 90), grant(B, 1), deadline=300)), {"role": "candidate", "backing": {A: 89 * MILLISECOND}}),
        (member(leading(grant(B, 90), grant(A, 95), deadline=300)), {"role": "leader", "backing": {A: 94 * MILLISECOND, B: 89 * MILLISECOND}, "acts": True}),
        (member(leading(grant(A, 95), grant(B, 1), deadline=300)), {"role": "leader", "backing": {A: 94 * MILLISECOND}}),
        (member(renewing(grant(A, 95), lease_until=120, deadline=300)), {"role": "renewing", "backing": {A: 94 * MILLISECOND}, "held": 20 * MILLISECOND, "acts": True}),
    ],
    ids=["follower", "free", "precandidate", "candidate", "leader", "leader no more", "renewing"],
)  # fmt: skip
def test_view_gives_instants_as_what_is_left_until_them(
    state: State, changes: dict[str, object]
) -> None:
    """At 100 ms; promises, answers and leases that are over are left out."""
    exact = {name: getattr(QUIET, name) for name in QUIET.__struct_fields__} | changes
    seen = view(state, instant(100))
    found = {name: getattr(seen, name) for name in QUIET.__struct_fields__}
    assert found == exact


def test_step_names_the_message_handled_and_the_messages_sent() -> None:
    """And the state after it."""
    before, event = member(following(None, 300)), heard(vote_request(B, 6, sent=1))
    line = stepped(before, event, step(before, event, at(100)), instant(100), 7)
    assert line is not None
    assert (line.member, line.at, line.action) == (A, 7, "HandleVoteRequest")
    assert line.handled == letter(vote_request(B, 6, sent=1), A)
    assert line.sent == [letter(vote_granted(A, 6, sent=1), B)]
    assert (line.state.term, line.parked) == (6, False)


def test_step_names_a_parked_request_when_it_answers_it() -> None:
    """No message arrives in that step, but one is handled."""
    kept = (pre_vote_request(B, 6, sent=1), pre_vote_request(C, 6, sent=2))
    before = member(following(None, 900), promise=promised(B, 100), parked=kept)
    line = stepped(before, WOKE, step(before, WOKE, at(100)), instant(100), 100)
    assert line is not None
    assert (line.action, line.parked) == ("HandlePreVoteRequest", True)
    assert line.handled == letter(kept[0], A)


def test_step_without_an_action_is_told_if_it_handled_a_message() -> None:
    """The step is traced because it consumed a copy of the message."""
    before, event = member(following(None, 300)), heard(vote_granted(B, 5, sent=1))
    line = stepped(before, event, step(before, event, at(100)), instant(100), 100)
    assert line is not None
    assert (line.action, line.handled) == (None, letter(vote_granted(B, 5, sent=1), A))


def test_step_with_nothing_to_tell_is_not_told() -> None:
    """Such are a wake-up with nothing due, and a message that the specification does not have."""
    before = member(following(None, 300))
    contradiction = MembershipContradicted(cluster=CLUSTER, sender=B, membership=membership())
    for event in (WOKE, heard(contradiction)):
        assert stepped(before, event, step(before, event, at(100)), instant(100), 100) is None


def test_trace_of_a_process_begins_with_its_settings_and_its_first_state() -> None:
    """The state follows at once, or after the silent wait of a member without a record."""
    line = started(settings(), TRIO, 7, recorded=True)
    assert (line.member, line.at, line.recorded, line.members) == (A, 7, True, list(TRIO))
    assert (line.promise, line.drift) == (101 * MILLISECOND, 10_000)
    first = begun(member(following(None, 300)), instant(100), 8)
    assert (first.action, first.at, first.state) == ("Restart", 8, QUIET)
