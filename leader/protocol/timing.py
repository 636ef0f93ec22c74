"""Every duration of the election in one value, validated together.

Safety depends on two of them: how long a voter promises, and how much the rates of two clocks may
differ. The others only pace elections: a bad choice costs time, but never causes a second leader.
"""

from dataclasses import dataclass

from leader.protocol.vocabulary import JITTER_RANGE, Duration

MILLION = 1_000_000
SECOND = Duration(1_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Durations in nanoseconds on the member's own clock; the drift in millionths.

    Raises:
        ValueError: two of the durations do not fit together; the text names both and the rule.
    """

    election_timeout_min: Duration
    """How long a voter promises, and the shortest wait for a silent leader."""
    election_timeout_max: Duration
    """The longest wait for a silent leader."""
    heartbeat_interval: Duration
    """How often a leader sends heartbeats, unless a third of a shorter promise is less."""
    max_clock_drift: int
    """By how many millionths the rates of two members' clocks may differ."""
    stagger: Duration
    """How much later each next voter by rank starts if all would start at once."""
    pre_vote_backoff: Duration
    """How long a member waits for another that it granted a pre-vote: a few round trips of a busy machine."""
    observer_interval: Duration
    """How often a leader sends a heartbeat to an observer that knows all there is to know."""

    def __post_init__(self) -> None:
        for name in ("election_timeout_min", "heartbeat_interval", "stagger", "pre_vote_backoff"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} = {_seconds(getattr(self, name))}: must be more than 0")
        if self.election_timeout_max <= self.election_timeout_min:
            raise ValueError(
                f"election_timeout_max = {_seconds(self.election_timeout_max)}: must be more than "
                f"election_timeout_min = {_seconds(self.election_timeout_min)}, or members would time out together again and again"
            )
        if 2 * self.heartbeat_interval > self.election_timeout_min:
            raise ValueError(
                f"heartbeat_interval = {_seconds(self.heartbeat_interval)}: must be at most half of "
                f"election_timeout_min = {_seconds(self.election_timeout_min)}, or one lost heartbeat ends a leadership"
            )
        if self.observer_interval < self.heartbeat_interval:
            raise ValueError(
                f"observer_interval = {_seconds(self.observer_interval)}: must be at least "
                f"heartbeat_interval = {_seconds(self.heartbeat_interval)}, since observers are told no sooner than voters"
            )
        if not 0 <= self.max_clock_drift <= MILLION // 10:
            raise ValueError(
                f"max_clock_drift = {self.max_clock_drift}: must be from 0 to {MILLION // 10} millionths"
            )

    @property
    def promise(self) -> Duration:
        """For how long an answer to a leader or candidate binds this voter."""
        return self.election_timeout_min

    @property
    def observer_patience(self) -> Duration:
        """For how long an observer believes in a silent leader: two heartbeats may be lost."""
        return Duration(3 * self.observer_interval)

    def lease(self, promise: Duration) -> Duration:
        """For how long a leader may count on a ``promise``, from when it sent the question.

        It is shorter than the promise, because the voter's clock may run fast and the leader's slow,
        each by ``max_clock_drift`` at most.
        """
        return Duration(
            promise * (MILLION - self.max_clock_drift) // (MILLION + self.max_clock_drift)
        )

    def election_timeout(self, jitter: int) -> Duration:
        """A wait between the two election timeouts, by one random draw."""
        span = self.election_timeout_max - self.election_timeout_min
        return Duration(self.election_timeout_min + span * jitter // JITTER_RANGE)

    def heartbeat_pace(self, shortest_promise: Duration) -> Duration:
        """How long to wait between heartbeats if the shortest promise of a voter is ``shortest_promise``."""
        return Duration(max(self.stagger, min(self.heartbeat_interval, shortest_promise // 3)))

    def worst_failover(self, voters: int) -> Duration:
        """The longest time from the death of a leader, seen by its broken connections, to the next campaign."""
        return Duration(self.promise + self.stagger * max(0, voters - 2) + self.pre_vote_backoff)


def _seconds(duration: Duration) -> str:
    return f"{duration / 1_000_000_000:g} s"


def scaled_timing(
    *,
    election_timeout_min: Duration,
    election_timeout_max: Duration,
    heartbeat_interval: Duration,
    max_clock_drift: int,
) -> Timing:
    """A timing whose other durations follow from its timeouts: for 150 ms a stagger of 0.5 ms and a backoff of 10 ms.

    An observer that knows all is sent a heartbeat each second, unless voters are sent them less often.
    """
    return Timing(
        election_timeout_min=election_timeout_min,
        election_timeout_max=election_timeout_max,
        heartbeat_interval=heartbeat_interval,
        max_clock_drift=max_clock_drift,
        stagger=Duration(max(1, election_timeout_min // 300)),
        pre_vote_backoff=Duration(max(1, election_timeout_min // 15)),
        observer_interval=Duration(max(SECOND, heartbeat_interval)),
    )
