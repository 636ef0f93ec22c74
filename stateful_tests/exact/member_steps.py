"""What one member can do next: the core's ``step`` at every event that there is, each result cached.

Knows the core's functions and the normal form, neither the other members nor the network. The same
few states of a member recur in every state of the cluster, so states and messages are numbered, and
the core is asked once for each pair of a member's state and an event.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Generic, TypeVar

from leader.protocol.effects import Persist, Send
from leader.protocol.events import Event, PeerWentDown, Received, ResignationAsked, Woke
from leader.protocol.guards import is_voter
from leader.protocol.membership import founding
from leader.protocol.messages import (
    HeartbeatRefused,
    Message,
    PreVoteGranted,
    PreVoteRefused,
    PreVoteRequest,
    VoteRefused,
)
from leader.protocol.state import PreCandidate, Settings, State
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import (
    ClusterId,
    Instant,
    InvariantViolated,
    MemberId,
    Moment,
    Term,
    after,
)
from spec.comparison.instance import Instance
from stateful_tests.core import Core
from stateful_tests.exact.normal_form import (
    EARLIER_ROUND,
    NOW,
    TICK,
    AnyRefusal,
    DownMember,
    InFlight,
    Local,
    in_flight,
    normal,
    older,
    term_of,
    timing_of,
)

CLUSTER = ClusterId("cluster")
FIRST = Term(0)
Item = TypeVar("Item", bound=Hashable)


class NumberedItems(Generic[Item]):
    """Values by number, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._numbers: dict[Item, int] = {}

    def number(self, item: Item) -> int:
        """The number of ``item``, a new one if it was never seen."""
        found = self._numbers.setdefault(item, len(self.items))
        if found == len(self.items):
            self.items.append(item)
        return found


@dataclass(frozen=True, slots=True)
class MemberStep:
    """One thing that a member may do: the action's name, then the numbers of its state and messages.

    ``local`` is the state after the step, ``sent`` are the messages that the step sends.
    """

    label: str
    local: int
    sent: tuple[int, ...] = ()


