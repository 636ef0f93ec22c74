"""Messages from when they are sent to when they are received, if ever.

Knows some habits of our specifications: `messages` is the set of messages in flight, records with
`kind`, `from` and `to`, and perhaps with a counter of the time they have been under way; the action
`Handle…` receives a message of that kind.
The idea: a state does not say which message a step received. It is the one that explains best what
the step did: answered, changed, taken out of flight. A message that was not received when it goes
out of flight was lost, or had become pointless; the story of the members is the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from spec.changes import Change, of_members
from spec.plain import plain
from spec.trace import State
from spec.values import Function, Value, in_order

MESSAGES = "messages"
_KIND = ("kind", "type")
_SENDER = ("from", "source")
_RECEIVER = ("to", "dest")
_GROWS = {"age": 1, "left": -1}
# What an action receives that is not named after it.
_RECEIVES = {
    "Campaign": "PreVoteGranted",
    "BecomeLeader": "VoteGranted",
    "UpdateTerm": "Refused",
    "Renew": "Refused",
    "HandleRefusal": "VoteRefused",
    "DropRefusal": "VoteRefused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message; without a receiver it is for everybody."""

    kind: str
    sender: str | None
    receiver: str | None
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """The step in which a member received a message."""

    step: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A message from the step that sent it; `gone` is the step that took it out of flight, if any.

    Where receiving a message does not consume it, it may be received more than once.
    """

    message: Sent
    since: int
    receptions: tuple[Reception, ...] = ()
    gone: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a step did to the messages, and who took it as far as messages tell."""

    sent: tuple[Sent, ...] = ()
    received: Sent | None = None
    lost: tuple[Sent, ...] = ()
    older: int = 0
    actor: str | None = None


class Log:
    """Follows the messages from state to state."""

    def __init__(self, members: tuple[str, ...]) -> None:
        self._members = members
        self._open: dict[Function, Flight] = {}
        self._over: list[Flight] = []

    def flights(self) -> tuple[Flight, ...]:
        """Every message so far, step by step, and in one step by their receivers."""
        flights = (*self._over, *self._open.values())
        return tuple(sorted(flights, key=lambda f: (f.since, f.message.receiver or "")))

    def start(self, state: State) -> None:
        """The initial state, which may have messages in flight."""
        self._send(1, in_order(_in_flight(state)), None)

    def step(
        self,
        number: int,
        action: str,
        actor: str | None,
        states: tuple[State, State],
        changes: Iterable[Change],
    ) -> Mail:
        """Notes what the step from the first of the states to the second did to the messages."""
        traffic = _traffic(*states)
        candidates = [
            message
            for message in _receivable(action, states[0])
            if _may_receive(actor, message, self._members)
        ]
        evidence = _Evidence(traffic, tuple(changes), self._terms(states[1]))
        received = max(candidates, key=evidence.weight_for, default=None)
        if received and not action.startswith("Handle") and received not in traffic.gone:
            received = None
        actor = actor or self._told_by(received, traffic)
        taken = self._receive(number, received, actor)
        lost = self._end(number, traffic)
        return Mail(
            sent=self._send(number, in_order(traffic.sent), actor),
            received=taken,
            lost=lost,
            older=len(traffic.older),
            actor=actor,
        )

    def _terms(self, state: State) -> Mapping[str, Value]:
        return of_members(state.get("term"), self._members) or {}

    def _told_by(self, received: Function | None, traffic: "_Traffic") -> str | None:
        """The receiver; without one, whoever sent everything that was sent."""
        receiver = _receiver(received) if received else None
        senders = {_sender(message) for message in traffic.sent}
        suspects = {receiver} if receiver else senders & set(self._members)
        return suspects.pop() if len(suspects) == 1 else None

    def _receive(self, number: int, message: Function | None, by: str | None) -> Sent | None:
        if message is None or by is None:
            return None
        flight = self._open[message]
        taken = (*flight.receptions, Reception(step=number, by=by))
        self._open[message] = replace(flight, receptions=taken)
        return replace(flight.message, content=_content(message))

    def _end(self, number: int, traffic: "_Traffic") -> tuple[Sent, ...]:
        """The messages out of flight are over; those that nobody ever received are returned."""
        ended = [
            replace(self._open.pop(message), gone=number) for message in in_order(traffic.gone)
        ]
        aged = {message: self._open.pop(former) for message, former in traffic.older.items()}
        self._open |= aged
        self._over += ended
        return tuple(flight.message for flight in ended if not flight.receptions)

    def _send(
        self, number: int, messages: Iterable[Function], actor: str | None
    ) -> tuple[Sent, ...]:
        """The messages are in flight; one that does not tell its sender comes from who acts."""
        told = []
        for message in messages:
            sender = _sender(message)
            sent = _sent(message, sender if sender in self._members else actor)
            self._open[message] = Flight(message=sent, since=number)
            told.append(sent)
        return tuple(told)


