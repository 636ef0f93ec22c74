"""The bare core as a system under test: members on drifting clocks, a network, records in memory.

It keeps the contract of an engine and has no rule of its own: what is due comes before what has
arrived, a record is written before anything else of its step leaves, time is the member's own.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from leader.election.trace import Trace, begun, started, stepped
from leader.protocol.durable import Durable
from leader.protocol.effects import Effect, Persist, Send
from leader.protocol.events import Event, PeerWentDown, Received, ResignationAsked, Woke
from leader.protocol.invariants import ElectionWon
from leader.protocol.messages import VoteGranted, VoteRequest
from leader.protocol.state import (
    Candidate,
    Leader,
    PreCandidate,
    Renewing,
    Role,
    State,
    leader_of,
    promised_to_another,
)
from leader.protocol.transition import Action, Transition
from leader.protocol.vocabulary import JITTER_RANGE, Instant, MemberId, Moment, after
from stateful_tests.core import REAL, Core
from stateful_tests.core_machine import NEVER, CoreMachine
from stateful_tests.invariant_checker import InvariantChecker
from stateful_tests.lemmas import VoteHistory, VoterCommitment, leases_rest_on_promises
from stateful_tests.message_pool import MessagePool
from stateful_tests.plan import EPOCH, MILLISECOND, DriftingClock, RunPlan
from stateful_tests.system import InFlightMessage, WriteFault
from stateful_tests.trace_recorder import TraceRecorder
from stateful_tests.transcript import told

BUSY = 50
"""After as many steps at one instant, a member that has still more due will never be done."""
HOUR = 3_600_000 * MILLISECOND
WOKE = Woke()


class EndlessWakeUps(Exception):
    """A member that wakes up has always something due: its process would spin."""


class CoreSystem:
    """A ``System`` of members that are the core alone; ``trace`` is told all they do."""

    def __init__(self, plan: RunPlan, core: Core = REAL, trace: Trace | None = None) -> None:
        self.true_time = 0
        self.transcript: list[str] | None = None
        self._plan = plan
        self._core = core
        self._teller = TraceRecorder(plan, trace)
        self._dice = Random(plan.dice)
        self._network = MessagePool()
        self._witness = InvariantChecker()
        self._ballots = VoteHistory()
        self._hosts = {
            member: CoreMachine(
                member=member,
                clock=DriftingClock(place * HOUR, drift),
                promise=promise,
                bond=VoterCommitment(member, None, NEVER),
            )
            for place, (member, drift, promise) in enumerate(
                zip(plan.members, plan.drifts, plan.promises, strict=True), start=1
            )
        }
        self._everyone = tuple(self._hosts.values())
        for host in self._everyone:
            self._tell_started(host, recorded=False)
            self._begin_without_record(host)

    @property
    def members(self) -> tuple[MemberId, ...]:
        return self._plan.members

    @property
    def in_flight(self) -> Sequence[InFlightMessage]:
        return self._network.in_flight

    def is_down(self, member: MemberId) -> bool:
        return self._hosts[member].is_down

    def is_paused(self, member: MemberId) -> bool:
        return self._hosts[member].paused

    def acting(self) -> tuple[MemberId, ...]:
        return tuple(name for name, host in self._hosts.items() if host.acts(self.true_time))

    def believes_in(self, member: MemberId) -> MemberId | None:
        state = self._hosts[member].state
        return None if state is None else leader_of(state)

    def highest_term(self) -> int:
        floor = EPOCH if self._plan.records_get_lost else 0
        return max(floor, *(host.highest_term for host in self._hosts.values()))

    def deliver(self, index: int, fault: WriteFault = WriteFault.NONE) -> None:
        arrived = self._network.take(index)
        host = self._hosts[arrived.to]
        if host.state is None:
            self._teller.lost(arrived.message, arrived.to)
        host.fault, highest_term = fault, host.highest_term
        self._offer(host, Received(message=arrived.message))
        host.fault = WriteFault.NONE
        if fault is WriteFault.FAILS and host.is_down:
            # The step was taken, and never came to be.
            host.highest_term = highest_term

    def drop(self, index: int) -> None:
        dropped = self._network.take(index)
        self._teller.lost(dropped.message, dropped.to)

    def duplicate(self, index: int) -> None:
        copied = self._network.in_flight[index]
        self._network.duplicate(index)
        self._teller.repeated(copied.message, copied.to)

    def cut(self, source: MemberId, to: MemberId) -> None:
        self._network.cuts.add((source, to))

    def mend(self, source: MemberId, to: MemberId) -> None:
        self._network.cuts.discard((source, to))

    def next_due(self) -> int | None:
        due = min([host.due for host in self._everyone if not host.paused], default=NEVER)
        return None if due == NEVER else due

    def pass_until(self, true_time: int) -> None:
        while (due := self.next_due()) is not None and due <= true_time:
            self.true_time = max(self.true_time, due)
            for host in self._everyone:
                if host.due == due and not host.paused:
                    self._catch_up(host)
        self.true_time = max(self.true_time, true_time)

    def crash(self, member: MemberId) -> None:
        self._dies(self._hosts[member])

    def restart(
        self, member: MemberId, *, keeps_record: bool, keeps_clock: bool, promise: int | None
    ) -> None:
        host = self._hosts[member]
        host.promise = promise or host.promise
        if not keeps_clock:
            host.clock = host.clock.restarted(self.true_time)
        if keeps_record and host.record is not None:
            settings = self._plan.settings(member, host.promise)
            self._tell_started(host, recorded=True)
            self._begin(host, self._core.restart(settings, host.record, self._moment(host)))
        else:
            self._be_silent(host)
        self._catch_up(host)

    def pause(self, member: MemberId) -> None:
        self._hosts[member].paused = True

    def resume(self, member: MemberId) -> None:
        host = self._hosts[member]
        host.paused = False
        waited, host.waiting = host.waiting, []
        self._catch_up(host)
        for event in waited:
            self._offer(host, event)

    def lose_patience(self, member: MemberId) -> None:
        host = self._hosts[member]
        state = None if host.paused else host.state
        now = self._now(host)
        # What has asked nobody is no behaviour of the spec, so it is no part of a recorded run.
        if state is None or leader_of(state) == member or self._teller.trace is not None:
            return
        role: Role = PreCandidate(started=now, granted=frozenset(state.voters), deadline=now)
        if promised_to_another(state, member, now):
            role = replace(state.role, deadline=now)
        host.has_become(replace(state, role=role), self._core)
        self._catch_up(host)

    def resign(self, member: MemberId, successor: MemberId | None) -> None:
        self._offer(self._hosts[member], ResignationAsked(successor=successor))

    def notice_down(self, member: MemberId, peer: MemberId) -> None:
        self._offer(self._hosts[member], PeerWentDown(peer=peer))

    def close(self) -> None:
        pass

    def _be_silent(self, host: CoreMachine) -> None:
        host.record = None
        self._tell_started(host, recorded=False)
        wait = self._core.silent_wait(self._plan.settings(host.member, host.promise))
        host.is_silent_until(after(self._now(host), wait))

    def _begin_without_record(self, host: CoreMachine) -> None:
        wall_clock = (
            self._plan.wall_clock(host.member, self.true_time) if self._plan.records_get_lost else 0
        )
        settings = self._plan.settings(host.member, host.promise)
        host.silent_until = None
        self._begin(
            host,
            self._core.start_without_record(
                settings, self._plan.membership, wall_clock, self._moment(host)
            ),
        )

    def _begin(self, host: CoreMachine, state: State) -> None:
        host.record = state.durable
        host.has_become(state, self._core)
        if self._teller.trace is not None:
            now = self._now(host)
            self._teller.line(begun(state, now, now), self.true_time)
        self._look()

    def _offer(self, host: CoreMachine, event: Event) -> None:
        """What an engine does with an event: first what is due, then the event, then what is due again."""
        if host.paused:
            host.waiting.append(event)
            return
        self._catch_up(host)
        if host.state is not None:
            self._step(host, host.state, event)
            self._catch_up(host)

    def _catch_up(self, host: CoreMachine) -> None:
        for _ in range(BUSY):
            if host.due > self.true_time:
                return
            if host.state is None:
                self._begin_without_record(host)
            else:
                self._step(host, host.state, WOKE)
        raise EndlessWakeUps(f"{host.member} has always something due: {host.state}")

    def _step(self, host: CoreMachine, state: State, event: Event) -> None:
        before = host.seen(self.true_time)
        transition = self._core.step(state, event, self._moment(host))
        if self.transcript is not None:
            self.transcript.append(told(self.true_time, host.member, event, transition))
        if self._teller.trace is not None:
            now = self._now(host)
            line = stepped(state, event, transition, now, now)
            if line is not None:
                self._teller.line(line, self.true_time)
        host.has_become(transition.state, self._core)
        if transition.action == Action.BECOME_LEADER:
            self._witness.saw_won(_election_won(transition.state))
        resigned = isinstance(event, ResignationAsked)
        self._carry_out(host, transition)
        after_it = host.seen(self.true_time)
        if before is not None and after_it is not None:
            self._witness.saw_step(before, after_it, resigned=resigned)
        self._look()

    def _carry_out(self, host: CoreMachine, transition: Transition) -> None:
        for place, effect in enumerate(transition.effects):
            self._perform(host, effect, first=place == 0)
            if host.is_down:
                return

    def _perform(self, host: CoreMachine, effect: Effect, *, first: bool) -> None:
        match effect:
            case Persist(durable=durable):
                _check_comes_first(first, durable)
                if host.fault is not WriteFault.FAILS:
                    host.record = durable
                if host.fault is not WriteFault.NONE:
                    self._tell(f"{host.member} crashes before it says a word: {host.fault.value}")
                    self._dies(host)
            case Send(to=to, message=message):
                if isinstance(message, VoteGranted):
                    self._ballots.one_vote_per_term(host.member, message.term, to)
                if isinstance(message, VoteRequest):
                    self._ballots.one_vote_per_term(host.member, message.term, host.member)
                lost = self._network.send(host.member, to, message, self.true_time)
                if lost is not None:
                    self._teller.lost(lost.message, lost.to)
            case _:
                pass

    def _look(self) -> None:
        now = self.true_time
        self._witness.saw([view for host in self._everyone if (view := host.seen(now)) is not None])
        for host in self._everyone:
            if host.state is not None and host.acts(now):
                bonds = [other.bond for other in self._everyone]
                leases_rest_on_promises(host.member, host.lease_ends, host.state.voters, bonds)

    def _dies(self, host: CoreMachine) -> None:
        if not host.is_down:
            self._teller.crashed(host.member, self._now(host), self.true_time)
        host.has_died()

    def _tell_started(self, host: CoreMachine, *, recorded: bool) -> None:
        if self._teller.trace is not None:
            settings = self._plan.settings(host.member, host.promise)
            line = started(settings, self._plan.members, self._now(host), recorded)
            self._teller.line(line, self.true_time)

    def _tell(self, text: str) -> None:
        if self.transcript is not None:
            self.transcript.append(f"      {text}")

    def _now(self, host: CoreMachine) -> Instant:
        return Instant(host.clock.reads(self.true_time))

    def _moment(self, host: CoreMachine) -> Moment:
        return Moment(now=self._now(host), jitter=int(self._dice.random() * JITTER_RANGE))


def _election_won(state: State) -> ElectionWon:
    role = state.role
    backing = role.backing if isinstance(role, Candidate | Leader | Renewing) else frozenset()
    return ElectionWon(
        term=state.term,
        member=state.member,
        voters=state.voters,
        supporters=frozenset(answer.member for answer in backing),
    )


def _check_comes_first(first: bool, durable: Durable) -> None:
    if not first:
        raise AssertionError(f"a message may have left before the record it depends on: {durable}")
