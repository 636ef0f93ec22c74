"""The rules: everything that a test may do to a cluster. They are the same for every driver and every system.

Every public method of ``Rules`` is a rule. A rule takes strings, numbers and truth values only, so a
run is a list of calls that can be printed, replayed and shortened. A rule that is impossible at the
moment does nothing, so a list from which calls were removed is still a run. What the assumptions
A1 to A5 of docs/protocol.md exclude is excluded here and nowhere else.
"""

from typing import Final

from leader.protocol.vocabulary import MemberId
from stateful_tests.liveness import check_liveness
from stateful_tests.plan import EPOCH, MILLISECOND, RunPlan
from stateful_tests.system import System, WriteFault


class Rules:
    """Every public method is a rule, which changes ``system``."""

    def __init__(self, plan: RunPlan, system: System) -> None:
        self._plan = plan
        self._system = system

    def deliver(self, index: int) -> None:
        """A message in flight arrives: 0 is the oldest, -1 the newest."""
        self._deliver(index, WriteFault.NONE)

    def deliver_and_crash(self, index: int, written: bool) -> None:
        """A message in flight arrives; if its receiver writes its record for it, the receiver crashes.

        It crashes right after the write if ``written``; otherwise the write fails.
        """
        self._deliver(index, WriteFault.CRASH_AFTER if written else WriteFault.FAILS)

    def drop(self, index: int) -> None:
        """A message in flight is lost."""
        if self._system.in_flight:
            self._system.drop(index % len(self._system.in_flight))

    def duplicate(self, index: int) -> None:
        """A message in flight will arrive twice."""
        if self._system.in_flight:
            self._system.duplicate(index % len(self._system.in_flight))

    def partition(self, source: str, to: str) -> None:
        """From now on what ``source`` sends to ``to`` is lost; the other direction still works."""
        if source != to:
            self._system.cut(MemberId(source), MemberId(to))

    def isolate(self, member: str) -> None:
        """From now on ``member`` and the others cannot reach each other."""
        for other in self._plan.members:
            self.partition(member, other)
            self.partition(other, member)

    def heal(self) -> None:
        """Every member can reach every other one again."""
        for source in self._plan.members:
            for to in self._plan.members:
                self._system.restore(source, to)

    def wait_until_due(self) -> None:
        """Time passes until some member has something to do."""
        due = self._system.next_due()
        if due is not None:
            self._system.advance_to(due)

    def time_passes(self, nanoseconds: int) -> None:
        """Time passes; a member that has something to do meanwhile does it."""
        self._system.advance_to(self._system.true_time + nanoseconds)

    def crash(self, member: str) -> None:
        """A process ends without sending anything."""
        self._system.crash(MemberId(member))

    def restart(
        self, member: str, keeps_record: bool, keeps_clock: bool, promise: int | None
    ) -> None:
        """A process that is down starts again, perhaps with another length of its promises.

        Its record is lost only if assumption A2 holds instead of A1; then its promises keep their length.
        """
        if not self._system.is_down(MemberId(member)):
            return
        losing = self._plan.records_get_lost
        self._system.restart(
            MemberId(member),
            keeps_record=keeps_record or not losing,
            keeps_clock=keeps_clock,
            promise=None if losing else promise,
        )

    def pause(self, member: str) -> None:
        """A process is stopped; its clock and its lease go on."""
        if not self._system.is_down(MemberId(member)):
            self._system.pause(MemberId(member))

    def resume(self, member: str) -> None:
        """A stopped process continues, and handles what has waited for it."""
        if self._system.is_paused(MemberId(member)):
            self._system.resume(MemberId(member))

    def force_campaign(self, member: str) -> None:
        """A member campaigns without a pre-vote, or at the very end of the promise that it owes."""
        if self._election_is_allowed():
            self._system.force_campaign(MemberId(member))

    def resign(self, member: str, successor: str | None) -> None:
        """A member is asked to resign, in favour of ``successor`` if there is one."""
        down = self._system.is_down(MemberId(member))
        if successor != member and not down and self._election_is_allowed():
            self._system.resign(
                MemberId(member), None if successor is None else MemberId(successor)
            )

    def peer_down(self, member: str, peer: str) -> None:
        """The connection from ``member`` to ``peer`` breaks.

        If members trust that a broken connection proves a dead process, ``peer`` must be down (A4).
        """
        accurate = self._system.is_down(MemberId(peer)) or not self._plan.trust_disconnect
        if member != peer and accurate and not self._system.is_down(MemberId(member)):
            self._system.report_peer_down(MemberId(member), MemberId(peer))

    def settle(self, connected: str) -> None:
        """Faults end among ``connected``, which is a quorum: it must get a leader and keep it."""
        check_liveness(self._system, tuple(MemberId(member) for member in connected))

    def _deliver(self, index: int, fault: WriteFault) -> None:
        if self._system.in_flight:
            self._system.deliver(index % len(self._system.in_flight), fault)

    def _election_is_allowed(self) -> bool:
        """Whether another election keeps to A2, under which there are fewer elections than milliseconds."""
        elections = self._system.highest_term() - EPOCH
        soon = self._system.true_time // MILLISECOND + 60
        return not self._plan.records_get_lost or elections < soon


RULES: Final = tuple(name for name in vars(Rules) if not name.startswith("_"))
"""The name of every rule. The drivers, the replay and the tests of rules take the names from here."""
