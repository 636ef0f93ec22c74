"""A recording as a TLA+ module: what TLC checks, together with ``TraceElection``.

Knows the notation and the names of the specification's variables. TLC's integers are too small for
terms, so they are renumbered: the order stays, and so does which term directly follows which.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from leader.election.trace import Letter, View
from spec.comparison.spec_states import ABSENT
from spec.comparison.traced import traced_member, traced_message
from spec.configuration import with_constants
from spec.recording.translation import Move, Translation
from spec.values import Atom, Function, Value, render

NAME = "Recorded"
CONFIGURATION = Path(__file__).parents[1] / "models" / "trace.cfg"

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


class TermNumbers:
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
        """The number that stands for the term."""
        return self._number[term]

    def term(self, number: int) -> int:
        """The term that the number stands for; between two known ones, counted from the lower one."""
        below = max(known for known in self._term if known <= number)
        return self._term[below] + number - below


def term_numbers_of(translation: Translation) -> TermNumbers:
    """Numbers for all terms in the moves."""
    found: set[int] = set()
    for move in translation.moves:
        letters = (*move.sent, *(() if move.handled is None else (move.handled,)))
        found.update(letter.term for letter in letters)
        found.update(letter.stamp for letter in letters if letter.stamp is not None)
        if move.seen is not None:
            found |= {move.seen.term, move.seen.stamp}
    return TermNumbers(found)


def module_of(translation: Translation, terms: TermNumbers) -> str:
    """The module's text."""
    promises = translation.constants.promises
    lengths = sorted(set(promises.values()))
    leases = " @@ ".join(f"{n} :> {translation.constants.lease(n)}" for n in lengths)
    members = sorted(promises)
    return TEMPLATE.format(
        name=NAME,
        members=render(frozenset(members)),
        observers=render(translation.constants.observers),
        highest=terms.highest,
        promises=render(record(promises)),
        leases=leases,
        moves=",\n".join(
            render(_move(move, members, terms, translation.constants.observers))
            for move in translation.moves
        ),
    )


def configuration_of(translation: Translation, last_step: int, invariant: str | None) -> str:
    """The configuration's text; the invariant says that the run does not get to ``last_step``."""
    constants: dict[str, bool | int | str] = {
        "TrustDisconnect": translation.constants.trust_disconnect,
        "OneClock": translation.one_clock,
        "LastStep": last_step,
    }
    text = with_constants(CONFIGURATION.read_text(), constants)
    return text if invariant is None else f"{text}INVARIANT {invariant}\n"


def message(
    letter: Letter, age: int, terms: TermNumbers, observers: frozenset[str] = frozenset()
) -> Function:
    """The letter as a record of the specification."""
    fields = traced_message(letter, age, observers)._asdict()
    fields["from"] = fields.pop("sender")
    for field in ("term", "stamp"):
        if isinstance(fields[field], int):
            fields[field] = terms.number(fields[field])
    return record({name: value for name, value in fields.items() if value != ABSENT})


def state(member: str, seen: View, members: list[str], terms: TermNumbers) -> Function:
    """What was seen of a member, by the names of the specification's variables."""
    fields = traced_member(member, seen, members)._asdict()
    del fields["name"]
    to, left = fields["promise"]
    return record(
        {
            **fields,
            "term": terms.number(seen.term),
            "stamp": terms.number(seen.stamp),
            "backing": Function(dict(zip(members, fields["backing"], strict=True))),
            "promise": record({"to": to, "left": left}),
            "acts": seen.acts,
        }
    )


def record(fields: Mapping[str, Any]) -> Function:
    """The fields as a value of TLA+, None as the model value of that name."""
    none: Value = Atom("None")
    return Function({name: none if value is None else value for name, value in fields.items()})


def _move(
    move: Move, members: list[str], terms: TermNumbers, observers: frozenset[str]
) -> Function:
    def told(letter: Letter, age: int) -> Function:
        return message(letter, age, terms, observers)

    handled = () if move.handled is None else (told(move.handled, move.age),)
    seen = () if move.seen is None else (state(move.member, move.seen, members, terms),)
    return record(
        {
            "member": move.member,
            "action": move.action,
            "elapsed": move.elapsed,
            "handled": frozenset(handled),
            "sent": frozenset(told(letter, 0) for letter in move.sent),
            "seen": frozenset(seen),
        }
    )
