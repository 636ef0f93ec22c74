"""The whole stack as a system under test: actors on nodes, over a wire, with records as bytes.

Only time, the transport below the connections and the storage below the records are simulated. The
checks look at the stack from outside: at what actors answer, at their callbacks, at the trace of
their engines, and at the messages in flight.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from leader.election.record import encode
from leader.election.trace import Line, Stepped, Trace
from leader.errors import StorageError
from leader.protocol.actions import Action
from leader.protocol.durable import Durable
from leader.protocol.invariants import ElectionWon
from leader.protocol.membership import founding
from leader.protocol.vocabulary import Duration, InvariantViolated, MemberId, Term
from runtime.simulation.virtual_time import VirtualTimeLoop
from stateful_tests.core_machine import NEVER
from stateful_tests.invariant_checker import InvariantChecker
from stateful_tests.lemmas import VoteHistory, leases_rest_on_promises
from stateful_tests.plan import CLUSTER, MILLISECOND, RunPlan
from stateful_tests.stack.clock import ProcessClock
from stateful_tests.stack.disk import Disk
from stateful_tests.stack.held_network import HeldNetwork
from stateful_tests.stack.machine import StackMachine
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
from stateful_tests.transcript import describe_step

CONNECTED_AFTER: Final = 10 * MILLISECOND
"""By then every two nodes are connected."""


class StackSystem:
    """A ``System`` of actors on nodes; ``trace`` receives every line of the run."""

    def __init__(
        self, plan: RunPlan, make_actor: ActorFactory = StackMember, trace: Trace | None = None
    ) -> None:
        self.transcript: list[str] | None = None
        self._plan = plan
        self._make_actor = make_actor
        self._recorder = TraceRecorder(plan, trace)
        self._loop = VirtualTimeLoop()
        self._loop.set_exception_handler(self._on_loop_error)
        self._network = HeldNetwork(self._loop, plan.dice, self._on_sent, self._on_lost)
        self._checker = InvariantChecker()
        self._votes = VoteHistory()
        self._failures: list[Exception] = []
        self._machines = {
            member: StackMachine(
                member=member,
                voters=plan.members,
                clock=clock,
                promise=promise,
                disk=Disk(_first_record(plan, member, promise)),
            )
            for member, clock, promise in zip(
                plan.members, plan.clocks(), plan.promises, strict=True
            )
        }
        for machine in self._machines.values():
            self._begin(machine)
        self.advance_to(CONNECTED_AFTER)

    @property
    def true_time(self) -> int:
        return self._loop.nanoseconds()

    @property
    def members(self) -> tuple[MemberId, ...]:
        return self._plan.members

    @property
    def in_flight(self) -> Sequence[InFlightMessage]:
        return self._network.pool.in_flight

    def is_down(self, member: MemberId) -> bool:
        return self._machines[member].process is None

    def is_paused(self, member: MemberId) -> bool:
        return self._machines[member].paused

    def acting(self) -> tuple[MemberId, ...]:
        return tuple(name for name, machine in self._machines.items() if machine.acts)

    def believed_leader(self, member: MemberId) -> MemberId | None:
        process = self._machines[member].process
        return None if process is None else process.callbacks.leader

    def highest_term(self) -> int:
        return max(machine.highest_term for machine in self._machines.values())

    def deliver(self, index: int, fault: WriteFault = WriteFault.NONE) -> None:
        machine = self._machines[self.in_flight[index].to]
        disk, highest_term = machine.disk, machine.highest_term
        disk.fault, disk.has_failed = fault, False
        self._do(lambda: self._arrive(index))
        disk.fault = WriteFault.NONE
        if disk.has_failed:
            # The step was reported, but without its record it never happened.
            machine.highest_term = highest_term
            self._check_is_silent(machine)
            self.crash(machine.member)

    def drop(self, index: int) -> None:
        self._network.drop(index)

    def duplicate(self, index: int) -> None:
        copied = self._network.duplicate(index)
        self._recorder.record_copy(copied.content, member_id(copied.to))

    def cut(self, source: MemberId, to: MemberId) -> None:
        self._network.partition(source, to)

    def restore(self, source: MemberId, to: MemberId) -> None:
        self._do(lambda: self._network.heal(source, to))

    def next_due(self) -> int | None:
        due = min(
            [
                machine.process.clock.next_due()
                for machine in self._machines.values()
                if machine.process is not None and not machine.paused
            ],
            default=NEVER,
        )
        return None if due == NEVER else due

    def advance_to(self, true_time: int) -> None:
        while (due := self.next_due()) is not None and due <= true_time:
            self._run_until(due)
        self._run_until(true_time)

    def crash(self, member: MemberId) -> None:
        self._do(lambda: self._crash(self._machines[member]))

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
        if machine.process is not None and not machine.paused:
            machine.paused = True
            machine.process.clock.stop()
            self._network.hold(member)

    def resume(self, member: MemberId) -> None:
        machine = self._machines[member]
        machine.paused = False
        waiting, machine.waiting = machine.waiting, []
        self._do(lambda: self._network.release(member))
        if machine.process is not None:
            self._do(machine.process.clock.resume)
        for request in waiting:
            self._do(request)

    def force_campaign(self, member: MemberId) -> None:
        pass

    def resign(self, member: MemberId, successor: MemberId | None) -> None:
        machine, process = self._machines[member], self._machines[member].process
        if process is None or process.view is None:
            return
        if machine.paused:
            machine.waiting.append(lambda: process.resign(successor))
        else:
            self._do(lambda: process.resign(successor))

    def report_peer_down(self, member: MemberId, peer: MemberId) -> None:
        self._do(lambda: self._network.break_connection(peer, member))

    def close(self) -> None:
        for machine in self._machines.values():
            if machine.process is not None:
                machine.process.kill()
        # What the killed processes left in the loop runs once before the rest is cancelled.
        self._loop.run_until(self.true_time)
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until(self.true_time)
        self._loop.close()

    def stepped(self, process: MemberProcess, line: Line) -> None:
        """See ``ProcessListener``."""
        machine = self._machines[process.member]
        self._recorder.record(line, self.true_time)
        if isinstance(line, Stepped):
            self.write_down(describe_step(line))
            machine.highest_term = max(machine.highest_term, Term(line.state.term))
            self._check_step(machine, line)

    def failed(self, process: MemberProcess, error: Exception) -> None:
        """See ``ProcessListener``."""
        if not (isinstance(error, StorageError) and self._machines[process.member].disk.has_failed):
            self._failures.append(error)

    def write_down(self, text: str) -> None:
        """See ``ProcessListener``."""
        if self.transcript is not None:
            self.transcript.append(f"      {self.true_time / 1e6:10.6f} ms  {text}")

    def _begin(self, machine: StackMachine) -> None:
        machine.processes += 1
        clock = ProcessClock(
            self._loop, machine.clock, partial(self._plan.wall_clock, machine.member)
        )
        machine.disk.has_failed = False
        machine.disk.crash = partial(self._crash, machine)
        settings = ProcessSettings(
            member=machine.member,
            number=machine.processes,
            plan=self._plan,
            promise=machine.promise,
            clock=clock,
            disk=machine.disk,
            network=self._network,
        )
        machine.process = MemberProcess(settings, self._make_actor, self)

    def _arrive(self, index: int) -> None:
        message = self._network.deliver(index)
        if self._machines[message.to].process is None:
            self._on_lost(message)

    def _crash(self, machine: StackMachine) -> None:
        process, machine.process = machine.process, None
        if process is None:
            return
        self.write_down(f"{machine.member} crashes")
        self._recorder.record_crash(member_id(machine.member), process.clock.now(), self.true_time)
        machine.paused, machine.waiting = False, []
        process.kill()

    def _check_step(self, machine: StackMachine, line: Stepped) -> None:
        before = machine.view()
        if before is not None:
            token = Term(line.state.term) if line.state.acts else None
            after = replace(before, token=token)
            self._checker.check_step(before, after, resigned=line.action == Action.RESIGN)
        if line.action == Action.BECOME_LEADER:
            won = ElectionWon(
                term=Term(line.state.term),
                member=machine.member,
                voters=self.members,
                supporters=frozenset(map(node_of, line.state.backing)),
            )
            self._checker.check_election(won)

    def _check_is_silent(self, machine: StackMachine) -> None:
        if machine.acts:
            raise InvariantViolated(
                f"NothingWithoutItsRecord: {machine.member} leads though its record failed"
            )

    def _on_sent(self, message: InFlightMessage) -> None:
        try:
            self._check_sent(message)
        except InvariantViolated as error:
            self._failures.append(error)

    def _check_sent(self, message: InFlightMessage) -> None:
        if self._machines[message.source].disk.has_failed:
            raise InvariantViolated(
                f"NothingWithoutItsRecord: {message.source} sends though its record failed"
            )
        self._votes.one_vote_per_term(message.source, message.to, message.content)

    def _on_lost(self, message: InFlightMessage) -> None:
        self._recorder.record_loss(message.content, member_id(message.to))

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._failures.append(context.get("exception") or RuntimeError(context["message"]))

    def _do(self, action: Callable[[], object]) -> None:
        self._loop.call_soon(action)
        self._run_until(self.true_time)

    def _run_until(self, true_time: int) -> None:
        self._loop.run_until(true_time)
        self._check_cluster()
        if self._failures:
            raise self._failures[0]

    def _check_cluster(self) -> None:
        machines = self._machines.values()
        views = [view for machine in machines if (view := machine.view()) is not None]
        self._checker.check_cluster(views)
        for view in views:
            process = self._machines[view.member].process
            if view.token is not None and process is not None:
                until = max(process.lease_ends, self.true_time + 1)
                commitments = [machine.commitment for machine in machines]
                leases_rest_on_promises(view.member, until, self.members, commitments)


def _first_record(plan: RunPlan, member: MemberId, promise: int) -> bytes:
    """A record with which ``member`` begins: without one it would be silent at first, in every run."""
    voters = founding([member_id(name) for name in plan.members])
    term = Term(plan.first_term(member, 0))
    durable = Durable(term=term, membership=voters, promise=Duration(promise))
    return encode(CLUSTER, member_id(member), durable)
