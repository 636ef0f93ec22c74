"""A recording as a TLA+ module: what TLC checks, beside ``TraceElection``.

Knows the notation and the names of the spec's variables. Terms are renamed so that TLC can count
them: their order stays, and so does which is the next after which; wider gaps become narrow ones.
"""

from collections.abc import Iterable, Mapping

from leader.election.trace import Letter, Owed, View
from spec.recording.moves import Move, Score
from spec.values import Atom, Function, Value, render

NAME = "Recorded"
NOBODY = Atom("None")
NO_PROMISE = Owed(to=None, left=0)

TEMPLATE = """\
---- MODULE {name} ----
EXTENDS TraceElection, TLC
RecordedMembers == {members}
RecordedObservers == {observers}
RecordedTerms == 0..{highest}
RecordedPromise == {promises}
RecordedLeases == {leases}
\\* TLC keeps the value of a definition, but not of one that stands in for a constant.
AllMoves == <<
{moves}
>>
RecordedMoves == AllMoves
====
"""

CONFIGURATION = """\
SPECIFICATION TraceSpec
CONSTANTS
  None = None
  Members <- RecordedMembers
  Observers <- RecordedObservers
  Terms <- RecordedTerms
  Promise <- RecordedPromise
  Timed = TRUE
  Recorded <- RecordedMembers
  TrustDisconnect = {trust_disconnect}
  AccurateDetector = FALSE
  MayCrash <- RecordedMembers
  MayResign <- RecordedMembers
  Cut = {{}}
  Moves <- RecordedMoves
  OneClock = {one_clock}
  Leases <- RecordedLeases
  LastStep = {last_step}
  LeaseOf <- RecordedLeaseOf
  Lease <- LeaseByAnswers
  Matters <- AlwaysMatters
  Newer <- NeverNewer
"""


class Terms:
    """The terms of a recording, and the small numbers that stand for them."""

    def __init__(self, terms: Iterable[int]) -> None:
        self._number = {0: 0}
        before = number = 0
        for term in sorted({0, *terms})[1:]:
            number += 1 if term == before + 1 else 2
            self._number[term] = number
            before = term
        self._term = {number: term for term, number in self._number.items()}

    @property
    def highest(self) -> int:
        """The number after that of the highest term."""
        return max(self._term) + 1

    def number(self, term: int) -> int:
        """What stands for the term."""
        return self._number[term]

    def term(self, number: int) -> int:
        """What the number stands for; between two terms, it is counted on from the lower one."""
        below = max(known for known in self._term if known <= number)
        return self._term[below] + number - below


def terms_of(score: Score) -> Terms:
    """All terms that the moves speak of."""
    found: set[int] = set()
    for move in score.moves:
        letters = (*move.sent, *(() if move.handled is None else (move.handled,)))
        found.update(letter.term for letter in letters)
        found.update(letter.stamp for letter in letters if letter.stamp is not None)
        if move.seen is not None:
            found |= {move.seen.term, move.seen.stamp}
    return Terms(found)


def module_of(score: Score, terms: Terms) -> str:
    """The module's text."""
    promises = score.cluster.promises
    lengths = sorted(set(promises.values()))
    leases = " @@ ".join(f"{length} :> {score.cluster.lease(length)}" for length in lengths)
    members = sorted(promises)
    return TEMPLATE.format(
        name=NAME,
        members=render(frozenset(members)),
        observers=render(score.cluster.observers),
        highest=terms.highest,
        promises=render(_function(promises)),
        leases=leases,
        moves=",\n".join(render(_move(move, members, terms)) for move in score.moves),
    )


def configuration_of(score: Score, last_step: int, invariant: str | None) -> str:
    """The configuration's text; ``last_step`` is what the invariant speaks of."""
    text = CONFIGURATION.format(
        trust_disconnect=str(score.cluster.trust_disconnect).upper(),
        one_clock=str(score.one_clock).upper(),
        last_step=last_step,
    )
    return text if invariant is None else f"{text}INVARIANT {invariant}\n"


def message(letter: Letter, age: int, terms: Terms) -> Function:
    """The letter as the spec has it."""
    fields: dict[str, Value] = {
        "kind": letter.kind,
        "from": letter.sender,
        "to": letter.to,
        "term": terms.number(letter.term),
    }
    match letter.kind:
        case "PreVoteRequest":
            fields |= {"stamp": terms.number(letter.stamp or 0)}
        case "VoteRequest":
            fields |= {"stamp": terms.number(letter.stamp or 0), "age": age}
            fields |= {"resigned": _named(letter.resigned)}
        case "VoteGranted" | "Heartbeat" | "HeartbeatAck":
            fields |= {"age": age}
        case "PreVoteRefused" | "VoteRefused" | "HeartbeatRefused":
            fields |= {"kind": "Refused", "from": NOBODY}
        case "Resigned":
            fields |= {"successor": _named(letter.successor)}
        case _:
            pass
    return _function(fields)


def state(seen: View, members: list[str], terms: Terms) -> Function:
    """What was seen of a member, by the names of the spec's variables."""
    owed = seen.promise or NO_PROMISE
    return Function(
        {
            "role": seen.role,
            "term": terms.number(seen.term),
            "stamp": terms.number(seen.stamp),
            "leader": _named(seen.leader),
            "granted": frozenset(seen.granted),
            "backing": Function({member: seen.backing.get(member, 0) for member in members}),
            "held": seen.held,
            "promise": Function({"to": _named(owed.to), "left": owed.left}),
            "acts": seen.acts,
        }
    )


def _move(move: Move, members: list[str], terms: Terms) -> Function:
    handled = () if move.handled is None else (message(move.handled, move.age, terms),)
    seen = () if move.seen is None else (state(move.seen, members, terms),)
    return Function(
        {
            "member": move.member,
            "action": move.action,
            "elapsed": move.elapsed,
            "handled": frozenset(handled),
            "sent": frozenset(message(letter, 0, terms) for letter in move.sent),
            "seen": frozenset(seen),
        }
    )


def _function(values: Mapping[str, Value]) -> Function:
    return Function(dict(values.items()))


def _named(member: str | None) -> Value:
    return NOBODY if member is None else member