class MemberSteps:
    """The steps of every member of an instance, by one core."""

    def __init__(self, instance: Instance, core: Core) -> None:
        self.instance = instance
        self.locals: NumberedItems[Local] = NumberedItems()
        self.messages: NumberedItems[InFlight] = NumberedItems()
        self._core = core
        self.members = tuple(map(MemberId, instance.members))
        self._voters = tuple(map(MemberId, instance.voters))
        self._observers = frozenset(self.members) - {*self._voters}
        self._settings = {member: self._settings_of(member) for member in self.members}
        self._oldest = Instant(NOW - max(map(instance.lease_ticks, instance.members)) * TICK)
        self.own = cache(self._own)
        self.received = cache(self._received)
        self.peer_went_down = cache(self._peer_went_down)
        self.aged = cache(self._aged)
        self.aged_message = cache(self._aged_message)

    def founder(self, member: MemberId) -> int:
        """``member`` before anything has happened: in term 0 and without a promise."""
        return self._numbered(self._fresh(member, FIRST))

    def crashed(self, local: int, highest_term: Term) -> int:
        """A member whose process has ended, while ``highest_term`` is the highest term of any member."""
        lost = self.locals.items[local]
        assert isinstance(lost, State)
        down = DownMember(member=lost.member, record=lost.durable, floor=FIRST, silent_until=NOW)
        if lost.member not in self.instance.recorded:
            silent = after(NOW, self._core.silent_wait(lost.settings))
            down = DownMember(
                member=lost.member, record=None, floor=highest_term, silent_until=silent
            )
        return self.locals.number(down)

    def received_late(self, local: int, number: int) -> tuple[MemberStep, ...]:
        """What a message may lead to that arrives after it has ceased to matter."""
        source, to, message = self.messages.items[number]
        if isinstance(message, PreVoteGranted):
            number = self.messages.number((source, to, replace(message, sent=EARLIER_ROUND)))
        return self.received(local, number)

    def _own(self, local: int) -> tuple[MemberStep, ...]:
        """What a member may do without a message: by itself or at its application's request."""
        now = self.locals.items[local]
        found = self._restarts(now) if isinstance(now, DownMember) else self._unasked(now)
        return (*found, *self._ends_of_promises(now))

    def _received(self, local: int, number: int) -> tuple[MemberStep, ...]:
        """What the arrival of a message may lead to."""
        state, (source, to, message) = self.locals.items[local], self.messages.items[number]
        if isinstance(state, DownMember):
            return ()
        moments = self._moments(state) if isinstance(message, AnyRefusal) else (NOW,)
        found = (
            self._step(state, Received(message=variant), now)
            for variant in self._variants(source, to, message)
            for now in moments
        )
        return tuple({move: None for move in found if move is not None})

    def _peer_went_down(self, local: int, peer: MemberId) -> tuple[MemberStep, ...]:
        """What the end of the connection to ``peer`` may lead to."""
        state = self.locals.items[local]
        if isinstance(state, DownMember):
            return ()
        move = self._step(state, PeerWentDown(peer=peer), NOW)
        return () if move is None else (move,)

    def _aged(self, local: int) -> int:
        """A member a tick later."""
        now = self.locals.items[local]
        if isinstance(now, State):
            return self.locals.number(normal(now, TICK))
        silent = Instant(max(NOW, now.silent_until - TICK))
        return self.locals.number(replace(now, silent_until=silent))

    def _aged_message(self, number: int) -> int:
        """A message a tick later."""
        source, to, message = self.messages.items[number]
        return self.messages.number((source, to, older(message, self._oldest)))

    def _unasked(self, state: State) -> Iterator[MemberStep]:
        wakings = [self._step(state, Woke(), now) for now in self._moments(state)]
        if not self.instance.pre_vote and isinstance(state.role, PreCandidate):
            granted = replace(state.role, granted=frozenset(state.voters))
            wakings.append(self._step(replace(state, role=granted), Woke(), NOW))
        if state.member in self.instance.resigning:
            successors = [None, *(voter for voter in self._voters if voter != state.member)]
            wakings += [self._step(state, ResignationAsked(successor=s), NOW) for s in successors]
        return (move for move in wakings if move is not None)

    def _restarts(self, down: DownMember) -> Iterator[MemberStep]:
        settings, moment = self._settings[down.member], Moment(now=NOW, jitter=0, highest_term=None)
        if down.record is not None:
            restarted = self._core.restart(settings, down.record, moment)
            yield MemberStep("Restart", self._numbered(restarted))
        elif down.silent_until <= NOW:
            for term in range(down.floor + 1, self.instance.highest_term + 1):
                yield MemberStep("Restart", self._numbered(self._fresh(down.member, Term(term))))

    def _ends_of_promises(self, now: Local) -> Iterator[MemberStep]:
        """Without time a promise may end at any moment: the specification's EndPromise."""
        if self.instance.timed:
            return
        if isinstance(now, State) and now.promise is not None:
            yield MemberStep("EndPromise", self._numbered(replace(now, promise=None)))
        if isinstance(now, DownMember) and now.silent_until > NOW:
            yield MemberStep("EndPromise", self.locals.number(replace(now, silent_until=NOW)))

    def _moments(self, state: State) -> tuple[Instant, ...]:
        """When to step: without time, also at the end of the lease, which may come at any moment."""
        until = self._core.lease_until(state)
        return (NOW,) if self.instance.timed or until is None else (NOW, max(NOW, until))

    def _variants(
        self, source: MemberId | None, to: MemberId, message: Message | AnyRefusal
    ) -> list[Message]:
        if not isinstance(message, AnyRefusal):
            return [message]
        return [
            kind(cluster=CLUSTER, sender=sender, term=message.term)
            for kind in (PreVoteRefused, VoteRefused, HeartbeatRefused)
            for sender in (self._voters if source is None else (source,))
            if sender != to
        ]

    def _step(self, state: State, event: Event, now: Instant) -> MemberStep | None:
        """The core's step; None if nothing changes, or if it needs a term above the highest one."""
        try:
            transition = self._core.step(state, event, Moment(now=now, jitter=0, highest_term=None))
        except InvariantViolated as broken:
            return MemberStep(f"InvariantViolated: {broken}", self._numbered(state))
        if self._is_beyond(transition):
            return None
        after_it, sent = normal(transition.state), self._sent(state, transition)
        if transition.action is None and after_it == normal(state) and not sent:
            return None
        return MemberStep(_label(state, transition), self.locals.number(after_it), sent)

    def _is_beyond(self, transition: Transition) -> bool:
        """Whether the transition needs a term that the instance does not have."""
        terms = (term_of(effect.message) for effect in _sends(transition))
        return max(transition.state.term, *terms, FIRST) > self.instance.highest_term

    def _sent(self, state: State, transition: Transition) -> tuple[int, ...]:
        messages = (
            in_flight(state.member, send.to, send.message, votes=state.member in self._voters)
            for send in _sends(transition)
            if self.instance.hears(send.to, state.member)
            and (self.instance.pre_vote or not isinstance(send.message, PreVoteRequest))
        )
        return tuple(map(self.messages.number, messages))

    def _numbered(self, state: State) -> int:
        """A member that starts knows all observers; the network may lose what it sends to them."""
        return self.locals.number(normal(replace(state, observers=self._observers)))

    def _fresh(self, member: MemberId, term: Term) -> State:
        moment = Moment(now=NOW, jitter=0, highest_term=None)
        membership = founding(self._voters if member in self._voters else ())
        return self._core.start_without_record(self._settings[member], membership, term, moment)

    def _settings_of(self, member: MemberId) -> Settings:
        return Settings(
            cluster=CLUSTER,
            member=member,
            timing=timing_of(self.instance.promise_ticks(member)),
            trust_disconnect=self.instance.trusts,
        )


def _sends(transition: Transition) -> list[Send]:
    return [effect for effect in transition.effects if isinstance(effect, Send)]


def _label(before: State, transition: Transition) -> str:
    """The action's name, marked if messages that rest on the record are sent before it is written."""
    durable, action = transition.state.durable, transition.action
    label = "no action" if action is None else action.value
    recorded = (
        durable == before.durable
        or transition.effects[:1] == (Persist(durable),)
        or not is_voter(before)
    )
    return label if recorded else f"{label}, before its record is written"
