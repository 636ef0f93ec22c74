"""One process of one member: a node and an actor on it, and what was seen of both.

It decides nothing. What a process that was killed still does in memory is ignored.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from leader.election.options import Options
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
"""A handshake that a partition interrupts must not delay an election for long."""
SECOND = 1_000 * MILLISECOND

ActorFactory = Callable[[CallbackListener], StackMember]


class ProcessListener(Protocol):
    """Receives what happens in a process."""

    def stepped(self, process: "MemberProcess", line: Line) -> None:
        """The engine has taken a step; none of its effects has been executed yet."""

    def failed(self, process: "MemberProcess", error: Exception) -> None:
        """A callback broke a guarantee, or the actor ended by itself."""

    def write_down(self, text: str) -> None:
        """Something for the transcript."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """What a process is started with."""

    member: MemberId
    number: int
    """How many processes of this member have been started, this one included."""
    plan: RunPlan
    promise: int
    clock: ProcessClock
    disk: Disk
    network: HeldNetwork


class MemberProcess:
    """A process from its start to its end; it listens to its actor's callbacks."""

    def __init__(
        self, settings: ProcessSettings, make_actor: ActorFactory, listener: ProcessListener
    ) -> None:
        self.member = settings.member
        self.clock = settings.clock
        self.actor = make_actor(self)
        self.callbacks = CallbackChecker(settings.member)
        self.view: View | None = None
        """The state after its last step; None while the member is silent."""
        self.commitment = VoterCommitment(settings.member, None, NEVER)
        self.lease_ends = 0
        """In true time, according to the answers that have arrived."""
        self._has_ended = False
        self._settings = settings
        self._listener = listener
        self._node: Node | None = None
        self._starting = settings.network.loop.create_task(self._start())

    def kill(self) -> None:
        """End the process; it sends nothing any more."""
        self._has_ended = True
        self.clock.end()
        self._starting.cancel()
        self._settings.network.crash(self.member)
        if self._node is not None:
            self._node.kill()

    def resign(self, successor: MemberId | None) -> None:
        """Ask the actor to resign."""
        self.actor.resign(None if successor is None else ProcessId(ACTOR, successor))

    def leading(self, *, is_leader: bool) -> None:
        """See ``CallbackListener``."""
        self._check("to lead", lambda: self.callbacks.leading(is_leader=is_leader))

    def following(self, leader: MemberId | None) -> None:
        """See ``CallbackListener``."""
        self._check(f"to follow {leader}", lambda: self.callbacks.following(leader))

    def term_changed(self, old: int, new: int) -> None:
        """See ``CallbackListener``."""
        self._check(f"term {new}", lambda: self.callbacks.term_changed(old, new))

    def terminated(self, reason: ExitReason) -> None:
        """See ``CallbackListener``."""
        if not self._has_ended:
            error = reason if isinstance(reason, Exception) else RuntimeError(reason)
            self._listener.failed(self, error)

    async def _start(self) -> None:
        settings = self._settings
        plan, member = settings.plan, settings.member
        try:
            self._node = await Node.start(
                f"{member}@{member}:1",
                cookie=COOKIE,
                routes={name: f"{name}:1" for name in plan.members if name != member},
                transport=settings.network.transport(member),
                clock=settings.clock,
                limits=LIMITS,
                random=random.Random(f"{plan.dice} {member} {settings.number}"),
            )
            await self._node.spawn_register(ACTOR, lambda: self.actor, self._options())
        except Exception as error:
            self._listener.failed(self, error)

    def _options(self) -> Options:
        plan, promise = self._settings.plan, self._settings.promise
        return Options(
            cluster_id="cluster",
            bootstrap=[ProcessId(ACTOR, name) for name in plan.members],
            election_timeout_min=promise / SECOND,
            election_timeout_max=2 * promise / SECOND,
            heartbeat_interval=0.05,
            max_clock_drift=DRIFT / 1_000_000,
            storage=self._settings.disk,
            trust_disconnect=plan.trust_disconnect,
            trace=self._traced,
        )

    def _traced(self, line: Line) -> None:
        if self._has_ended:
            return
        try:
            self._listener.stepped(self, line)
        except Exception as error:
            self._listener.failed(self, error)
        if isinstance(line, Stepped):
            self.view = line.state
            self.commitment = self._commitment_after(line)
            self.lease_ends = self.clock.clock.shows(line.at + self._lease_left(line.state))

    def _lease_left(self, view: View) -> int:
        voters = len(self._settings.plan.members)
        return view.held or reached_by_quorum(view.backing.values(), voters) or 0

    def _commitment_after(self, line: Stepped) -> VoterCommitment:
        promise = line.state.promise
        if promise is None:
            return VoterCommitment(self.member, self.member, 0)
        to = None if promise.to is None else node_of(promise.to)
        return VoterCommitment(self.member, to, self.clock.clock.shows(line.at + promise.left))

    def _check(self, told: str, check: Callable[[], None]) -> None:
        if self._has_ended:
            return
        self._listener.write_down(f"{self.member} is told {told}")
        try:
            check()
        except Exception as error:
            self._listener.failed(self, error)


def node_of(member: str) -> MemberId:
    """The node of ``name@node``, by which the rules name a member."""
    return MemberId(member.rpartition("@")[2])


def member_id(node: MemberId) -> MemberId:
    """The inverse of ``node_of``."""
    return MemberId(f"{ACTOR}@{node}")
