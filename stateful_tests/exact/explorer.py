"""The reachable graph of the core: the members, the messages in flight, and who has won so far.

Knows how steps of single members make up a step of the cluster, and what happens around them: ticks,
crashes, broken connections. A state is a few numbers; what each stands for is looked up once.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from leader.protocol.vocabulary import Term
from spec.comparison.instance import Instance
from spec.comparison.model_network import ModelNetwork, supersedes
from spec.comparison.spec_states import SpecMember, SpecMessage, SpecState, described
from stateful_tests.core import REAL, Core
from stateful_tests.exact.mapping import member_to_spec, message_to_spec
from stateful_tests.exact.member_steps import MemberStep, MemberSteps


class ClusterState(NamedTuple):
    """One state of the cluster: the numbers of the members and of the messages, and the winners."""

    locals: tuple[int, ...]
    messages: frozenset[int]
    winners: frozenset[tuple[int, str]]

    def with_member(self, place: int, local: int) -> "ClusterState":
        """The state with another member's state at ``place``."""
        return self._replace(locals=(*self.locals[:place], local, *self.locals[place + 1 :]))


class CoreExplorer:
    """The graph of an instance by one core."""

    def __init__(self, instance: Instance, core: Core = REAL) -> None:
        self.member_steps = MemberSteps(instance, core)
        self._instance = instance
        self._members = self.member_steps.members
        self._network = ModelNetwork(instance)
        self._places = {member: place for place, member in enumerate(self._members)}
        self.member = cache(self._member_to_spec)
        self.message = cache(self._message_to_spec)
        self._matters = cache(self._has_effect)
        self._route = cache(self._places_of)
        self._late = cache(self._late_steps)
        self._superseded = cache(self._is_superseded)

    def first(self) -> ClusterState:
        """Nothing has happened yet."""
        founders = tuple(map(self.member_steps.founder, self._members))
        return ClusterState(founders, frozenset(), frozenset())

    def to_spec(self, state: ClusterState) -> SpecState:
        """What the state is in the specification."""
        return SpecState(
            members=tuple(map(self.member, state.locals)),
            messages=frozenset(map(self.message, state.messages)),
            winners=state.winners,
        )

    def steps(self, state: ClusterState) -> Iterator[tuple[str, ClusterState]]:
        """Everything that can happen next."""
        if self._instance.timed:
            yield "Tick", self._settled(self._a_tick_later(state))
        for place, local in enumerate(state.locals):
            for step in self._steps_of(state, place, local):
                yield step.label, self._settled(self._after(state, place, step))

    def late(self, state: ClusterState) -> Iterator[tuple[str, ClusterState]]:
        """What messages that the network has dropped would still change if they arrived now."""
        for place, local in enumerate(state.locals):
            for message, step in self._late(place, local):
                yield (
                    f"{step.label}, late: {described(message)}",
                    state.with_member(place, step.local),
                )

    def described(self, state: ClusterState) -> str:
        """Everything that the core remembers in a state."""
        locals_, messages = self.member_steps.locals.items, self.member_steps.messages.items
        items = [*(locals_[n] for n in state.locals), *(messages[n] for n in state.messages)]
        return "\n".join(map(repr, items))

    def _steps_of(self, state: ClusterState, place: int, local: int) -> Iterator[MemberStep]:
        steps = self.member_steps
        yield from steps.own(local)
        for number in state.messages:
            if self._route(number)[1] == place:
                yield from steps.received(local, number)
        for peer, other in zip(self._members, state.locals, strict=True):
            # To forget an observer is to let the network lose what it would be sent.
            is_another_voter = peer in self._instance.voters and peer != self._members[place]
            if is_another_voter and self._is_seen_to_go_down(other):
                yield from steps.peer_went_down(local, peer)
        if self._members[place] in self._instance.crashing and self.member(local).role != "down":
            highest = Term(max(self.member(each).term for each in state.locals))
            yield MemberStep("Crash", steps.crashed(local, highest))

    def _is_seen_to_go_down(self, other: int) -> bool:
        """Also a live process, where that is an assumption of the instance or has no consequence."""
        instance = self._instance
        return self.member(other).role == "down" or instance.breaks or not instance.trusts

    def _after(self, state: ClusterState, place: int, step: MemberStep) -> ClusterState:
        winners, name = state.winners, self._members[place]
        if step.label == "BecomeLeader":
            winners = winners | {(self.member(step.local).term, name)}
        messages = frozenset(
            old
            for old in state.messages
            if not any(self._superseded(new, old) for new in step.sent)
            and not (step.label == "StartPreVote" and self._is_of_the_round_before(old, name))
        )
        after = state._replace(messages=messages.union(step.sent), winners=winners)
        return after.with_member(place, step.local)

    def _a_tick_later(self, state: ClusterState) -> ClusterState:
        return ClusterState(
            tuple(map(self.member_steps.aged, state.locals)),
            frozenset(map(self.member_steps.aged_message, state.messages)),
            state.winners,
        )

    def _late_steps(self, place: int, local: int) -> tuple[tuple[SpecMessage, MemberStep], ...]:
        return tuple(
            (self.message(number), step)
            for number in range(len(self.member_steps.messages.items))
            if self._route(number)[1] == place and self._is_past(number, local)
            for step in self.member_steps.received_late(local, number)
            if step.local != local
        )

    def _is_past(self, number: int, local: int) -> bool:
        """Whether a message can never matter to a member again, whatever its sender does."""
        message, term = self.message(number), self.member(local).term
        match message.kind:
            case "PreVoteGranted":
                # It is delivered as one of an earlier round, which never counts.
                return message.term <= term + 1
            case "VoteGranted" | "HeartbeatAck" if message.term > term:
                return False
            case _:
                return not self._matters(number, None, local)

    def _settled(self, state: ClusterState) -> ClusterState:
        """The state without the messages that have no effect any more."""
        kept = frozenset(number for number in state.messages if self._is_kept(number, state.locals))
        return state._replace(messages=kept)

    def _is_kept(self, number: int, members: tuple[int, ...]) -> bool:
        source, to = self._route(number)
        return self._matters(number, None if source is None else members[source], members[to])

    def _has_effect(self, number: int, source: int | None, to: int) -> bool:
        sender = None if source is None else self.member(source)
        return self._network.matters(self.message(number), sender, self.member(to))

    def _is_superseded(self, new: int, old: int) -> bool:
        return new != old and supersedes(self.message(new), self.message(old))

    def _is_of_the_round_before(self, number: int, member: str) -> bool:
        message = self.message(number)
        return message.kind == "PreVoteGranted" and message.to == member

    def _places_of(self, number: int) -> tuple[int | None, int]:
        source, to, _ = self.member_steps.messages.items[number]
        return None if source is None else self._places[source], self._places[to]

    def _member_to_spec(self, local: int) -> SpecMember:
        return member_to_spec(self.member_steps.locals.items[local], self._members)

    def _message_to_spec(self, number: int) -> SpecMessage:
        return message_to_spec(self.member_steps.messages.items[number])
