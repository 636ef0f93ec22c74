"""The bare core as a system under test: members on drifting clocks, a network, records in memory.

It does what an engine must do and has no rule of its own: what is due is done before what has
arrived, a record is written before any message of its step leaves, instants are the member's own.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from leader.election.trace import Trace, begun, started, stepped
from leader.protocol.actions import Action
from leader.protocol.durable import Durable
from leader.protocol.effects import Effect, Persist, Send
from leader.protocol.events import Event, PeerWentDown, Received, ResignationAsked, Woke
from leader.protocol.guards import is_free_to_vote_for
from leader.protocol.invariants import ElectionWon
from leader.protocol.state import (
    Candidate,
    Leader,
    PreCandidate,
    Renewing,
    Role,
    State,
    leader_of,
)
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import JITTER_RANGE, Instant, MemberId, Moment, after
from stateful_tests.core import REAL, Core
from stateful_tests.core_machine import NEVER, CoreMachine
from stateful_tests.invariant_checker import InvariantChecker
from stateful_tests.lemmas import VoteHistory, VoterCommitment, leases_rest_on_promises
from stateful_tests.message_pool import MessagePool
from stateful_tests.plan import EPOCH, RunPlan
from stateful_tests.system import InFlightMessage, WriteFault
from stateful_tests.trace_recorder import TraceRecorder
from stateful_tests.transcript import describe_step

WAKE_UPS = 50
"""A member that has still more due after so many steps at one instant will never be done."""
WOKE = Woke()


class EndlessWakeUps(Exception):
    """A member that is woken always has something due: its process would loop for ever."""


class CoreSystem:
    """A ``System`` of members that are the core alone; ``trace`` receives every line of the run."""

    def __init__(self, plan: RunPlan, core: Core = REAL, trace: Trace | None = None) -> None:
        self.true_time = 0
        self.transcript: list[str] | None = None
        self._plan = plan
        self._core = core
        self._recorder = TraceRecorder(plan, trace)
        self._random = Random(plan.dice)
        self._pool = MessagePool()
        self._checker = InvariantChecker()
        self._votes = VoteHistory()
        self._machines = {
            member: CoreMachine(
                member=member,
                clock=clock,
                promise=promise,
                commitment=VoterCommitment(member, None, NEVER),
            )
            for member, clock, promise in zip(
                plan.members, plan.clocks(), plan.promises, strict=True
            )
        }
        self._all_machines = tuple(self._machines.values())
        for machine in self._all_machines:
            self._record_start(machine, recorded=False)
            self._begin_without_record(machine)

    @property
    def members(self) -> tuple[MemberId, ...]:
        return self._plan.members

    @property
    def in_flight(self) -> Sequence[InFlightMessage]:
        return self._pool.in_flight

    def is_down(self, member: MemberId) -> bool:
        return self._machines[member].is_down

    def is_paused(self, member: MemberId) -> bool:
        return self._machines[member].paused

    def acting(self) -> tuple[MemberId, ...]:
        return tuple(name for name, each in self._machines.items() if each.acts(self.true_time))

    def believed_leader(self, member: MemberId) -> MemberId | None:
        state = self._machines[member].state
        return None if state is None else leader_of(state)

    def highest_term(self) -> int:
        lowest = EPOCH if self._plan.records_get_lost else 0
        return max(lowest, *(machine.highest_term for machine in self._all_machines))

    def deliver(self, index: int, fault: WriteFault = WriteFault.NONE) -> None:
        arrived = self._pool.take(index)
        machine = self._machines[arrived.to]
        if machine.state is None:
            self._recorder.record_loss(arrived.content, arrived.to)
        machine.fault, highest_term = fault, machine.highest_term
        self._handle(machine, Received(message=arrived.content))
        machine.fault = WriteFault.NONE
        if fault is WriteFault.FAILS and machine.is_down:
            # The step was computed, but without its record it never happened.
            machine.highest_term = highest_term

    def drop(self, index: int) -> None:
        dropped = self._pool.take(index)
        self._recorder.record_loss(dropped.content, dropped.to)

    def duplicate(self, index: int) -> None:
        copied = self._pool.duplicate(index)
        self._recorder.record_copy(copied.content, copied.to)

    def cut(self, source: MemberId, to: MemberId) -> None:
        self._pool.cuts.add((source, to))

    def restore(self, source: MemberId, to: MemberId) -> None:
        self._pool.cuts.discard((source, to))

    def next_due(self) -> int | None:
        due = min([each.due for each in self._all_machines if not each.paused], default=NEVER)
        return None if due == NEVER else due

    def advance_to(self, true_time: int) -> None:
        while (due := self.next_due()) is not None and due <= true_time:
            self.true_time = max(self.true_time, due)
            for machine in self._all_machines:
                if machine.due == due and not machine.paused:
                    self._do_what_is_due(machine)
        self.true_time = max(self.true_time, true_time)

    def crash(self, member: MemberId) -> None:
        self._crash(self._machines[member])

    def restart(
        self, member: MemberId, *, keeps_record: bool, keeps_clock: bool, promise: int | None
    ) -> None:
        machine = self._machines[member]
        machine.promise = promise or machine.promise
        if not keeps_clock:
            machine.clock = machine.clock.restarted(self.true_time)
        if keeps_record and machine.record is not None:
            settings = self._plan.settings(member, machine.promise)
            self._record_start(machine, recorded=True)
            self._begin(
                machine, self._core.restart(settings, machine.record, self._moment(machine))
            )
        else:
            self._be_silent(machine)
        self._do_what_is_due(machine)

    def pause(self, member: MemberId) -> None:
        self._machines[member].paused = True

    def resume(self, member: MemberId) -> None:
        machine = self._machines[member]
        machine.paused = False
        waiting, machine.waiting = machine.waiting, []
        self._do_what_is_due(machine)
        for event in waiting:
            self._handle(machine, event)

    def force_campaign(self, member: MemberId) -> None:
        machine = self._machines[member]
        state = None if machine.paused else machine.state
        now = self._now(machine)
        # The spec has no campaign without a pre-vote, so it must not happen in a recorded run.
        if state is None or leader_of(state) == member or self._recorder.is_on:
            return
        role: Role = PreCandidate(started=now, granted=frozenset(state.voters), deadline=now)
        if not is_free_to_vote_for(state, member, now):
            role = replace(state.role, deadline=now)
        machine.become(replace(state, role=role), self._core)
        self._do_what_is_due(machine)

    def resign(self, member: MemberId, successor: MemberId | None) -> None:
        self._handle(self._machines[member], ResignationAsked(successor=successor))

    def report_peer_down(self, member: MemberId, peer: MemberId) -> None:
        self._handle(self._machines[member], PeerWentDown(peer=peer))

    def close(self) -> None:
        pass

    def _be_silent(self, machine: CoreMachine) -> None:
        machine.record = None
        self._record_start(machine, recorded=False)
        wait = self._core.silent_wait(self._plan.settings(machine.member, machine.promise))
        machine.be_silent_until(after(self._now(machine), wait))

    def _begin_without_record(self, machine: CoreMachine) -> None:
        plan, member = self._plan, machine.member
        settings = plan.settings(member, machine.promise)
        first_term = plan.first_term(member, self.true_time)
        machine.silent_until = None
        moment = self._moment(machine)
        state = self._core.start_without_record(settings, plan.membership, first_term, moment)
        self._begin(machine, state)

    def _begin(self, machine: CoreMachine, state: State) -> None:
        machine.record = state.durable
        machine.become(state, self._core)
        if self._recorder.is_on:
            now = self._now(machine)
            self._recorder.record(begun(state, now, now), self.true_time)
        self._check_cluster()

    def _handle(self, machine: CoreMachine, event: Event) -> None:
        """Do what an engine does with an event: first what is due, then the event, then what is due now."""
        if machine.paused:
            machine.waiting.append(event)
            return
        self._do_what_is_due(machine)
        if machine.state is not None:
            self._step(machine, machine.state, event)
            self._do_what_is_due(machine)

    def _do_what_is_due(self, machine: CoreMachine) -> None:
        for _ in range(WAKE_UPS):
            if machine.due > self.true_time:
                return
            if machine.state is None:
                self._begin_without_record(machine)
            else:
                self._step(machine, machine.state, WOKE)
        raise EndlessWakeUps(f"{machine.member} always has something due: {machine.state}")

    def _step(self, machine: CoreMachine, state: State, event: Event) -> None:
        before = machine.view(self.true_time)
        transition = self._core.step(state, event, self._moment(machine))
        self._record_step(machine, state, event, transition)
        machine.become(transition.state, self._core)
        if transition.action == Action.BECOME_LEADER:
            self._checker.check_election(_election_won(transition.state))
        self._execute_effects(machine, transition)
        after_step = machine.view(self.true_time)
        if before is not None and after_step is not None:
            resigned = isinstance(event, ResignationAsked)
            self._checker.check_step(before, after_step, resigned=resigned)
        self._check_cluster()

    def _execute_effects(self, machine: CoreMachine, transition: Transition) -> None:
        for place, effect in enumerate(transition.effects):
            self._execute(machine, effect, first=place == 0)
            if machine.is_down:
                return

    def _execute(self, machine: CoreMachine, effect: Effect, *, first: bool) -> None:
        match effect:
            case Persist(durable=durable):
                _check_comes_first(first, durable)
                if machine.fault is not WriteFault.FAILS:
                    machine.record = durable
                if machine.fault is not WriteFault.NONE:
                    self._write_down(f"{machine.member} writes its record: {machine.fault.value}")
                    self._crash(machine)
            case Send(to=to, message=message):
                self._votes.one_vote_per_term(machine.member, to, message)
                lost = self._pool.send(machine.member, to, message, self.true_time)
                if lost is not None:
                    self._recorder.record_loss(lost.content, lost.to)
            case _:
                pass

    def _check_cluster(self) -> None:
        now = self.true_time
        machines = self._all_machines
        self._checker.check_cluster(
            [view for each in machines if (view := each.view(now)) is not None]
        )
        for machine in machines:
            if machine.state is not None and machine.acts(now):
                commitments = [other.commitment for other in machines]
                leases_rest_on_promises(
                    machine.member, machine.lease_ends, machine.state.voters, commitments
                )

    def _crash(self, machine: CoreMachine) -> None:
        if not machine.is_down:
            self._recorder.record_crash(machine.member, self._now(machine), self.true_time)
        machine.crash()

    def _record_start(self, machine: CoreMachine, *, recorded: bool) -> None:
        if self._recorder.is_on:
            settings = self._plan.settings(machine.member, machine.promise)
            line = started(settings, self._plan.members, self._now(machine), recorded)
            self._recorder.record(line, self.true_time)

    def _record_step(
        self, machine: CoreMachine, state: State, event: Event, transition: Transition
    ) -> None:
        if self.transcript is None and not self._recorder.is_on:
            return
        now = self._now(machine)
        line = stepped(state, event, transition, now, now)
        if line is not None:
            self._write_down(describe_step(line))
            self._recorder.record(line, self.true_time)

    def _write_down(self, text: str) -> None:
        if self.transcript is not None:
            self.transcript.append(f"      {self.true_time / 1e6:10.6f} ms  {text}")

    def _now(self, machine: CoreMachine) -> Instant:
        return Instant(machine.clock.reads(self.true_time))

    def _moment(self, machine: CoreMachine) -> Moment:
        jitter = int(self._random.random() * JITTER_RANGE)
        return Moment(now=self._now(machine), jitter=jitter, highest_term=None)


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
