"""Lines of a recording as moves of the specification: who acts, with which message, how much later.

Knows the specification's names, not its rules. Stops at the first line that is impossible whatever the
specification says: a message that was never sent, a clock that runs backwards.
"""

from collections.abc import Sequence
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
from spec.recording.message_ledger import QUESTIONS, Impossible, MessageLedger
from spec.recording.reading import Recording, SourceLine, Unreadable

LONGEST = 2**31 - 1
"""TLC's largest integer, so no promise may last that many nanoseconds."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One action of one member and its result; ``seen`` is None if the member's state was not told."""

    source: SourceLine
    member: str
    action: str
    elapsed: int = 0
    """Nanoseconds since the last move; without a common clock, since the member's own last move."""
    handled: Letter | None = None
    age: int = 0
    """Of an answer: nanoseconds on the asker's clock since it asked."""
    sent: tuple[Letter, ...] = ()
    seen: View | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConstants:
    """What the members of the recording agree about."""

    promises: dict[str, int]
    """The length of each member's promise, in nanoseconds."""
    observers: frozenset[str]
    drift: int
    trust_disconnect: bool

    def lease(self, promise: int) -> int:
        """How long a promise backs a lease: computed here, so that the checked code is not trusted."""
        return promise * (MILLION - self.drift) // (MILLION + self.drift)


@dataclass(frozen=True, slots=True)
class Blame:
    """A line that is impossible, and why."""

    source: SourceLine
    why: str


@dataclass(slots=True)
class MemberLife:
    """What is known of a member's present process."""

    recorded: bool
    has_begun: bool = False
    """Whether the member has ever taken part, in this process or an earlier one."""
    is_up: bool = False
    at: int = 0
    """When it last did something."""


@dataclass(slots=True)
class Translation:
    """A recording as moves, up to the first impossible line if there is one."""

    constants: ClusterConstants
    one_clock: bool
    moves: list[Move] = field(default_factory=list)
    blame: Blame | None = None


def translation_of(recording: Recording) -> Translation:
    """The moves of a recording.

    Raises:
        Unreadable: its members do not agree about what the specification takes for constant.
    """
    return _Translator(recording).translation()


class _Translator:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._translation = Translation(_constants_of(recording.lines), recording.one_clock)
        self._ledger = MessageLedger()
        self._lives: dict[str, MemberLife] = {}
        self._asked: dict[tuple[str, str, int, int | None], int] = {}
        self._at: int | None = None

    def translation(self) -> Translation:
        for place, source in enumerate(self._recording.lines):
            try:
                self._take(place, source)
            except Impossible as error:
                self._translation.blame = Blame(source, str(error))
                break
        return self._translation

    def _take(self, place: int, source: SourceLine) -> None:
        match source.line:
            case Opened():
                pass
            case Started() as line:
                self._started(source, line)
            case Stepped() as line:
                self._stepped(source, line)
            case Crashed(member=member, at=at):
                self._crashed(source, member, at, self._finds_record(place, member))
            case Repeated(letter=letter):
                self._ledger.repeat(letter)
            case Lost(letter=letter):
                self._ledger.remove(letter)

    def _started(self, source: SourceLine, line: Started) -> None:
        life = self._lives.setdefault(line.member, MemberLife(line.recorded))
        self._crashed(source, line.member, line.at, line.recorded)
        life.recorded, life.at = line.recorded, line.at

    def _crashed(self, source: SourceLine, member: str, at: int, finds_record: bool) -> None:
        """The process of a member has ended, unless that is known already."""
        life = self._lives[member]
        if not life.is_up:
            return
        life.is_up = False
        self._ledger.forget(member)
        action = "Crash" if finds_record else "CrashWithoutRecord"
        elapsed = self._elapsed(life, at if self._translation.one_clock else life.at)
        move = Move(source=source, member=member, action=action, elapsed=elapsed)
        self._translation.moves.append(move)

    def _finds_record(self, place: int, member: str) -> bool:
        """Whether the next process of ``member`` finds the record of this one."""
        later = (source.line for source in islice(self._recording.lines, place, None))
        starts = (line for line in later if isinstance(line, Started) and line.member == member)
        return all(line.recorded for line in islice(starts, 1))

    def _stepped(self, source: SourceLine, line: Stepped) -> None:
        life = self._lives.get(line.member)
        if life is None or life.is_up == (line.action == RESTART):
            raise Impossible(f"{line.member} does something before it starts, or starts twice")
        action, handled = self._action(line, life), line.handled
        if handled is not None:
            counts = line.action is not None
            self._ledger.hand_over(handled, parked=line.parked, counts=counts)
        elapsed = self._elapsed(life, line.at)
        if action == "StartPreVote":
            self._ledger.new_round(line.member)
        self._ledger.send(line.sent, handled)
        for letter in line.sent:
            self._asked[line.member, letter.kind, letter.term, letter.sent] = line.at
        move = Move(
            source=source,
            member=line.member,
            action=action,
            elapsed=elapsed,
            handled=handled if line.action is not None else None,
            age=0 if handled is None else self._age(handled, line.at),
            sent=tuple(line.sent),
            seen=line.state,
        )
        self._translation.moves.append(move)

    def _action(self, line: Stepped, life: MemberLife) -> str:
        if line.action != RESTART:
            return line.action or "Ignore"
        first, life.is_up, life.has_begun = not life.has_begun, True, True
        if first:
            return "Begin"
        return RESTART if life.recorded else "RestartWithoutRecord"

    def _elapsed(self, life: MemberLife, at: int) -> int:
        """The nanoseconds since the last move, which cannot be fewer than none."""
        before = life.at
        if self._translation.one_clock:
            before = at if self._at is None else self._at
            self._at = at
        life.at = at
        if at < before:
            raise Impossible(f"its clock shows {before - at} ns less than in the line before")
        return min(at - before, LONGEST)

    def _age(self, handled: Letter, at: int) -> int:
        asked = QUESTIONS.get(handled.kind, "")
        since = self._asked.get((handled.to, asked, handled.term, handled.sent), at)
        return min(max(0, at - since), LONGEST)


def _constants_of(lines: Sequence[SourceLine]) -> ClusterConstants:
    starts = [(source, source.line) for source in lines if isinstance(source.line, Started)]
    if not starts:
        raise Unreadable("the recording does not tell how any member started")
    first = next((start for _, start in starts if start.members), starts[0][1])
    promises: dict[str, int] = {}
    for source, start in starts:
        if bool(start.members) != (start.member in first.members):
            raise Unreadable(f"{source}: {start.member} is none of the members {first.members}")
        same = (start.members or first.members, start.drift, start.trust_disconnect)
        if same != (first.members, first.drift, first.trust_disconnect):
            raise Unreadable(f"{source}: {start.member} has other settings than {first.member}")
        if start.promise >= LONGEST:
            raise Unreadable(f"{source}: promise = {start.promise} ns: TLC counts to {LONGEST}")
        if promises.setdefault(start.member, start.promise) != start.promise:
            raise Unreadable(f"{source}: {start.member} had a promise of another length before")
    return ClusterConstants(
        # A member that never started has promised nothing, so any length will do.
        promises=dict.fromkeys(first.members, first.promise) | promises,
        observers=frozenset(start.member for _, start in starts if not start.members),
        drift=first.drift,
        trust_disconnect=first.trust_disconnect,
    )
