"""Contracts on durations: a lease ends before its promises, and a wait stays between its bounds."""

from leader.protocol.quorum import reached_by_quorum
from leader.protocol.timing import MILLION, Timing
from leader.protocol.vocabulary import JITTER_RANGE, Duration


def timing(
    *, low: int = 150, high: int = 300, interval: int = 50, stagger: int = 1, drift: int = 0
) -> Timing:
    """A timing in which only the values that a contract is about vary."""
    return Timing(
        election_timeout_min=Duration(low),
        election_timeout_max=Duration(high),
        heartbeat_interval=Duration(interval),
        max_clock_drift=drift,
        stagger=Duration(stagger),
        pre_vote_backoff=Duration(10),
        observer_interval=Duration(max(1_000, interval)),
    )


def a_lease_ends_before_its_promise(drift: int, promise: int) -> bool:
    """A lease on the slowest clock ends before the promise does on the fastest one.

    pre: 0 <= drift <= MILLION // 10
    pre: promise >= 0
    post: _
    """
    lease = timing(drift=drift).lease(Duration(promise))
    return lease * (MILLION + drift) <= promise * (MILLION - drift)


def a_lease_is_the_longest_that_is_safe(drift: int, promise: int) -> bool:
    """A lease is the longest that is safe: one nanosecond more would not be.

    pre: 0 <= drift <= MILLION // 10
    pre: promise >= 0
    post: _
    """
    more = timing(drift=drift).lease(Duration(promise)) + 1
    return more * (MILLION + drift) > promise * (MILLION - drift)


def a_longer_promise_gives_no_shorter_lease(drift: int, one: int, other: int) -> bool:
    """A voter that promises for longer never gives a shorter lease.

    pre: 0 <= drift <= MILLION // 10
    pre: 0 <= one <= other
    post: _
    """
    of = timing(drift=drift)
    return of.lease(Duration(one)) <= of.lease(Duration(other))


def a_wait_is_between_the_timeouts(low: int, high: int, jitter: int) -> bool:
    """For every random draw, a wait is at least the shortest timeout and less than the longest one.

    pre: 100 <= low < high
    pre: jitter >= 0
    post: _
    """
    return low <= timing(low=low, high=high).election_timeout(jitter % JITTER_RANGE) < high


def heartbeats_are_in_time(interval: int, stagger: int, promise: int) -> bool:
    """There are at least three heartbeats in a promise and one in the interval, but never faster than the stagger.

    pre: interval >= 1
    pre: stagger >= 1
    pre: promise >= 0
    post: _
    """
    of = timing(low=2 * interval, high=2 * interval + 1, interval=interval, stagger=stagger)
    pace = of.heartbeat_pace(Duration(promise))
    return pace == stagger or (stagger < pace <= interval and 3 * pace <= promise)


def a_failover_takes_at_least_a_promise(low: int, stagger: int, voters: int) -> bool:
    """The stated longest failover is no shorter than the time that must pass in every failover.

    pre: low >= 100
    pre: stagger >= 1
    pre: voters >= 1
    post: _
    """
    of = timing(low=low, high=low + 1, stagger=stagger)
    return of.worst_failover(voters) >= low + stagger * (voters - 2)


def lease_until_twin(sent: tuple[int, ...], promises: tuple[int, ...], drift: int) -> int | None:
    """``backed_by_quorum_until`` on integers instead of answers, for voters that have all answered."""
    of = timing(drift=drift)
    ends = [at + of.lease(Duration(promise)) for at, promise in zip(sent, promises, strict=True)]
    return reached_by_quorum(ends, len(sent))


def a_lease_of_three_rests_on_two(a: int, b: int, c: int, x: int, y: int, z: int) -> bool:
    """While a lease of three members lasts, two of them are bound, if none promised before it was asked.

    pre: x >= 0
    pre: y >= 0
    pre: z >= 0
    post: _
    """
    until = lease_until_twin((a, b, c), (x, y, z), 10_000)
    if until is None:
        return False
    bound = [until <= sent + promise for sent, promise in ((a, x), (b, y), (c, z))]
    return sum(bound) >= 2
