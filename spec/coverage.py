"""Which actions a run has taken and which expressions it has reached, from TLC's coverage report.

TLC splits Next along `\\/` and `\\E` over constant sets, down to named definitions, and lists each
as an action with how often it was taken:

    <HandleVote line 9, col 1 to line 9, col 13 of module Vote>: 186:843      distinct:generated
    <Next line 19, col 1 to line 19, col 4 of module Vote (21 12 21 43)>: 0:0

The second has no name of its own, because it is `\\E message \\in messages : ...` within Next, so its
place identifies it. Below an action TLC lists its expressions and how often each was evaluated:
conjuncts without a bar, their parts with a bar for each level. TLC cannot split `Next /\\ history' =
...`: it is one action, and only the expressions show what never happened.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spec.tlc_messages import Code, TlcMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A disjunct of Next: TLC's name for it, where it stands, and how often it was taken."""

    name: str
    module: str
    line: int
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """The line where an expression starts."""

    module: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The disjuncts of Next, and the conjuncts in them that were never evaluated."""

    actions: tuple[Action, ...] = ()
    unreached: tuple[Place, ...] = ()


_ACTION = re.compile(
    r"<(?P<name>\S+) line (?P<line>\d+), .* of module (?P<module>\w+)"
    r"(?: \((?P<inner>\d+) [\d ]+\))?>: \d+:(?P<taken>\d+)"
)
_EXPRESSION = re.compile(
    r"\s*(?P<level>\|*)(?P<span>line (?P<line>\d+), .* of module (?P<module>\w+))"
    r": (?P<count>\d+)(?::\d+)?"
)


def coverage_of(messages: Sequence[TlcMessage]) -> Coverage:
    """The coverage in the last report; TLC prints the earlier ones while it runs."""
    starts = [at for at, message in enumerate(messages) if message.code == Code.COVERAGE_STARTS]
    report = messages[starts[-1] :] if starts else ()
    found = (_ACTION.fullmatch(m.text.strip()) for m in report if m.code == Code.COVERED_ACTION)
    return Coverage(
        actions=tuple(_action(match) for match in found if match),
        unreached=_unreached(list(_expressions(report))),
    )


def _action(found: re.Match[str]) -> Action:
    return Action(
        name=found["name"],
        module=found["module"],
        line=int(found["inner"] or found["line"]),
        taken=int(found["taken"]),
    )


def _expressions(report: Sequence[TlcMessage]) -> Iterator[re.Match[str]]:
    """The expressions of the actions, not those of the claims and the initial predicate."""
    inside = False
    for message in report:
        if message.code in (Code.COVERED_EXPRESSION, Code.COVERED_EXPRESSION_WITH_COST):
            found = _EXPRESSION.fullmatch(message.text) if inside else None
            if found:
                yield found
        else:
            inside = message.code == Code.COVERED_ACTION


def _unreached(expressions: Sequence[re.Match[str]]) -> tuple[Place, ...]:
    # A definition that several actions share is reached if one of them reaches it.
    counts: Counter[str] = Counter()
    for found in expressions:
        counts[found["span"]] += int(found["count"])
    return tuple(
        sorted(
            {
                Place(module=found["module"], line=int(found["line"]))
                for found in expressions
                if not found["level"] and counts[found["span"]] == 0
            }
        )
    )
