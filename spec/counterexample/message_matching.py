"""Which messages a step sent, received and lost, and which member took the step.

A specification keeps the messages in flight in the set `messages`: records with `kind`, `from`, `to`
and perhaps `age`. A state does not say which of them a step received, and not every specification
takes a received message out of the set. So the received one is inferred: of the messages that the
action can receive, it is the one that explains best what the step did.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spec.counterexample.formatting import plain
from spec.counterexample.state_diff import MESSAGES, Change
from spec.trace import StateValues, Step
from spec.values import Function, Value, in_order

# An action `Handle…` receives that kind of message. These others receive what they use up.
_RECEIVED_KINDS = {
    "Campaign": "PreVoteGranted",
    "BecomeLeader": "VoteGranted",
    "UpdateTerm": "Refused",
    "Renew": "Refused",
    "HandleRefusal": "VoteRefused",
    "DropRefusal": "VoteRefused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message; the number tells it from others, and the content is what it says at present."""

    number: int
    kind: str
    sender: str | None
    receiver: str
    content: str
    sent_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a step did to the messages; `lost` ones went out of flight and were never received."""

    actor: str | None
    sent: tuple[Message, ...]
    received: Message | None
    lost: tuple[Message, ...]


class MessageLog:
    """Follows the messages from state to state."""

    def __init__(self, members: tuple[str, ...]) -> None:
        self._members = members
        self._in_flight: dict[Function, Message] = {}
        self._received: set[int] = set()
        self._sent = 0

    def follow(self, number: int, step: Step, changes: Sequence[Change]) -> Mail:
        """What the step with this number did to the messages."""
        old, new = self._in_flight.keys(), _messages_in(step.state)
        fresh, missing = in_order(new - old), in_order(old - new)
        aged = {message: m for message in fresh for m in missing if _is_aged(message, m)}
        sent = [message for message in fresh if message not in aged]
        gone = [message for message in missing if message not in aged.values()]
        owners = {change.member for change in changes if change.member}
        actor = owners.pop() if len(owners) == 1 else None
        found = max(
            self._receivable(step.action or "", actor, gone),
            key=lambda message: _weight(message, step, changes, sent, message in gone),
            default=None,
        )
        actor = actor or self._correspondent(found, sent)
        received = self._in_flight[found] if found else None
        self._received |= {received.number} if received else set()
        over = [self._in_flight.pop(message) for message in gone]
        for message, former in aged.items():
            same = self._in_flight.pop(former)
            self._in_flight[message] = replace(same, content=_content(message))
        return Mail(
            actor=actor,
            sent=tuple(self._send(message, number, actor) for message in sent),
            received=received,
            lost=tuple(message for message in over if message.number not in self._received),
        )

    def _receivable(
        self, action: str, actor: str | None, gone: Sequence[Function]
    ) -> Iterator[Function]:
        """The messages that the action can receive, given its actor if that is known."""
        kind = _RECEIVED_KINDS.get(action, action.removeprefix("Handle"))
        for record in self._in_flight if action.startswith("Handle") else gone:
            message = self._in_flight[record]
            if message.kind == kind and actor in (None, message.receiver):
                yield record

    def _correspondent(self, received: Function | None, sent: Sequence[Function]) -> str | None:
        """The receiver; if nothing was received, the only sender."""
        if received:
            return plain(received["to"])
        senders = {plain(message["from"]) for message in sent} & set(self._members)
        return senders.pop() if len(senders) == 1 else None

    def _send(self, record: Function, step: int, actor: str | None) -> Message:
        """The message is in flight; one that does not name its sender comes from the actor."""
        sender = plain(record["from"])
        self._sent += 1
        self._in_flight[record] = message = Message(
            number=self._sent,
            kind=plain(record["kind"]),
            sender=sender if sender in self._members else actor,
            receiver=plain(record["to"]),
            content=_content(record),
            sent_in=step,
        )
        return message


def _weight(
    message: Function, step: Step, changes: Sequence[Change], sent: Sequence[Function], gone: bool
) -> tuple[bool, ...]:
    """The greater, the better does having received the message explain the step."""
    sender, receiver = message["from"], message["to"]
    own = [change for change in changes if change.member == plain(receiver)]
    terms = step.state.get("term")
    term = terms.get(receiver) if isinstance(terms, Function) else None
    return (
        any(answer["to"] == sender for answer in sent),
        any(answer["from"] == receiver for answer in sent),
        any(_is_about(change, sender) for change in own),
        term == message.get("term") and any(change.name == "term" for change in own),
        gone,
        # A refusal names no sender, but carries the term of the member that refuses.
        any(answer.get("term") == term for answer in sent),
    )


def _is_about(change: Change, member: Value) -> bool:
    """Whether the change is to an entry for the member, or the new value names it."""
    after = change.after
    named = after.get("to") if isinstance(after, Function) else after
    return change.path[1:] == (plain(member),) or named == member


def _messages_in(state: StateValues) -> set[Function]:
    messages = state.get(MESSAGES)
    records = messages if isinstance(messages, frozenset) else ()
    return {record for record in records if isinstance(record, Function)}


def _is_aged(message: Function, former: Function) -> bool:
    """Whether it is the same message some ticks later; a smaller age is a message sent anew."""
    match former.get("age"), message.get("age"):
        case int(before), int(now):
            return now > before and {**former, "age": now} == {**message}
    return False


def _content(message: Function) -> str:
    fields = (key for key in in_order(message) if key not in ("kind", "from", "to"))
    return ", ".join(f"{key} {plain(message[key])}" for key in fields)
