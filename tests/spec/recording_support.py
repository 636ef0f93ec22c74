"""Short ways to write the lines of a recording, for the tests of recordings: two members, "a" and "b"."""

from leader.election.trace import Letter, Line, Opened, Started, Stepped, View
from spec.recording.reading import Recording, SourceLine, lines_of, recording_of
from stateful_tests.traced_runs import trace_text

PROMISE = 1_000
DRIFT = 10_000
ONE_CLOCK = Opened(clock="boot")


def started(
    member: str, at: int = 0, *, recorded: bool = False, promise: int = PROMISE, drift: int = DRIFT
) -> Started:
    """A process of a member begins."""
    return Started(
        member=member,
        at=at,
        recorded=recorded,
        members=["a", "b"],
        promise=promise,
        drift=drift,
        trust_disconnect=False,
    )


def view(term: int) -> View:
    """The state of a follower that remembers nothing but the term."""
    return View(
        role="follower",
        term=term,
        stamp=0,
        leader=None,
        granted=[],
        backing={},
        held=0,
        promise=None,
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
    """A step after which the member follows no leader."""
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


def file_of(*lines: Line, name: str = "run") -> list[SourceLine]:
    """The lines of a file of that name."""
    return lines_of(name, trace_text(lines).encode())


def recording(*lines: Line) -> Recording:
    """A recording in one file, by one clock."""
    return recording_of([file_of(ONE_CLOCK, *lines)])
