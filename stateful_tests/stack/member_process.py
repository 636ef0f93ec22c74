"""One process of one member: a node, an actor on it, and what an onlooker has seen of both.

Decides nothing. What a dead process still does in memory is not heard.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from leader.actor.options import Options
from leader.election.trace import Line, Stepped, View
from leader.protocol.quorum import reached_by_quorum
from leader.protocol.vocabulary import MemberId
from runtime import ExitReason, Node, NodeLimits, ProcessId
from stateful_tests.core_machine import NEVER
from stateful_tests.lemmas import VoterCommitment
from stateful_tests.plan import DRIFT, MILLISECOND, RunPlan
from stateful_tests.stack.callback_checker import CallbackChecker
from stateful_tests.stack.clock import ProcessClock
from stateful_tests.stack.disk import Disk
from stateful_tests.stack.held_network import HeldNetwork
from stateful_tests.stack.member import CallbackListener, StackMember

ACTOR = "member"
COOKIE = "a cookie for the stateful tests"
LIMITS = NodeLimits(handshake_seconds=0.5)
"""Handshakes that a partition has broken off must not hold up a quorum for long."""
SECOND = 1_000 * MILLISECOND

ActorFactory = Callable[[CallbackListener], StackMember]


class ProcessListener(Protocol):
    """Who hears of a life."""

    def saw_line(self, life: "MemberProcess", line: Line) -> None:
        """The engine tells its trace."""

    def saw_failure(self, life: "MemberProcess", error: Exception) -> None:
        """A claim was broken in a callback, or the actor ended itself."""

    def tell(self, text: str) -> None:
        """For the transcript."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """What a process is started with."""

    member: MemberId
    number: int
    """Which process of this member it is."""
    plan: RunPlan
    promise: int
    clock: ProcessClock
    disk: Disk
    network: HeldNetwork


class MemberProcess:
    """From the start of a process to its end; a ``CallbackListener`` of its actor."""

    def __init__(
        self, birth: ProcessSettings, application: ActorFactory, onlooker: ProcessListener
    ) -> None:
        self.member = birth.member
        self.clock = birth.clock
        self.actor = application(self)
        self.callbacks = CallbackChecker(birth.member)
        self.is_over = False
        self.view: View | None = None
        """As of its last step."""
        self.bond = VoterCommitment(birth.member, None, NEVER)
        self.lease_ends = 0
        """In true time, as far as answers have come."""
        self._birth = birth
        self._onlooker = onlooker
        self._node: Node | None = None
        self._starting = birth.network.loop.create_task(self._start())

    def end(self) -> None:
        """Kill the process: it ends without a word."""
        self.is_over = True
        self.clock.end()
        self._starting.cancel()
        self._birth.network.crash(self.member)
        if self._node is not None:
            self._node.kill()

    def resign(self, successor: MemberId | None) -> None:
        """Ask the actor."""
        self.actor.resign(None if successor is None else ProcessId(ACTOR, successor))

    @property
    def has_begun(self) -> bool:
        """Whether the actor is a member, and no longer silent."""
        return self.view is not None

    def told_to_lead(self, *, is_leader: bool) -> None:
        """See ``CallbackListener``."""
        self._hear("to lead", lambda: self.callbacks.leading(is_leader=is_leader))

    def told_to_follow(self, leader: MemberId | None) -> None:
        """See ``CallbackListener``."""
        self._hear(f"to follow {leader}", lambda: self.callbacks.following(leader))

    def told_term(self, old: int, new: int) -> None:
        """See ``CallbackListener``."""
        self._hear(f"term {new}", lambda: self.callbacks.term_changed(old, new))

    def terminated(self, reason: ExitReason) -> None:
        """See ``CallbackListener``."""
        if not self.is_over:
            error = reason if isinstance(reason, Exception) else RuntimeError(reason)
            self._onlooker.saw_failure(self, error)

    async def _start(self) -> None:
        birth = self._birth
        try:
            self._node = await Node.start(
                f"{birth.member}@{birth.member}:1",
                cookie=COOKIE,
                routes={name: f"{name}:1" for name in birth.plan.members if name != birth.member},
                transport=birth.network.transport(birth.member),
                clock=birth.clock,
                limits=LIMITS,
                random=random.Random(f"{birth.plan.dice} {birth.member} {birth.number}"),
            )
            await self._node.spawn_register(ACTOR, lambda: self.actor, self._options())
        except Exception as error:
            self._onlooker.saw_failure(self, error)

    def _options(self) -> Options:
        plan, promise = self._birth.plan, self._birth.promise
        return Options(
            cluster_id="cluster",
            bootstrap=[ProcessId(ACTOR, name) for name in plan.members],
            election_timeout_min=promise / SECOND,
            election_timeout_max=2 * promise / SECOND,
            heartbeat_interval=0.05,
            max_clock_drift=DRIFT / 1_000_000,
            storage=self._birth.disk,
            trust_disconnect=plan.trust_disconnect,
            trace=self._traced,
        )

    def _traced(self, line: Line) -> None:
        if self.is_over:
            return
        try:
            self._onlooker.saw_line(self, line)
        except Exception as error:
            self._onlooker.saw_failure(self, error)
        if isinstance(line, Stepped):
            self.view = line.state
            self.bond = self._bond_of(line)
            self.lease_ends = self.clock.clock.shows(line.at + self._lease_left(line.state))

    def _lease_left(self, view: View) -> int:
        voters = len(self._birth.plan.members)
        return view.held or reached_by_quorum(view.backing.values(), voters) or 0

    def _bond_of(self, line: Stepped) -> VoterCommitment:
        promise = line.state.promise
        if promise is None:
            return VoterCommitment(self.member, self.member, 0)
        to = None if promise.to is None else node_of(promise.to)
        return VoterCommitment(self.member, to, self.clock.clock.shows(line.at + promise.left))

    def _hear(self, what: str, check: Callable[[], None]) -> None:
        if self.is_over:
            return
        self._onlooker.tell(f"{self.member} is told {what}")
        try:
            check()
        except Exception as error:
            self._onlooker.saw_failure(self, error)


def node_of(member: str) -> MemberId:
    """The node of ``name@node``: what the rules call a member."""
    return MemberId(member.rpartition("@")[2])


def member_id(node: MemberId) -> MemberId:
    """The inverse."""
    return MemberId(f"{ACTOR}@{node}")
