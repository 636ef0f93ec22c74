"""The words of a transcript: one line for a step of a member, a few words for a message."""

from leader.election.trace import Stepped
from stateful_tests.system import InFlightMessage


def describe_step(line: Stepped) -> str:
    """What a member did, and its state afterwards."""
    action = "nothing" if line.action is None else line.action
    message, promise = line.handled, line.state.promise
    event = "woke" if message is None else f"{message.kind} {message.term} from {message.sender}"
    owed = (
        ""
        if promise is None
        else f", promised {promise.to or 'a member unknown since the restart'}"
    )
    return f"{line.member}: {event} -> {action}, {line.state.role} in term {line.state.term}{owed}"


def describe_message(message: InFlightMessage) -> str:
    """The kind and term of a message, its sender and its receiver."""
    term = getattr(message.content, "term", None)
    kind = type(message.content).__name__ + ("" if term is None else f" {term}")
    return f"{kind} from {message.source} to {message.to}"