@dataclass(frozen=True, slots=True)
class _Traffic:
    sent: frozenset[Function]
    gone: frozenset[Function]
    older: Mapping[Function, Function]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What a step did, as far as it tells which message was received."""

    traffic: _Traffic
    changes: tuple[Change, ...]
    terms: Mapping[str, Value]

    def weight_for(self, message: Function) -> tuple[bool, ...]:
        """The greater, the better does having received the message explain the step."""
        sender, receiver = _sender(message), _receiver(message)
        term = self.terms.get(receiver or "")
        changed = {change.inner for change in self.changes if change.member == receiver}
        return (
            any(_receiver(answer) == sender for answer in self.traffic.sent),
            any(f"[{sender}]" in inner for inner in changed),
            message in self.traffic.gone,
            any(answer.get("term") == term for answer in self.traffic.sent),
            message.get("term") == term,
        )


def _traffic(before: State, after: State) -> _Traffic:
    old, new = _in_flight(before), _in_flight(after)
    older = {
        message: former
        for message in new - old
        for former in old - new
        if _is_older(message, former)
    }
    return _Traffic(new - old - older.keys(), old - new - set(older.values()), older)


def _receivable(action: str, before: State) -> list[Function]:
    kind = _RECEIVES.get(action, action.removeprefix("Handle"))
    return [message for message in in_order(_in_flight(before)) if _kind(message) == kind]


def _may_receive(actor: str | None, message: Function, members: tuple[str, ...]) -> bool:
    """A message for everybody may be received by anybody but its sender, if we know who acts."""
    receiver = _receiver(message)
    if receiver is None:
        return actor is not None and actor != _sender(message)
    return receiver in members and actor in (None, receiver)


def is_messages(value: Value | None) -> bool:
    """Whether the value is a set of records, as messages in flight are."""
    return isinstance(value, frozenset) and all(isinstance(m, Function) for m in value)


def _in_flight(state: State) -> frozenset[Function]:
    value = state.get(MESSAGES)
    if not isinstance(value, frozenset):
        return frozenset()
    return frozenset(message for message in value if isinstance(message, Function))


def _is_older(message: Function, former: Function) -> bool:
    """Whether it is the former message a while later: the same but for counters that moved on.

    A counter that moved back is a message sent anew.
    """
    if message.keys() != former.keys():
        return False
    moved = [key for key in message if message[key] != former[key]]
    return all(_moved_on(key, former[key], message[key]) for key in moved)


def _moved_on(key: Value, before: Value, after: Value) -> bool:
    if not isinstance(key, str) or not isinstance(before, int) or not isinstance(after, int):
        return False
    return (after - before) * _GROWS.get(key, 0) > 0


def _sent(message: Function, sender: str | None) -> Sent:
    return Sent(
        kind=_kind(message),
        sender=sender,
        receiver=_receiver(message),
        content=_content(message),
    )


def _content(message: Function) -> str:
    known = {*_KIND, *_SENDER, *_RECEIVER}
    return ", ".join(
        f"{key} {plain(message[key])}" for key in in_order(message) if key not in known
    )


def _sender(message: Function) -> str | None:
    return _field(message, _SENDER)


def _receiver(message: Function) -> str | None:
    return _field(message, _RECEIVER)


def _kind(message: Function) -> str:
    return _field(message, _KIND) or "message"


def _field(message: Function, names: tuple[str, ...]) -> str | None:
    return next((plain(message[name]) for name in names if name in message), None)
