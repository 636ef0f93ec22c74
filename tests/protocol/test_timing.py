"""Durations: which ones fit together, and what follows from them."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.protocol.timing import MILLION, Timing, scaled_timing
from leader.protocol.vocabulary import JITTER_RANGE, Duration
from tests.protocol.builders import HALF, TIMING, duration

DRIFTS = st.integers(min_value=0, max_value=MILLION // 10)
PROMISES = st.builds(Duration, st.integers(min_value=0, max_value=10**12))


@pytest.mark.parametrize(
    "field", ["election_timeout_min", "heartbeat_interval", "stagger", "pre_vote_backoff"]
)
@pytest.mark.parametrize("value", [0, -1])
def test_timing_refuses_a_duration_of_nothing(field: str, value: int) -> None:
    """The text names the field, the value and the rule."""
    with pytest.raises(ValueError, match=rf"^{field} = (0|-1e-09) s: must be more than 0$"):
        replace(TIMING, **{field: Duration(value)})


@pytest.mark.parametrize("field", ["stagger", "pre_vote_backoff"])
def test_timing_accepts_a_stagger_of_a_nanosecond(field: str) -> None:
    """It only paces, so it may be as short as you like."""
    assert getattr(replace(TIMING, **{field: Duration(1)}), field) == 1


def test_timing_refuses_equal_timeouts() -> None:
    """Both are named: members with equal waits would time out together again and again."""
    with pytest.raises(ValueError, match=r"^election_timeout_max = 0\.101 s: must be more") as told:
        replace(TIMING, election_timeout_max=TIMING.election_timeout_min)
    assert (
        "election_timeout_min = 0.101 s, or members would time out together again and again"
        in str(told.value)
    )


def test_timing_accepts_timeouts_that_differ_by_a_nanosecond() -> None:
    """The limit itself is refused, the next value is not."""
    longer = Duration(TIMING.election_timeout_min + 1)
    assert replace(TIMING, election_timeout_max=longer).election_timeout_max == longer


def test_timing_refuses_fewer_than_two_heartbeats_in_the_shortest_timeout() -> None:
    """Both fields are named: otherwise one lost heartbeat would end a leadership."""
    at_most = duration(50.5)
    assert replace(TIMING, heartbeat_interval=at_most).heartbeat_interval == at_most
    with pytest.raises(ValueError, match=r"^heartbeat_interval = 0\.0505 s: must be at") as told:
        replace(TIMING, heartbeat_interval=Duration(at_most + 1))
    assert "election_timeout_min = 0.101 s, or one lost" in str(told.value)


@pytest.mark.parametrize("drift", [-1, MILLION // 10 + 1])
def test_timing_accepts_a_drift_of_up_to_a_tenth(drift: int) -> None:
    """In millionths; both limits are allowed, values beyond them are not."""
    with pytest.raises(ValueError, match=f"^max_clock_drift = {drift}: must be from 0 to 100000 m"):
        replace(TIMING, max_clock_drift=drift)
    for limit in (0, MILLION // 10):
        assert replace(TIMING, max_clock_drift=limit).max_clock_drift == limit


def test_promise_is_the_shortest_election_timeout() -> None:
    """A member waits for a silent leader at least until its promise to it is over."""
    assert TIMING.promise == TIMING.election_timeout_min == duration(101)


def test_lease_is_the_promise_less_the_drift_of_two_clocks() -> None:
    """101 ms at one per cent: 101 * 0.99 / 1.01."""
    assert TIMING.lease(duration(101)) == duration(99)
    assert replace(TIMING, max_clock_drift=0).lease(duration(101)) == duration(101)


@given(promise=PROMISES, drift=DRIFTS)
def test_lease_ends_before_its_promise_on_any_two_clocks(promise: Duration, drift: int) -> None:
    """A lease on the slowest clock ends before the promise does on the fastest one."""
    lease = replace(TIMING, max_clock_drift=drift).lease(promise)
    slow, fast = 1 - Fraction(drift, MILLION), 1 + Fraction(drift, MILLION)
    assert lease / slow <= promise / fast < (lease + 1) / slow


@given(promise=PROMISES, more=PROMISES, drift=DRIFTS)
def test_lease_of_a_longer_promise_is_no_shorter(
    promise: Duration, more: Duration, drift: int
) -> None:
    """So the answer that lasts longest is the one that promises longest."""
    timing = replace(TIMING, max_clock_drift=drift)
    assert timing.lease(promise) <= timing.lease(Duration(promise + more))


@pytest.mark.parametrize(
    ("jitter", "milliseconds"), [(0, 101), (HALF, 151), (HALF // 2, 126), (HALF + HALF // 2, 176)]
)
def test_election_timeout_is_drawn_at_random(jitter: int, milliseconds: float) -> None:
    """Evenly between the two timeouts."""
    assert TIMING.election_timeout(jitter) == duration(milliseconds)


@given(jitter=st.integers(min_value=0, max_value=JITTER_RANGE - 1))
def test_election_timeout_lies_between_its_limits(jitter: int) -> None:
    """Never shorter than a promise, always shorter than the longest timeout."""
    timeout = TIMING.election_timeout(jitter)
    assert TIMING.election_timeout_min <= timeout < TIMING.election_timeout_max


@pytest.mark.parametrize(
    ("promise", "pace"),
    [(101, 30), (90, 30), (89.999_997, 29.999_999), (60, 20), (1.5, 0.5), (0, 0.5)],
)
def test_heartbeat_pace_is_the_shorter_of_interval_and_a_third_of_a_promise(
    promise: float, pace: float
) -> None:
    """A voter with a short promise must not miss its leader; but never below a stagger."""
    assert TIMING.heartbeat_pace(duration(promise)) == duration(pace)


@pytest.mark.parametrize(("voters", "milliseconds"), [(1, 103), (2, 103), (3, 103.5), (5, 104.5)])
def test_worst_failover_is_a_promise_with_staggers_and_a_backoff(
    voters: int, milliseconds: float
) -> None:
    """The staggers of all voters but the dead one and the first."""
    assert TIMING.worst_failover(voters) == duration(milliseconds)


def test_scaled_timing_scales_with_the_timeouts() -> None:
    """Half a millisecond of stagger and ten of backoff for 150 ms."""
    assert scaled_timing(
        election_timeout_min=duration(150),
        election_timeout_max=duration(300),
        heartbeat_interval=duration(50),
        max_clock_drift=10_000,
    ) == Timing(
        election_timeout_min=duration(150),
        election_timeout_max=duration(300),
        heartbeat_interval=duration(50),
        max_clock_drift=10_000,
        stagger=duration(0.5),
        pre_vote_backoff=duration(10),
        observer_interval=duration(1_000),
    )


def test_scaled_timing_of_the_shortest_timeouts_is_valid() -> None:
    """A division that ends at zero would be refused."""
    shortest = scaled_timing(
        election_timeout_min=Duration(2),
        election_timeout_max=Duration(3),
        heartbeat_interval=Duration(1),
        max_clock_drift=0,
    )
    assert (shortest.stagger, shortest.pre_vote_backoff) == (1, 1)
