"""What a member's trace says, as the specification's values.

Knows the names of both and no rule. Durations stay as they are told, or are counted in whole `unit`s.
"""

from collections.abc import Collection, Sequence

from leader.election.trace import Letter, View
from spec.comparison.spec_states import SpecMember, SpecMessage


def traced_member(name: str, seen: View, members: Sequence[str], unit: int = 1) -> SpecMember:
    """What was seen of one of the members."""
    promise = seen.promise
    return SpecMember(
        name=name,
        role=seen.role,
        term=seen.term,
        stamp=seen.stamp,
        leader=seen.leader,
        granted=frozenset(seen.granted),
        backing=tuple(seen.backing.get(member, 0) // unit for member in members),
        held=seen.held // unit,
        promise=(None, 0) if promise is None else (promise.to, promise.left // unit),
    )


def traced_message(
    letter: Letter, age: int, observers: Collection[str] = frozenset()
) -> SpecMessage:
    """The message; one without a lease in it has no age. All refusals are one kind, voters' from nobody."""
    message = SpecMessage(kind=letter.kind, sender=letter.sender, to=letter.to, term=letter.term)
    match letter.kind:
        case "PreVoteRequest":
            return message._replace(stamp=letter.stamp or 0)
        case "VoteRequest":
            return message._replace(stamp=letter.stamp or 0, age=age, resigned=letter.resigned)
        case "VoteGranted" | "Heartbeat" | "HeartbeatAck":
            return message._replace(age=age)
        case "PreVoteRefused" | "VoteRefused" | "HeartbeatRefused":
            sender = letter.sender if letter.sender in observers else None
            return message._replace(kind="Refused", sender=sender)
        case "Resigned":
            return message._replace(successor=letter.successor)
        case _:
            return message
