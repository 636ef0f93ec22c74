"""A run in words: what was done to the cluster, and what its members made of it."""

from leader.election.trace import Stepped
from leader.protocol.events import (
    ActingStopped,
    Event,
    ObserverCameUp,
    PeerWentDown,
    Received,
    ResignationAsked,
    Woke,
)
from leader.protocol.state import State
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId
from stateful_tests.system import InFlightMessage


def told(true_time: int, member: MemberId, event: Event, transition: Transition) -> str:
    """One step of one member, on one line."""
    action = "nothing" if transition.action is None else transition.action.value
    return f"      {true_time / 1e6:10.6f} ms  {member}: {_heard(event)} -> {action}, {_now(transition.state)}"


def recounted(line: Stepped) -> str:
    """One step as its member told it."""
    action = "nothing" if line.action is None else line.action
    letter, promise = line.handled, line.state.promise
    heard = "woke" if letter is None else f"{letter.kind} {letter.term} from {letter.sender}"
    owed = "" if promise is None else f", promised {promise.to or 'whomever it had promised'}"
    return f"{line.member}: {heard} -> {action}, {line.state.role} in term {line.state.term}{owed}"


def addressed(letter: InFlightMessage) -> str:
    """What is on the envelope."""
    term = getattr(letter.message, "term", None)
    about = type(letter.message).__name__ + ("" if term is None else f" {term}")
    return f"{about} from {letter.source} to {letter.to}"


def _heard(event: Event) -> str:
    match event:
        case Received(message=message):
            term = getattr(message, "term", None)
            about = "" if term is None else f" {term}"
            return f"{type(message).__name__}{about} from {message.sender}"
        case PeerWentDown(peer=peer):
            return f"{peer} is down"
        case ObserverCameUp(observer=observer):
            return f"{observer} observes"
        case ActingStopped():
            return "told to stop acting"
        case ResignationAsked(successor=successor):
            return f"asked to resign for {successor or 'anybody'}"
        case Woke():
            return "woke"


def _now(state: State) -> str:
    promise = state.promise
    owed = "" if promise is None else f", promised {promise.to or 'whomever it had promised'}"
    return f"{type(state.role).__name__} in term {state.term}{owed}"
