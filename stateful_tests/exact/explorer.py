"""The reachable graph of the core: members, what is in flight, and who has won so far.

Knows how single moves make up a step of the whole, and what the world does: ticks, crashes, broken
connections. A state of the whole is a few numbers; to what it corresponds is looked up by number.
"""

from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from leader.protocol.messages import HeartbeatAck, VoteGranted
from leader.protocol.vocabulary import Instant, MemberId, Term
from stateful_tests.core import REAL, Core
from stateful_tests.exact.flight import matters, supersedes
from stateful_tests.exact.forms import NOW, TICK
from stateful_tests.exact.images import Image, MemberImage, MessageImage
from stateful_tests.exact.instances import Instance
from stateful_tests.exact.mapping import letter_to_spec, member_to_spec
from stateful_tests.exact.moves import Move, Moves


class World(NamedTuple):
    """One state of the whole: the numbers of the members and of the messages, and the winners."""

    locals: tuple[int, ...]
    letters: frozenset[int]
    winners: frozenset[tuple[Term, MemberId]]


WorldStep = tuple[str, World]


class Explorer:
    """An instance as one core would have it."""

    def __init__(self, instance: Instance, core: Core = REAL) -> None:
        self.moves = Moves(instance, core)
        self._members = instance.members
        self._instance = instance
        self._places = {member: place for place, member in enumerate(instance.members)}
        self.member_image = cache(self._member_image)
        self.message_image = cache(self._message_image)
        self._matters = cache(self._is_worth_keeping)
        self._route = cache(self._way_of)
        self._late = cache(self._late_moves)
        self._superseded = cache(self._is_superseded)

    def first(self) -> World:
        """Nothing has happened yet."""
        founders = tuple(map(self.moves.founder, self._members))
        return World(founders, frozenset(), frozenset())

    def image(self, world: World) -> Image:
        """What a state of the whole is in the specification: ``to_spec``."""
        return Image(
            members=tuple(map(self.member_image, world.locals)),
            messages=frozenset(map(self.message_image, world.letters)),
            winners=world.winners,
        )

    def steps(self, world: World) -> Iterator[WorldStep]:
        """Everything that can happen next."""
        if self._instance.timed:
            yield "Tick", self._settled(self._a_tick_later(world))
        for place, local in enumerate(world.locals):
            for move in self._moves_of(world, place, local):
                yield move.label, self._settled(self._moved(world, place, move))

    def walk(self) -> Iterator[tuple[World, tuple[WorldStep, ...]]]:
        """Every state that can be reached, nearest first, with its steps."""
        queue = deque([self.first()])
        seen = set(queue)
        while queue:
            world = queue.popleft()
            steps = tuple(dict.fromkeys(self.steps(world)))
            yield world, steps
            for _, after in steps:
                if after not in seen:
                    seen.add(after)
                    queue.append(after)

    def late(self, world: World) -> Iterator[tuple[MessageImage, str, World]]:
        """What messages that can no longer matter would still change, were they to arrive here."""
        for place, local in enumerate(world.locals):
            for number, move in self._late(place, local):
                members = (*world.locals[:place], move.local, *world.locals[place + 1 :])
                yield self.message_image(number), move.label, world._replace(locals=members)

    def described(self, world: World) -> str:
        """What the core remembers in a state, word for word."""
        locals_, letters = self.moves.locals.items, self.moves.letters.items
        said = [*(locals_[each] for each in world.locals), *(letters[n] for n in world.letters)]
        return "\n".join(map(repr, said))

    def _moves_of(self, world: World, place: int, local: int) -> Iterator[Move]:
        yield from self.moves.own(local)
        for number in world.letters:
            if self._route(number)[1] == place:
                yield from self.moves.received(local, number)
        for peer, other in enumerate(world.locals):
            gone = self.member_image(other).role == "down"
            # To forget an observer is to let the network lose what it would be sent.
            is_voter = self._members[peer] in self._instance.voters
            if is_voter and peer != place and (gone or self._instance.any_connection_breaks):
                yield from self.moves.bereaved(local, self._members[peer])
        if place < self._instance.crashing and self.member_image(local).role != "down":
            highest = max(self.member_image(each).term for each in world.locals)
            yield Move("Crash", self.moves.crashed(local, highest))

    def _moved(self, world: World, place: int, move: Move) -> World:
        members = (*world.locals[:place], move.local, *world.locals[place + 1 :])
        winners = world.winners
        if move.label == "BecomeLeader":
            won = self.member_image(move.local).term, self._members[place]
            winners = winners | {won}
        letters = frozenset(
            old
            for old in world.letters
            if not any(self._superseded(new, old) for new in move.sent)
            and not (move.label == "StartPreVote" and self._is_of_the_round_before(old, place))
        )
        return World(members, letters.union(move.sent), winners)

    def _a_tick_later(self, world: World) -> World:
        return World(
            tuple(map(self.moves.aged, world.locals)),
            frozenset(map(self.moves.aged_letter, world.letters)),
            world.winners,
        )

    def _late_moves(self, place: int, local: int) -> tuple[tuple[int, Move], ...]:
        return tuple(
            (number, move)
            for number in range(len(self.moves.letters.items))
            if self._route(number)[1] == place and self._is_past(number, local)
            for move in self.moves.received_late(local, number)
            if move.local != local
        )

    def _is_past(self, number: int, local: int) -> bool:
        """Whether a message cannot matter to a member any more; a pre-vote of an earlier round cannot."""
        message, term = self.message_image(number), self.member_image(local).term
        match message.kind:
            case "PreVoteGranted":
                return message.term <= term + 1
            case "VoteGranted" | "HeartbeatAck" if message.term > term:
                return False
            case _:
                return not self._matters(number, None, local)

    def _settled(self, world: World) -> World:
        """``world``, without what can no longer matter there."""
        kept = frozenset(number for number in world.letters if self._is_kept(number, world.locals))
        return world._replace(letters=kept)

    def _is_kept(self, number: int, members: tuple[int, ...]) -> bool:
        source, to = self._route(number)
        return self._matters(number, None if source is None else members[source], members[to])

    def _is_worth_keeping(self, number: int, source: int | None, to: int) -> bool:
        message = self.message_image(number)
        receiver = self.member_image(to)
        sender = None if source is None else self.member_image(source)
        backed = receiver.backing[self._route(number)[0] or 0]
        return matters(message, sender, receiver, backed, self._left(number))

    def _left(self, number: int) -> int:
        """The ticks of lease that an answer would still back."""
        message = self.moves.letters.items[number][2]
        if not isinstance(message, VoteGranted | HeartbeatAck):
            return 0
        return max(0, Instant(message.sent + message.promise) - NOW) // TICK

    def _is_superseded(self, new: int, old: int) -> bool:
        return new != old and supersedes(self.message_image(new), self.message_image(old))

    def _is_of_the_round_before(self, number: int, place: int) -> bool:
        message = self.message_image(number)
        return message.kind == "PreVoteGranted" and message.to == self._members[place]

    def _way_of(self, number: int) -> tuple[int | None, int]:
        source, to, _ = self.moves.letters.items[number]
        return None if source is None else self._places[source], self._places[to]

    def _member_image(self, local: int) -> MemberImage:
        return member_to_spec(self.moves.locals.items[local], self._members)

    def _message_image(self, number: int) -> MessageImage:
        return letter_to_spec(self.moves.letters.items[number])
