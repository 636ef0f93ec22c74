"""How many steps per second the pure core takes: heartbeats and their answers between two members."""

import time

from leader.protocol.effects import Send
from leader.protocol.events import Received, Woke
from leader.protocol.membership import founding
from leader.protocol.start import start_without_record
from leader.protocol.state import Leader, Settings, State
from leader.protocol.step import step
from leader.protocol.timing import Timing, scaled_timing
from leader.protocol.vocabulary import ClusterId, Duration, Instant, MemberId, Moment

MILLISECOND = 1_000_000
STEPS = 30_000


def steps_per_second() -> float:
    """Lets two members elect a leader and exchange heartbeats, and counts steps per second."""
    a, b = MemberId("a@x"), MemberId("b@x")
    states = {member: _started(member, (a, b)) for member in (a, b)}
    taken, now = 0, 0
    since = time.perf_counter()
    while taken < STEPS:
        now += 10 * MILLISECOND
        for member in (a, b):
            if member == b and isinstance(states[a].role, Leader):
                continue
            taken += _run(
                states, member, Moment(now=Instant(now), jitter=taken % 65_536, highest_term=None)
            )
    return taken / (time.perf_counter() - since)


def _run(states: dict[MemberId, State], member: MemberId, moment: Moment) -> int:
    """Lets ``member`` do what is due, delivers all messages that follow, and returns the number of steps."""
    events: list[tuple[MemberId, Woke | Received]] = [(member, Woke())]
    taken = 0
    while events:
        to, event = events.pop()
        transition = step(states[to], event, moment)
        states[to] = transition.state
        taken += 1
        sends = [effect for effect in transition.effects if isinstance(effect, Send)]
        events.extend((send.to, Received(message=send.message)) for send in sends)
    return taken


def _started(member: MemberId, voters: tuple[MemberId, ...]) -> State:
    settings = Settings(
        cluster=ClusterId("benchmark"), member=member, timing=_timing(), trust_disconnect=False
    )
    return start_without_record(
        settings, founding(voters), 1, Moment(now=Instant(0), jitter=0, highest_term=None)
    )


def _timing() -> Timing:
    return scaled_timing(
        election_timeout_min=Duration(150 * MILLISECOND),
        election_timeout_max=Duration(300 * MILLISECOND),
        heartbeat_interval=Duration(50 * MILLISECOND),
        max_clock_drift=10_000,
    )
