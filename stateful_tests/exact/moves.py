"""What one member can do next, each answer remembered: the core's ``step`` at every event there is.

Knows the core's functions and normal forms, neither the others nor the network. The idea: members
are few and recur in every state of the whole, so states and messages are numbered, and each pair of
a member and an event is stepped once.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Generic, TypeVar

from leader.protocol.effects import Persist, Send
from leader.protocol.events import Event, PeerWentDown, Received, ResignationAsked, Woke
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
from stateful_tests.core import Core
from stateful_tests.exact.forms import (
    EARLIER_ROUND,
    NOW,
    TICK,
    Down,
    Letter,
    Local,
    Refused,
    letter,
    normal,
    older,
    term_of,
    timing_of,
)
from stateful_tests.exact.instances import Instance

CLUSTER = ClusterId("cluster")
FIRST = Term(0)
Item = TypeVar("Item", bound=Hashable)


class Numbered(Generic[Item]):
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
class Move:
    """One thing a member may do: the action's name, the number of what it is then, those of what it sends."""

    label: str
    local: int
    sent: tuple[int, ...] = ()


class Moves:
    """Every member of an instance, as one core would move it."""

    def __init__(self, instance: Instance, core: Core) -> None:
        self.instance = instance
        self.locals: Numbered[Local] = Numbered()
        self.letters: Numbered[Letter] = Numbered()
        self.steps = 0
        self._core = core
        self._settings = {member: self._settings_of(member) for member in instance.members}
        most = max(map(instance.ticks, instance.members))
        self._oldest = Instant(NOW - most * TICK)
        self.own = cache(self._own)
        self.received = cache(self._received)
        self.bereaved = cache(self._bereaved)
        self.aged = cache(self._aged)
        self.aged_letter = cache(self._aged_letter)

    def founder(self, member: MemberId) -> int:
        """``member`` before anything has happened: in term 0, and owing nobody anything."""
        return self._numbered(self._fresh(member, FIRST))

    def crashed(self, local: int, highest_term: Term) -> int:
        """A member whose process has ended, while terms up to ``highest_term`` exist."""
        lost = self.locals.items[local]
        assert isinstance(lost, State)
        down = Down(member=lost.member, record=lost.durable, floor=FIRST, silent_until=NOW)
        if not self.instance.recorded:
            silent = after(NOW, self._core.silent_wait(lost.settings))
            down = Down(member=lost.member, record=None, floor=highest_term, silent_until=silent)
        return self.locals.number(down)

    def received_late(self, local: int, number: int) -> tuple[Move, ...]:
        """What the arrival of a message may lead to that is of no use to anybody any more."""
        source, to, message = self.letters.items[number]
        if isinstance(message, PreVoteGranted):
            number = self.letters.number((source, to, replace(message, sent=EARLIER_ROUND)))
        return self.received(local, number)

    def _own(self, local: int) -> tuple[Move, ...]:
        """What a member may do unasked, or asked by its own application."""
        now = self.locals.items[local]
        found = self._restarts(now) if isinstance(now, Down) else self._unasked(now)
        return (*found, *self._ends_of_promises(now))

    def _received(self, local: int, number: int) -> tuple[Move, ...]:
        """What the arrival of a message may lead to."""
        state, (_, to, message) = self.locals.items[local], self.letters.items[number]
        if isinstance(state, Down):
            return ()
        moments = self._moments(state) if isinstance(message, Refused) else (NOW,)
        found = (
            self._step(state, Received(message=variant), now)
            for variant in self._variants(to, message)
            for now in moments
        )
        return tuple({move: None for move in found if move is not None})

    def _bereaved(self, local: int, peer: MemberId) -> tuple[Move, ...]:
        """What a member may make of the end of a connection."""
        state = self.locals.items[local]
        if isinstance(state, Down):
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

    def _aged_letter(self, number: int) -> int:
        """A message a tick later."""
        source, to, message = self.letters.items[number]
        return self.letters.number((source, to, older(message, self._oldest)))

    def _unasked(self, state: State) -> Iterator[Move]:
        wakings = [self._step(state, Woke(), now) for now in self._moments(state)]
        if not self.instance.pre_vote and isinstance(state.role, PreCandidate):
            granted = replace(state.role, granted=frozenset(state.voters))
            wakings.append(self._step(replace(state, role=granted), Woke(), NOW))
        members = self.instance.members
        if state.member in members[: self.instance.resigning]:
            voters = self.instance.voters
            successors = [None, *(voter for voter in voters if voter != state.member)]
            wakings += [self._step(state, ResignationAsked(successor=s), NOW) for s in successors]
        return (move for move in wakings if move is not None)

    def _restarts(self, down: Down) -> Iterator[Move]:
        settings, moment = self._settings[down.member], Moment(now=NOW, jitter=0)
        if down.record is not None:
            restarted = self._core.restart(settings, down.record, moment)
            yield Move("Restart", self._numbered(restarted))
        elif down.silent_until <= NOW:
            for term in range(down.floor + 1, self.instance.terms + 1):
                yield Move("Restart", self._numbered(self._fresh(down.member, Term(term))))

    def _ends_of_promises(self, now: Local) -> Iterator[Move]:
        """Without time a promise may end at any moment: the specification's EndPromise."""
        if self.instance.timed:
            return
        if isinstance(now, State) and now.promise is not None:
            yield Move("EndPromise", self._numbered(replace(now, promise=None)))
        if isinstance(now, Down) and now.silent_until > NOW:
            yield Move("EndPromise", self.locals.number(replace(now, silent_until=NOW)))

    def _moments(self, state: State) -> tuple[Instant, ...]:
        """When to step: without time a lease may be over at any moment, too."""
        until = self._core.lease_until(state)
        return (NOW,) if self.instance.timed or until is None else (NOW, max(NOW, until))

    def _variants(self, to: MemberId, message: Message | Refused) -> list[Message]:
        if not isinstance(message, Refused):
            return [message]
        return [
            kind(cluster=CLUSTER, sender=sender, term=message.term)
            for kind in (PreVoteRefused, VoteRefused, HeartbeatRefused)
            for sender in self.instance.members
            if sender != to
        ]

    def _step(self, state: State, event: Event, now: Instant) -> Move | None:
        """What the core does; None if that is nothing, or beyond the highest term."""
        self.steps += 1
        try:
            transition = self._core.step(state, event, Moment(now=now, jitter=0))
        except InvariantViolated as broken:
            return Move(f"InvariantViolated: {broken}", self._numbered(state))
        if self._is_beyond(transition):
            return None
        after_it, sent = normal(transition.state), self._sent(state, transition)
        if transition.action is None and after_it == normal(state) and not sent:
            return None
        return Move(_label(state, transition), self.locals.number(after_it), sent)

    def _is_beyond(self, transition: Transition) -> bool:
        """Whether a term is needed that the instance does not have."""
        terms = (term_of(effect.message) for effect in _sends(transition))
        return max(transition.state.term, *terms, FIRST) > self.instance.terms

    def _sent(self, state: State, transition: Transition) -> tuple[int, ...]:
        letters = (
            letter(state.member, send.to, send.message)
            for send in _sends(transition)
            if self.instance.hears(send.to, state.member)
            and (self.instance.pre_vote or not isinstance(send.message, PreVoteRequest))
        )
        return tuple(map(self.letters.number, letters))

    def _numbered(self, state: State) -> int:
        """Everybody knows of all observers; what else a leader would not send, the network may lose."""
        return self.locals.number(normal(replace(state, observers=self.instance.observers)))

    def _fresh(self, member: MemberId, term: Term) -> State:
        moment = Moment(now=NOW, jitter=0)
        voters = self.instance.voters
        return self._core.start_without_record(
            self._settings[member], founding(voters if member in voters else ()), term, moment
        )

    def _settings_of(self, member: MemberId) -> Settings:
        return Settings(
            cluster=CLUSTER,
            member=member,
            timing=timing_of(self.instance.ticks(member)),
            trust_disconnect=self.instance.trusts,
        )


def _sends(transition: Transition) -> list[Send]:
    return [effect for effect in transition.effects if isinstance(effect, Send)]


def _label(before: State, transition: Transition) -> str:
    """The action's name; what would be lost in a crash although messages rest on it is none."""
    durable, action = transition.state.durable, transition.action
    label = "no action" if action is None else action.value
    recorded = durable == before.durable or transition.effects[:1] == (Persist(durable),)
    return label if recorded else f"{label}, before its record is written"
