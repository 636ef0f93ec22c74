"""Silence: which member is found not to answer, and which is only at rest."""

from dataclasses import replace

import pytest

from leader.election.silence import REMEMBERED, Silence
from leader.protocol.vocabulary import Duration, Instant, MemberId
from tests.protocol.builders import TIMING, A, B

INTERVAL = Duration(100)
SILENCE_TIMING = replace(
    TIMING,
    heartbeat_interval=INTERVAL,
    election_timeout_min=Duration(3 * INTERVAL),
    election_timeout_max=Duration(6 * INTERVAL),
    observer_interval=Duration(10 * INTERVAL),
)


def found(silence: Silence, *instants: int, member: MemberId = A) -> list[int]:
    """The instants of these at which a member that is written to then counts as silent."""
    return [now for now in instants if silence.wrote_to(member, Instant(now))]


def test_silence_is_found_after_three_heartbeats_and_again_after_three_more() -> None:
    """The first message without an answer begins it."""
    assert found(Silence(SILENCE_TIMING), *range(0, 1000, 50)) == [300, 600, 900]


def test_silence_ends_with_any_message() -> None:
    """It begins anew with the next message that is not answered."""
    silence = Silence(SILENCE_TIMING)
    assert found(silence, 0, 100, 200) == []
    silence.heard(A)
    assert found(silence, 300, 400, 500) == []
    assert found(silence, 600) == [600]


def test_silence_of_one_member_is_not_that_of_another() -> None:
    """Each has its own."""
    silence = Silence(SILENCE_TIMING)
    assert found(silence, 0) == []
    assert found(silence, 300, member=B) == []
    silence.heard(B)
    assert found(silence, 300) == [300]


def test_silence_does_not_begin_with_an_answer_that_nobody_had_to_answer() -> None:
    """Two members may have nothing to say to each other for hours."""
    assert found(Silence(SILENCE_TIMING), 0, 10**9, 10**9 + 299) == []


def test_silence_of_a_leader_is_found_when_its_follower_campaigns() -> None:
    """The last answer to a heartbeat was the last message to it, at most one time-out before."""
    longest = SILENCE_TIMING.election_timeout_max
    assert found(Silence(SILENCE_TIMING), 0, longest) == [longest]


@pytest.mark.parametrize("others", [REMEMBERED - 1, REMEMBERED])
def test_silence_remembers_a_bounded_number_of_members(others: int) -> None:
    """Those that were written to last."""
    silence = Silence(SILENCE_TIMING)
    silence.wrote_to(A, Instant(0))
    for number in range(others):
        silence.wrote_to(MemberId(f"member@{number}"), Instant(0))
    assert found(silence, 300) == ([300] if others < REMEMBERED else [])
