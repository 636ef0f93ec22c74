"""The whole stack as a system under test: actors on nodes, over a wire, with records as bytes.

Nothing in it is a stand-in but time, the network's cables and the disk's surface. It is looked at
from outside: what actors answer and are told, what their engines trace, what is on the cables.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from leader.election.record import encode
from leader.election.trace import Line, Stepped, Trace, View
from leader.errors import StorageError
from leader.protocol.durable import Durable
from leader.protocol.invariants import ElectionWon, MemberView
from leader.protocol.membership import founding
from leader.protocol.messages import VoteGranted, VoteRequest
from leader.protocol.transition import Action
from leader.protocol.vocabulary import Duration, InvariantViolated, MemberId, Term
from runtime.simulation.virtual_time import VirtualTimeLoop
from stateful_tests.core_machine import NEVER, NOTHING_YET
from stateful_tests.invariant_checker import InvariantChecker
from stateful_tests.lemmas import VoteHistory, VoterCommitment, leases_rest_on_promises
from stateful_tests.plan import CLUSTER, MILLISECOND, DriftingClock, RunPlan
from stateful_tests.stack.clock import ProcessClock
from stateful_tests.stack.disk import Disk
from stateful_tests.stack.held_network import HeldNetwork
from stateful_tests.stack.member import StackMember
from stateful_tests.stack.member_process import (
    ActorFactory,
    MemberProcess,
    ProcessSettings,
    member_id,
    node_of,
)
from stateful_tests.system import InFlightMessage, WriteFault
from stateful_tests.trace_recorder import TraceRecorder
from stateful_tests.transcript import recounted

HOUR: Final = 3_600_000 * MILLISECOND
BEGINNING: Final = 10 * MILLISECOND
"""How long it takes until every two nodes are connected."""


@dataclass(slots=True, kw_only=True)
class StackMachine:
    """A computer and its disk, on which a member lives."""

    member: MemberId
    voters: tuple[MemberId, ...]
    clock: DriftingClock
    promise: int
    disk: Disk
    life: MemberProcess | None = None
    lives: int = 0
    paused: bool = False
    waiting: list[Callable[[], None]] = field(default_factory=list)
    """What its stopped process was asked for."""
    highest_term: Term = NOTHING_YET

    @property
    def view(self) -> View | None:
        """Its member as of the last step; None where none has begun."""
        return None if self.life is None else self.life.view

    @property
    def acts(self) -> bool:
        """Whether its actor, asked now, answers that it leads."""
        return self.life is not None and self.life.actor.is_leader

    def seen(self) -> MemberView | None:
        """How its member looks now."""
        view, life = self.view, self.life
        if view is None or life is None:
            return None
        return MemberView(
            member=self.member,
            term=Term(view.term),
            highest_term=self.highest_term,
            token=Term(life.actor.term) if self.acts else None,
            voters=self.voters,
        )


class StackSystem:
    """A ``System`` of real members; ``trace`` is told all they do."""

    def __init__(
        self, plan: RunPlan, application: ActorFactory = StackMember, trace: Trace | None = None
    ) -> None:
        self.transcript: list[str] | None = None
        self._plan = plan
        self._application = application
        self._teller = TraceRecorder(plan, trace)
        self._loop = VirtualTimeLoop()
        self._loop.set_exception_handler(self._loop_failed)
        self._network = HeldNetwork(self._loop, plan.dice, self._sent, self._lost)
        self._witness = InvariantChecker()
        self._ballots = VoteHistory()
        self._failures: list[Exception] = []
        self._machines = {
            member: StackMachine(
                member=member,
                voters=plan.members,
                clock=DriftingClock(place * HOUR, drift),
                promise=promise,
                disk=Disk(_first_record(plan, member, promise)),
            )
            for place, (member, drift, promise) in enumerate(
                zip(plan.members, plan.drifts, plan.promises, strict=True), start=1
            )
        }
        for machine in self._machines.values():
            self._begin(machine)
        self.pass_until(BEGINNING)

    @property
    def true_time(self) -> int:
        return self._loop.nanoseconds()

    @property
    def members(self) -> tuple[MemberId, ...]:
        return self._plan.members

    @property
    def in_flight(self) -> Sequence[InFlightMessage]:
        return self._network.letters.in_flight

    def is_down(self, member: MemberId) -> bool:
        return self._machines[member].life is None

    def is_paused(self, member: MemberId) -> bool:
        return self._machines[member].paused

    def acting(self) -> tuple[MemberId, ...]:
        return tuple(name for name, machine in self._machines.items() if machine.acts)

    def believes_in(self, member: MemberId) -> MemberId | None:
        life = self._machines[member].life
        return None if life is None else life.callbacks.leader

    def highest_term(self) -> int:
        return max(machine.highest_term for machine in self._machines.values())

    def deliver(self, index: int, fault: WriteFault = WriteFault.NONE) -> None:
        machine = self._machines[self.in_flight[index].to]
        disk, highest_term = machine.disk, machine.highest_term
        disk.fault, disk.has_failed = fault, False
        self._do(lambda: self._arrives(index))
        disk.fault = WriteFault.NONE
        if disk.has_failed:
            # The step was told, and never came to be.
            machine.highest_term = highest_term
            self._check_silenced(machine)
            self.crash(machine.member)

    def drop(self, index: int) -> None:
        self._network.drop(index)

    def duplicate(self, index: int) -> None:
        copied = self._network.duplicate(index)
        self._teller.repeated(copied.message, member_id(copied.to))

    def cut(self, source: MemberId, to: MemberId) -> None:
        self._network.partition(source, to)

    def mend(self, source: MemberId, to: MemberId) -> None:
        self._do(lambda: self._network.heal(source, to))

    def next_due(self) -> int | None:
        due = min(
            [
                machine.life.clock.next_due()
                for machine in self._machines.values()
                if machine.life is not None and not machine.paused
            ],
            default=NEVER,
        )
        return None if due == NEVER else due

    def pass_until(self, true_time: int) -> None:
        while (due := self.next_due()) is not None and due <= true_time:
            self._run_until(due)
        self._run_until(true_time)

    def crash(self, member: MemberId) -> None:
        self._do(lambda: self._dies(self._machines[member]))

    def restart(
        self, member: MemberId, *, keeps_record: bool, keeps_clock: bool, promise: int | None
    ) -> None:
        machine = self._machines[member]
        machine.promise = promise or machine.promise
        if not keeps_clock:
            machine.clock = machine.clock.restarted(self.true_time)
        if not keeps_record:
            machine.disk.content = None
        self._do(lambda: self._begin(machine))

    def pause(self, member: MemberId) -> None:
        machine = self._machines[member]
        if machine.life is not None and not machine.paused:
            machine.paused = True
            machine.life.clock.stop()
            self._network.hold(member)

    def resume(self, member: MemberId) -> None:
        machine = self._machines[member]
        machine.paused = False
        waiting, machine.waiting = machine.waiting, []
        self._do(lambda: self._network.release(member))
        if machine.life is not None:
            self._do(machine.life.clock.go_on)
        for request in waiting:
            self._do(request)

    def lose_patience(self, member: MemberId) -> None:
        pass

    def resign(self, member: MemberId, successor: MemberId | None) -> None:
        machine, life = self._machines[member], self._machines[member].life
        if life is None or not life.has_begun:
            return
        if machine.paused:
            machine.waiting.append(lambda: life.resign(successor))
        else:
            self._do(lambda: life.resign(successor))

    def notice_down(self, member: MemberId, peer: MemberId) -> None:
        self._do(lambda: self._network.tell_end(peer, member))

    def close(self) -> None:
        for machine in self._machines.values():
            if machine.life is not None:
                machine.life.end()
        self._loop.run_until(self.true_time)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until(self.true_time)
        self._loop.close()

    def saw_line(self, life: MemberProcess, line: Line) -> None:
        """See ``ProcessListener``; nothing of the step has been carried out yet."""
        machine = self._machines[life.member]
        self._teller.line(line, self.true_time)
        if isinstance(line, Stepped):
            self.tell(recounted(line))
            machine.highest_term = max(machine.highest_term, Term(line.state.term))
            self._check_step(machine, line)

    def saw_failure(self, life: MemberProcess, error: Exception) -> None:
        """See ``ProcessListener``."""
        if not (isinstance(error, StorageError) and self._machines[life.member].disk.has_failed):
            self._failures.append(error)

    def tell(self, text: str) -> None:
        """See ``ProcessListener``."""
        if self.transcript is not None:
            self.transcript.append(f"      {self.true_time / 1e6:10.6f} ms  {text}")

    def _begin(self, machine: StackMachine) -> None:
        machine.lives += 1
        clock = ProcessClock(
            self._loop, machine.clock, partial(self._plan.wall_clock, machine.member)
        )
        machine.disk.has_failed = False
        machine.disk.crash = partial(self._dies, machine)
        birth = ProcessSettings(
            member=machine.member,
            number=machine.lives,
            plan=self._plan,
            promise=machine.promise,
            clock=clock,
            disk=machine.disk,
            network=self._network,
        )
        machine.life = MemberProcess(birth, self._application, self)

    def _arrives(self, index: int) -> None:
        letter = self._network.deliver(index)
        if self._machines[letter.to].life is None:
            self._lost(letter)

    def _dies(self, machine: StackMachine) -> None:
        life, machine.life = machine.life, None
        if life is None:
            return
        self.tell(f"{machine.member} crashes")
        self._teller.crashed(member_id(machine.member), life.clock.now(), self.true_time)
        machine.paused, machine.waiting = False, []
        life.end()

    def _check_step(self, machine: StackMachine, line: Stepped) -> None:
        before = machine.seen()
        if before is not None:
            token = Term(line.state.term) if line.state.acts else None
            after = replace(before, token=token)
            self._witness.saw_step(before, after, resigned=line.action == Action.RESIGN)
        if line.action == Action.BECOME_LEADER:
            won = ElectionWon(
                term=Term(line.state.term),
                member=machine.member,
                voters=self.members,
                supporters=frozenset(map(node_of, line.state.backing)),
            )
            self._witness.saw_won(won)

    def _check_silenced(self, machine: StackMachine) -> None:
        if machine.acts:
            raise InvariantViolated(
                f"NothingWithoutItsRecord: {machine.member} leads though its record failed"
            )

    def _sent(self, letter: InFlightMessage) -> None:
        try:
            self._check_sent(letter)
        except InvariantViolated as error:
            self._failures.append(error)

    def _check_sent(self, letter: InFlightMessage) -> None:
        if self._machines[letter.source].disk.has_failed:
            raise InvariantViolated(
                f"NothingWithoutItsRecord: {letter.source} speaks though its record failed"
            )
        match letter.message:
            case VoteGranted(term=term):
                self._ballots.one_vote_per_term(letter.source, term, letter.to)
            case VoteRequest(term=term):
                self._ballots.one_vote_per_term(letter.source, term, letter.source)
            case _:
                pass

    def _lost(self, letter: InFlightMessage) -> None:
        self._teller.lost(letter.message, member_id(letter.to))

    def _loop_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._failures.append(context.get("exception") or RuntimeError(context["message"]))

    def _do(self, action: Callable[[], object]) -> None:
        self._loop.call_soon(action)
        self._run_until(self.true_time)

    def _run_until(self, true_time: int) -> None:
        self._loop.run_until(true_time)
        self._look()
        if self._failures:
            raise self._failures[0]

    def _look(self) -> None:
        machines = self._machines.values()
        views = [seen for machine in machines if (seen := machine.seen()) is not None]
        self._witness.saw(views)
        for view in views:
            life = self._machines[view.member].life
            if view.token is not None and life is not None:
                until = max(life.lease_ends, self.true_time + 1)
                bonds = [_bond(machine) for machine in machines]
                leases_rest_on_promises(view.member, until, self.members, bonds)


def _bond(machine: StackMachine) -> VoterCommitment:
    """Whom it may vote for; who is down votes for nobody."""
    life = machine.life
    return VoterCommitment(machine.member, None, NEVER) if life is None else life.bond


def _first_record(plan: RunPlan, member: MemberId, promise: int) -> bytes:
    """Members begin as if they had been there before, so that no run has to wait for them."""
    term = plan.wall_clock(member, 0) if plan.records_get_lost else 0
    named = [member_id(name) for name in plan.members]
    durable = Durable(term=Term(term), membership=founding(named), promise=Duration(promise))
    return encode(CLUSTER, member_id(member), durable)
