"""``python -m stateful_tests.fuzz_lies``: one lie of a member without a vote, told to a cluster of the core.

Each cluster has one, three or five voters and an observer, a network whose delays differ, and a leader. One
member is told one message of `lies`. A *bad end* is an effect that only a voter may have: an exception
of the core, a leader that is lost, a voter whose term moves, two members that act, or no leader four
election timeouts later. An observer that knew no voters may believe the liar; it must follow the true
leader again after three of its intervals and the time that one heartbeat needs.

Exits with 1 if there was a bad end. Prints each with its seed, which repeats it.
"""

import dataclasses
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Annotated, Final

import typer

from leader.protocol.effects import Send
from leader.protocol.events import Event, ObserverCameUp, Received, Woke
from leader.protocol.lease import acts
from leader.protocol.membership import Membership, founding
from leader.protocol.messages import Message
from leader.protocol.state import Settings, State, leader_of
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
from runtime.clock import FAR_AHEAD_MILLISECONDS
from stateful_tests.core import REAL, Core
from stateful_tests.lies import Liar, Target

CLUSTER: Final = ClusterId("shop")
WALL: Final = 1_800_000_000_000
MILLISECOND: Final = 1_000_000
TIMING: Final = scaled_timing(
    election_timeout_min=Duration(150 * MILLISECOND),
    election_timeout_max=Duration(300 * MILLISECOND),
    heartbeat_interval=Duration(50 * MILLISECOND),
    max_clock_drift=10_000,
)
OBSERVER: Final = MemberId("watcher@host")
SLOWEST: Final = 2 * MILLISECOND
"""The longest delay of a message."""
AWARE_AFTER: Final = TIMING.observer_patience + TIMING.heartbeat_interval + 2 * SLOWEST
"""How long after a lie an observer follows the true leader again."""


class BadEnd(Exception):
    """What one lie has done to a cluster."""


