"""The rules: what may happen to a cluster, whatever is behind it and whoever chooses.

Each rule is a method that takes letters and numbers only, so that a run is a list of calls and can
be told, replayed and shortened. One that makes no sense at the moment does nothing, so a shortened
list is a run too. What the assumptions A1 to A5 exclude is excluded here and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass

from leader.protocol.vocabulary import MemberId
from stateful_tests.liveness import settle
from stateful_tests.plan import EPOCH, MILLISECOND, RunPlan
from stateful_tests.system import System, WriteFault
from stateful_tests.transcript import addressed

Argument = int | str | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    """One rule, called."""

    rule: str
    arguments: tuple[Argument, ...]

    def __str__(self) -> str:
        return f"{self.rule}({', '.join(map(repr, self.arguments))})"


class RuleRunner:
    """A system under the rules, and what was done to it so far."""

    def __init__(self, plan: RunPlan, system: System) -> None:
        self.plan = plan
        self.system = system
        self.calls: list[Call] = []
        self._rules: dict[str, Callable[..., None]] = {
            rule.__name__: rule
            for rule in (
                self.deliver,
                self.deliver_and_crash,
                self.drop,
                self.duplicate,
                self.partition,
                self.isolate,
                self.heal,
                self.wait_until_due,
                self.time_passes,
                self.crash,
                self.restart,
                self.pause,
                self.resume,
                self.lose_patience,
                self.resign,
                self.peer_down,
                self.settle,
            )
        }

    def perform(self, rule: str, *arguments: Argument) -> None:
        """Call a rule by its name and remember the call.

        Raises:
            Exception: whatever the system raises, a failed claim above all.
        """
        call = Call(rule, arguments)
        self.calls.append(call)
        if self.system.transcript is not None:
            self.system.transcript.append(f"{call}{self._remark(call)}")
        self._rules[rule](*arguments)

    def story(self) -> str:
        """Every call, and below it what the members made of it; nothing before ``tell_story``."""
        return "\n".join([str(self.plan), *(self.system.transcript or ())])

    def close(self) -> None:
        """Let go of the system; the story can still be told."""
        self.system.close()

    def tell_story(self) -> None:
        """Keep a transcript from now on."""
        self.system.transcript = []

    def deliver(self, index: int) -> None:
        """A message in flight arrives: 0 is the oldest, -1 the newest."""
        if self.system.in_flight:
            self.system.deliver(index % len(self.system.in_flight))

    def deliver_and_crash(self, index: int, written: bool) -> None:
        """As above, but a process that writes its record for it ends: unable to, or before it can say so."""
        if self.system.in_flight:
            fault = WriteFault.CRASH_AFTER if written else WriteFault.FAILS
            self.system.deliver(index % len(self.system.in_flight), fault)

    def drop(self, index: int) -> None:
        """A message in flight is lost."""
        if self.system.in_flight:
            self.system.drop(index % len(self.system.in_flight))

    def duplicate(self, index: int) -> None:
        """A message in flight is going to arrive twice."""
        if self.system.in_flight:
            self.system.duplicate(index % len(self.system.in_flight))

    def partition(self, source: str, to: str) -> None:
        """What one member sends to another gets lost from now on; the way back is open."""
        if source != to:
            self.system.cut(MemberId(source), MemberId(to))

    def isolate(self, member: str) -> None:
        """A member can neither hear nor be heard."""
        for other in self.plan.members:
            self.partition(member, other)
            self.partition(other, member)

    def heal(self) -> None:
        """Every way is open again."""
        for source in self.plan.members:
            for to in self.plan.members:
                self.system.mend(source, to)

    def wait_until_due(self) -> None:
        """Time passes until somebody has something to do."""
        due = self.system.next_due()
        if due is not None:
            self.system.pass_until(due)

    def time_passes(self, nanoseconds: int) -> None:
        """Time passes; whoever's time comes meanwhile, acts."""
        self.system.pass_until(self.system.true_time + nanoseconds)

    def crash(self, member: str) -> None:
        """A process ends without a word."""
        self.system.crash(MemberId(member))

    def restart(
        self, member: str, keeps_record: bool, keeps_clock: bool, promise: int | None
    ) -> None:
        """A process starts again, set to another promise maybe.

        A record is lost only where A2 takes the place of A1, and then the promise stays as it was.
        """
        if not self.system.is_down(MemberId(member)):
            return
        losing = self.plan.records_get_lost
        self.system.restart(
            MemberId(member),
            keeps_record=keeps_record or not losing,
            keeps_clock=keeps_clock,
            promise=None if losing else promise,
        )

    def pause(self, member: str) -> None:
        """A process is stopped; its clock and its lease go on."""
        if not self.system.is_down(MemberId(member)):
            self.system.pause(MemberId(member))

    def resume(self, member: str) -> None:
        """A stopped process goes on, and handles what has waited."""
        if self.system.is_paused(MemberId(member)):
            self.system.resume(MemberId(member))

    def lose_patience(self, member: str) -> None:
        """A member campaigns unasked, or at the very end of the promise that it owes."""
        if self._may_elect():
            self.system.lose_patience(MemberId(member))

    def resign(self, member: str, successor: str | None) -> None:
        """A member is asked to give up leading."""
        gone = self.system.is_down(MemberId(member))
        if successor != member and not gone and self._may_elect():
            self.system.resign(MemberId(member), None if successor is None else MemberId(successor))

    def peer_down(self, member: str, peer: str) -> None:
        """A member hears that a connection broke; where it trusts that, a process has ended (A4)."""
        true = self.system.is_down(MemberId(peer)) or not self.plan.trust_disconnect
        if member != peer and true and not self.system.is_down(MemberId(member)):
            self.system.notice_down(MemberId(member), MemberId(peer))

    def settle(self, connected: str) -> None:
        """Faults end among ``connected``, a quorum: it gets a leader, and keeps it."""
        settle(self.system, tuple(MemberId(member) for member in connected))

    def _may_elect(self) -> bool:
        """A2 wants elections rarer than milliseconds: whoever asks for one has to wait."""
        elections = self.system.highest_term() - EPOCH
        soon = self.system.true_time // MILLISECOND + 60
        return not self.plan.records_get_lost or elections < soon

    def _remark(self, call: Call) -> str:
        """Which message it is about."""
        letters, index = self.system.in_flight, call.arguments[0] if call.arguments else None
        if call.rule not in ("deliver", "deliver_and_crash", "drop", "duplicate") or not letters:
            return ""
        if not isinstance(index, int):
            return ""
        return f": {addressed(letters[index % len(letters)])}"
