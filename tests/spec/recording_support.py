"""What the tests of recordings share: lines in a few words, and two members that say little."""

from leader.election.trace import Letter, Line, Opened, Owed, Started, Stepped, View
from spec.recording.reading import Heard, Recording, lines_of, recording_of
from stateful_tests.traced_runs import trace_text

PROMISE = 1_000
DRIFT = 10_000
ONE_CLOCK = Opened(clock="boot")


def started(
    member: str, at: int = 0, *, recorded: bool = False, promise: int = PROMISE, drift: int = DRIFT
) -> Started:
    """The beginning of a life in a cluster of "a" and "b"."""
    return Started(
        member=member,
        at=at,
        recorded=recorded,
        members=["a", "b"],
        promise=promise,
        drift=drift,
        trust_disconnect=False,
    )


def view(term: int = 0, role: str = "follower", promise: Owed | None = None) -> View:
    """A state in which nothing but this is remembered."""
    return View(
        role=role,
        term=term,
        stamp=0,
        leader=None,
        granted=[],
        backing={},
        held=0,
        promise=promise,
        acts=False,
    )


def stepped(
    member: str,
    action: str | None,
    at: int = 0,
    *,
    term: int = 0,
    handled: Letter | None = None,
    sent: tuple[Letter, ...] = (),
    parked: bool = False,
) -> Stepped:
    """A step after which the member follows nobody."""
    return Stepped(
        member=member,
        at=at,
        action=action,
        handled=handled,
        parked=parked,
        sent=list(sent),
        state=view(term),
    )


def restarted(member: str, at: int = 0, *, term: int = 0) -> Stepped:
    """A member is up."""
    return stepped(member, "Restart", at, term=term)


def asks(sender: str, to: str, *, term: int = 1, sent: int = 0) -> Letter:
    """A request for a vote."""
    return Letter(kind="VoteRequest", sender=sender, to=to, term=term, sent=sent, stamp=0)


def grants(sender: str, to: str, *, term: int = 1, sent: int = 0) -> Letter:
    """A vote."""
    return Letter(kind="VoteGranted", sender=sender, to=to, term=term, sent=sent)


def heard(*lines: Line, name: str = "run") -> list[Heard]:
    """Lines as a file of that name holds them."""
    return lines_of(name, trace_text(lines))


def recording(*lines: Line) -> Recording:
    """A recording in one file, by one clock."""
    return recording_of([heard(ONE_CLOCK, *lines)])