class Cluster:
    """Voters and an observer on one clock; each step is checked."""

    def __init__(self, seed: int, core: Core = REAL) -> None:
        self.random = Random(seed)
        self.now = Instant(0)
        self._core = core
        self.voters = tuple(
            MemberId(f"member@n{number}") for number in range(self.random.choice([1, 3, 3, 5]))
        )
        self.membership: Membership = founding(self.voters)
        self.states: dict[MemberId, State] = {}
        self._coming: list[tuple[Instant, int, MemberId, Event]] = []
        self._order = count()
        self._wakes: dict[MemberId, Instant | None] = {}
        for voter in self.voters:
            self._start(voter, self.membership)

    def start_observer(self) -> None:
        """Start the observer; the voters learn of it as from its greeting."""
        self._start(OBSERVER, founding(()))
        for voter in self.voters:
            self.take(voter, ObserverCameUp(observer=OBSERVER))

    def run(self, duration: int) -> None:
        """Take every step that is due in this time."""
        until = Instant(self.now + duration)
        while (due := self._next(until)) is not None:
            self.now, name, event = due
            self.take(name, event)
        self.now = until

    def take(self, name: MemberId, event: Event) -> None:
        """One step of a member, and what it sends."""
        try:
            transition = self._core.step(self.states[name], event, self._moment())
        except Exception as error:
            raise BadEnd(f"{name}: {error!r}") from error
        self._keep(name, transition.state)
        for effect in transition.effects:
            if isinstance(effect, Send) and effect.to in self.states:
                self._post(effect.to, effect.message)
        if len(self.acting()) > 1:
            raise BadEnd(f"{self.acting()} act at once")

    def acting(self) -> list[MemberId]:
        """The members that act as leader now."""
        return [name for name, state in self.states.items() if acts(state, self.now)]

    def leader(self) -> MemberId:
        """The one that acts.

        Raises:
            BadEnd: there is none.
        """
        for name in self.acting():
            return name
        raise BadEnd("no member acts")

    def terms(self) -> dict[MemberId, Term]:
        """The voters' terms."""
        return {voter: self.states[voter].term for voter in self.voters}

    @property
    def highest_term(self) -> Term:
        """The highest term that is believed now."""
        return Term(WALL + self.now // MILLISECOND + FAR_AHEAD_MILLISECONDS)

    def _start(self, name: MemberId, listed: Membership) -> None:
        settings = Settings(cluster=CLUSTER, member=name, timing=TIMING, trust_disconnect=False)
        state = self._core.start_without_record(settings, listed, WALL, self._moment())
        self._keep(name, state)

    def _keep(self, name: MemberId, state: State) -> None:
        self.states[name] = state
        self._wakes[name] = self._core.next_deadline(state)

    def _next(self, until: Instant) -> tuple[Instant, MemberId, Event] | None:
        alarms = [(due, name) for name, due in self._wakes.items() if due is not None]
        soonest = min(alarms, default=(Instant(until + 1), OBSERVER))
        if self._coming and self._coming[0][0] < soonest[0]:
            when, _, name, event = self._coming[0]
            if when > until:
                return None
            heappop(self._coming)
            return when, name, event
        due, name = soonest
        return None if due > until else (max(due, self.now), name, Woke())

    def _post(self, to: MemberId, message: Message) -> None:
        when = Instant(self.now + self.random.randrange(MILLISECOND // 10, SLOWEST))
        heappush(self._coming, (when, next(self._order), to, Received(message=message)))

    def _moment(self) -> Moment:
        jitter = self.random.randrange(JITTER_RANGE)
        return Moment(now=self.now, jitter=jitter, highest_term=self.highest_term)


def lie_to(seed: int, core: Core = REAL) -> Message:
    """Run one cluster and tell it a lie, which is returned.

    Raises:
        BadEnd: what came of it.
    """
    cluster = Cluster(seed, core)
    random = cluster.random
    cluster.run(1_000 * MILLISECOND)
    knows_voters = random.random() < 0.5
    if knows_voters:
        cluster.start_observer()
        cluster.run(100 * MILLISECOND)
    cluster.run(random.randrange(100 * MILLISECOND))
    if not knows_voters:
        # The lie comes before its first heartbeat.
        cluster.start_observer()
    leader, terms = cluster.leader(), cluster.terms()
    target = Target(
        cluster=CLUSTER,
        membership=cluster.membership.stamped(terms[leader]),
        observer=OBSERVER,
        leader=leader,
        term=terms[leader],
        highest_term=cluster.highest_term,
        now=cluster.now,
    )
    liar = Liar(random, target)
    told = random.choice([*cluster.voters, leader, OBSERVER])
    if not knows_voters and random.random() < 0.5:
        told = OBSERVER
    lie = liar.message()
    try:
        if told != liar.name:
            cluster.take(told, Received(message=lie))
        _check_afterwards(cluster, leader, terms)
    except BadEnd as end:
        raise BadEnd(f"seed {seed}: {end}, after {told} was told {_shortened(lie)}") from end
    return lie


def _check_afterwards(cluster: Cluster, leader: MemberId, terms: dict[MemberId, Term]) -> None:
    passed, until = 0, max(4 * TIMING.election_timeout_max, AWARE_AFTER)
    while passed < until:
        cluster.run(MILLISECOND)
        passed += MILLISECOND
        if leader not in cluster.acting():
            raise BadEnd(f"{leader} is lost as leader")
        if cluster.terms() != terms:
            raise BadEnd("a voter's term has moved")
    if leader_of(cluster.states[OBSERVER]) != leader:
        raise BadEnd(f"the observer still follows {leader_of(cluster.states[OBSERVER])}")


def bad_ends(seeds: range, core: Core = REAL) -> Iterator[str]:
    """What went wrong, for each seed with which something did."""
    for seed in seeds:
        try:
            lie_to(seed, core)
        except BadEnd as end:
            yield str(end)


def _shortened(lie: Message) -> str:
    fields = ", ".join(
        f"{field.name}={str(getattr(lie, field.name))[:80]}" for field in dataclasses.fields(lie)
    )
    return f"{type(lie).__name__}({fields})"


def main(
    clusters: Annotated[int, typer.Option(min=1, help="How many clusters are lied to.")] = 500,
    seed: Annotated[int, typer.Option(help="The seed of the first.")] = 0,
) -> None:
    """Lie to many clusters, one lie each."""
    found = 0
    for end in bad_ends(range(seed, seed + clusters)):
        found += 1
        typer.echo(end)
    typer.echo(f"{found} bad ends in {clusters} clusters")
    if found:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
