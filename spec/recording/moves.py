"""Lines of a recording as moves of the spec: who takes which action, with which message, how much later.

Knows the spec's names, not its rules. Stops at the first line that cannot be for a reason that needs
no spec: a message that was never sent, a clock that runs backwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from leader.election.trace import (
    RESTART,
    Crashed,
    Letter,
    Lost,
    Opened,
    Repeated,
    Started,
    Stepped,
    View,
)
from spec.recording.carriage import ANSWERS, Carriage
from spec.recording.reading import Heard, Recording, Unreadable

LONGEST = 2**31 - 1
"""TLC counts no further, so no promise may last that many nanoseconds."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One action of one member, and what came of it; ``seen`` None where nobody was there to look."""

    heard: Heard
    member: str
    action: str
    elapsed: int = 0
    """Nanoseconds since the move before; without a common clock, since the member's own."""
    handled: Letter | None = None
    age: int = 0
    """Of an answer: nanoseconds on the asker's clock since it asked."""
    sent: tuple[Letter, ...] = ()
    seen: View | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What the recording's members agree about."""

    promises: dict[str, int]
    """Of every member."""
    observers: frozenset[str]
    drift: int
    trust_disconnect: bool

    def lease(self, promise: int) -> int:
        """For how long a promise backs a lease: said here once more, not taken from the code under check."""
        return promise * (MILLION - self.drift) // (MILLION + self.drift)


@dataclass(frozen=True, slots=True)
class Blame:
    """A line that cannot be, and why."""

    heard: Heard
    why: str


@dataclass(slots=True)
class Life:
    """Where a member is in its present life."""

    recorded: bool
    has_begun: bool = False
    """Whether it has ever taken part."""
    is_up: bool = False
    at: int = 0
    """When it last did something."""


@dataclass(slots=True)
class Score:
    """A recording in the spec's words, up to the line to blame, if one is."""

    cluster: Cluster
    one_clock: bool
    moves: list[Move] = field(default_factory=list)
    blame: Blame | None = None


def score_of(recording: Recording) -> Score:
    """The moves of a recording.

    Raises:
        Unreadable: its members do not agree about what the spec takes for constant.
    """
    return _Scribe(recording).score()


class _Scribe:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._score = Score(_cluster_of(recording.heard), recording.one_clock)
        self._carriage = Carriage()
        self._lives: dict[str, Life] = {}
        self._asked: dict[tuple[str, str, int, int | None], int] = {}
        self._at: int | None = None

    def score(self) -> Score:
        for place, heard in enumerate(self._recording.heard):
            why = self._take(place, heard)
            if why is not None:
                self._score.blame = Blame(heard, why)
                break
        return self._score

    def _take(self, place: int, heard: Heard) -> str | None:
        match heard.line:
            case Opened():
                return None
            case Started() as line:
                return self._started(heard, line)
            case Stepped() as line:
                return self._stepped(heard, line)
            case Crashed(member=member, at=at):
                return self._crashed(heard, member, at, self._finds_record(place, member))
            case Repeated(letter=letter):
                self._carriage.repeat(letter)
                return None
            case Lost(letter=letter):
                return self._carriage.lose(letter)

    def _started(self, heard: Heard, line: Started) -> str | None:
        life = self._lives.setdefault(line.member, Life(line.recorded))
        if life.is_up:
            why = self._crashed(heard, line.member, line.at, line.recorded)
            if why is not None:
                return why
        life.recorded, life.at = line.recorded, line.at
        return None

    def _crashed(self, heard: Heard, member: str, at: int, finds_record: bool) -> str | None:
        life = self._lives[member]
        if not life.is_up:
            return None
        life.is_up = False
        self._carriage.forget(member)
        action = "Crash" if finds_record else "CrashWithoutRecord"
        why, elapsed = self._elapsed(life, at if self._score.one_clock else life.at)
        self._score.moves.append(Move(heard=heard, member=member, action=action, elapsed=elapsed))
        return why

    def _finds_record(self, place: int, member: str) -> bool:
        """Whether the next life of ``member`` finds the record of this one."""
        later = (heard.line for heard in islice(self._recording.heard, place, None))
        starts = (line for line in later if isinstance(line, Started) and line.member == member)
        return all(line.recorded for line in islice(starts, 1))

    def _stepped(self, heard: Heard, line: Stepped) -> str | None:
        life = self._lives.get(line.member)
        if life is None or life.is_up == (line.action == RESTART):
            return f"{line.member} does something before it starts, or starts twice"
        action = self._action(line, life)
        handled, why = line.handled, None
        if handled is not None:
            counts = line.action is not None
            why = self._carriage.hand_over(handled, parked=line.parked, counts=counts)
        late, elapsed = self._elapsed(life, line.at)
        if action == "StartPreVote":
            self._carriage.new_round(line.member)
        why = why or late or self._carriage.send(line.sent, handled)
        for letter in line.sent:
            self._asked[line.member, letter.kind, letter.term, letter.sent] = line.at
        move = Move(
            heard=heard,
            member=line.member,
            action=action,
            elapsed=elapsed,
            handled=handled if line.action is not None else None,
            age=0 if handled is None else self._age(handled, line.at),
            sent=tuple(line.sent),
            seen=line.state,
        )
        if why is None:
            self._score.moves.append(move)
        return why

    def _action(self, line: Stepped, life: Life) -> str:
        if line.action != RESTART:
            return line.action or "Ignore"
        first, life.is_up, life.has_begun = not life.has_begun, True, True
        if first:
            return "Begin"
        return RESTART if life.recorded else "RestartWithoutRecord"

    def _elapsed(self, life: Life, at: int) -> tuple[str | None, int]:
        """How much later it is than before, and what is wrong with that."""
        before = life.at
        if self._score.one_clock:
            before = at if self._at is None else self._at
            self._at = at
        life.at = at
        late = f"its clock shows {before - at} ns less than in the line before"
        return (late if at < before else None), min(max(0, at - before), LONGEST)

    def _age(self, handled: Letter, at: int) -> int:
        asked = ANSWERS.get(handled.kind, "")
        since = self._asked.get((handled.to, asked, handled.term, handled.sent), at)
        return min(max(0, at - since), LONGEST)


def _cluster_of(heard: Sequence[Heard]) -> Cluster:
    starts = list(_starts(heard))
    if not starts:
        raise Unreadable("the recording does not tell how any member started")
    first = next((start for _, start in starts if start.members), starts[0][1])
    promises: dict[str, int] = {}
    for place, start in starts:
        if bool(start.members) != (start.member in first.members):
            raise Unreadable(f"{place}: {start.member} is none of the members {first.members}")
        same = (start.members or first.members, start.drift, start.trust_disconnect)
        if same != (first.members, first.drift, first.trust_disconnect):
            raise Unreadable(f"{place}: {start.member} was set otherwise than {first.member}")
        if start.promise >= LONGEST:
            raise Unreadable(f"{place}: promise = {start.promise} ns: TLC counts to {LONGEST}")
        if promises.setdefault(start.member, start.promise) != start.promise:
            raise Unreadable(f"{place}: {start.member} promised for another time before")
    return Cluster(
        # Whoever never started promised nothing: any length will do.
        promises=dict.fromkeys(first.members, first.promise) | promises,
        observers=frozenset(start.member for _, start in starts if not start.members),
        drift=first.drift,
        trust_disconnect=first.trust_disconnect,
    )


def _starts(heard: Sequence[Heard]) -> Iterator[tuple[Heard, Started]]:
    for each in heard:
        if isinstance(each.line, Started):
            yield each, each.line
