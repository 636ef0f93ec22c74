"""A few members on one clock and a network with a fixed delay, so every run is the same.

No message is lost at random, no clock drifts, and records are written at once. The random election
timeout is always 150 ms for the first member, 187.5 for the second, 225 for the third and 262.5 for
the fourth.
"""

from collections import Counter
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count

from leader.protocol.actions import Action
from leader.protocol.durable import Durable
from leader.protocol.effects import Send
from leader.protocol.events import Event, PeerWentDown, Received, ResignationAsked, Woke
from leader.protocol.lease import acts
from leader.protocol.membership import founding
from leader.protocol.start import restart
from leader.protocol.state import Settings, State, leader_of
from leader.protocol.step import next_deadline, step
from leader.protocol.timing import scaled_timing
from leader.protocol.vocabulary import (
    JITTER_RANGE,
    ClusterId,
    Duration,
    Instant,
    MemberId,
    Moment,
    Term,
)
from tests.scenarios.notation import HEADING, line_of, milliseconds, note_of

MILLISECOND = 1_000_000
DELAY = MILLISECOND // 10
TIMING = scaled_timing(
    election_timeout_min=Duration(150 * MILLISECOND),
    election_timeout_max=Duration(300 * MILLISECOND),
    heartbeat_interval=Duration(50 * MILLISECOND),
    max_clock_drift=10_000,
)
HEARTBEATS_ONLY = {Action.SEND_HEARTBEAT, Action.HANDLE_HEARTBEAT, Action.HANDLE_HEARTBEAT_ACK}
"""The actions of members that have a leader as long as nothing happens."""


class Cluster:
    """Members named by single letters; every step is written into ``lines``."""

    def __init__(self, names: str, *, trust_disconnect: bool = False) -> None:
        self.now = Instant(0)
        self.lines = [HEADING]
        self._names = [MemberId(name) for name in names]
        self._trust_disconnect = trust_disconnect
        self._running: dict[MemberId, State] = {}
        self._coming: list[tuple[Instant, int, MemberId, Event]] = []
        self._order = count()
        self._cut: set[tuple[MemberId, MemberId]] = set()
        self._stopped: dict[MemberId, list[Event]] = {}

    def start(self, names: str, *, term: int = 0) -> None:
        """Start members with a record of ``term``; they know no leader."""
        for name in map(MemberId, names):
            settings = Settings(
                cluster=ClusterId("shop"),
                member=name,
                timing=TIMING,
                trust_disconnect=self._trust_disconnect,
            )
            record = Durable(
                term=Term(term), membership=founding(self._names), promise=TIMING.promise
            )
            self._running[name] = restart(settings, record, self._moment(name))

    def note(self, text: str) -> None:
        """Write into the transcript what happens to the members."""
        self.lines.append(note_of(self.now, text))

    def die(self, name: str) -> None:
        """One member ends; the messages that it has sent still arrive."""
        del self._running[MemberId(name)]

    def disconnect(self, name: str) -> None:
        """Every other member learns that its connection to this one broke."""
        for other in self._running:
            self._post(other, PeerWentDown(peer=MemberId(name)))

    def resign(self, name: str, successor: str | None = None) -> None:
        """Ask a leader to resign."""
        named = None if successor is None else MemberId(successor)
        _, line = self._take(MemberId(name), ResignationAsked(successor=named))
        self.lines.append(line)

    def cut(self, *ways: str) -> None:
        """From now on messages in these directions are lost: ``"ab"`` is from a to b."""
        self._cut.update((MemberId(way[0]), MemberId(way[1])) for way in ways)

    def stop(self, name: str) -> None:
        """Stop the process of a member; messages to it wait."""
        self._stopped[MemberId(name)] = []

    def go_on(self, name: str) -> None:
        """Let a stopped process go on, with the messages that have arrived meanwhile."""
        member = MemberId(name)
        self.lines.extend(self._take(member, event)[1] for event in self._stopped.pop(member))

    def heal(self) -> None:
        """From now on no message is lost."""
        self._cut.clear()

    def run(self, until: float) -> None:
        """Take every step up to this time, in milliseconds, and write it into the transcript."""
        for _, line in self._steps(until):
            self.lines.append(line)

    def pass_quietly(self, until: float) -> None:
        """Take the steps up to this time, which must be heartbeats and their answers, and count them."""
        taken = Counter(action for action, _ in self._steps(until))
        assert set(taken) <= HEARTBEATS_ONLY, f"not quiet: {taken}"
        self.note(f"rounds of heartbeats since then: {taken[Action.SEND_HEARTBEAT]}")

    def close(self) -> None:
        """End the transcript with what each member believes."""
        held = [
            f"{name} {self._belief(name, state)}" for name, state in sorted(self._running.items())
        ]
        self.note("; ".join(held))

    def _belief(self, name: MemberId, state: State) -> str:
        if acts(state, self.now):
            return f"leads, token {state.durable.membership.term}"
        leader = leader_of(state)
        return f"follows {leader} in term {state.term}" if leader else "knows no leader"

    def _steps(self, until: float) -> Iterator[tuple[Action | None, str]]:
        limit = Instant(round(until * MILLISECOND))
        while (following := self._next(limit)) is not None:
            self.now, name, event = following
            yield self._take(name, event)
        self.now = limit

    def _next(self, limit: Instant) -> tuple[Instant, MemberId, Event] | None:
        """The next step up to ``limit``; of those due at the same instant, messages come before alarms."""
        alarms = [
            (max(due, self.now), name)
            for name, state in self._running.items()
            if name not in self._stopped and (due := next_deadline(state)) is not None
        ]
        alarm = min((alarm for alarm in alarms if alarm[0] <= limit), default=None)
        soonest = limit if alarm is None else alarm[0]
        while self._coming and self._coming[0][0] <= soonest:
            when, _, name, event = heappop(self._coming)
            if name in self._stopped:
                self._stopped[name].append(event)
            elif name in self._running:
                return when, name, event
        return None if alarm is None else (*alarm, Woke())

    def _take(self, name: MemberId, event: Event) -> tuple[Action | None, str]:
        transition = step(self._running[name], event, self._moment(name))
        self._running[name] = transition.state
        lost_to = {to for by, to in self._cut if by == name}
        for effect in transition.effects:
            if isinstance(effect, Send) and effect.to not in lost_to:
                self._post(effect.to, Received(message=effect.message))
        self._check()
        return transition.action, line_of(self.now, name, event, transition, lost_to)

    def _post(self, name: MemberId, event: Event) -> None:
        heappush(self._coming, (Instant(self.now + DELAY), next(self._order), name, event))

    def _moment(self, name: MemberId) -> Moment:
        rank = self._names.index(name)
        return Moment(now=self.now, jitter=rank * JITTER_RANGE // 4, highest_term=None)

    def _check(self) -> None:
        acting = [name for name, state in self._running.items() if acts(state, self.now)]
        assert len(acting) <= 1, f"{acting} act at once at {milliseconds(self.now)} ms"
