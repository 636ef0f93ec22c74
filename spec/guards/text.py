r"""The guards of the actions of a module, and the module without one of them.

It reads only the layout of this project: a definition starts in the first column, and a conjunct ends
with its line. A guard is a conjunct of an action, or of a set from which an action chooses, that
depends only on the state before the step; or it is the condition of an IF. It is removed in its place,
because a second version of the specification could drift away from the first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DEFINITION = re.compile(r"(?P<name>\w+)(?:\([\w, ()]*\))? ==")
_NEXT = re.compile(r"^Next ==\n(?P<body>.*?)\n\n", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s*\\\*.*")
_OPENING, _CLOSING = "([{", ")]}"
# The first of several conjuncts on a line has no /\ before it.
_START = re.compile(r"/\\ (?!IF )|(?: ==| :) (?=[^:]* /\\ )|\bIF (?!/)")
_END = re.compile(r" /\\ | THEN ")
_STEP = re.compile(r"'|\bUNCHANGED\b|\b(?:Send|Follow|StandFor|TimePasses)(?:\(|$)")
# A condition that only selects the message is no guard.
_ADDRESS = re.compile(r'r\.(?:kind = "\w+"|to = \w)$|r \\in ')
# What the constants of a model allow is no rule of the protocol.
_BOUND = re.compile(r"\b(?:Terms|MayCrash|MayResign|Recorded|Observers|StartAtZero)\b|^~?[A-Z]\w*$")
_NO_CONDITION = ("\\E", "LET", "[", "{", "/\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A guard and its place: line and column are counted from 0."""

    definition: str
    text: str
    line: int
    column: int


def actions_of(module: str) -> frozenset[str]:
    """The names of the definitions that Next consists of; ValueError if there is no Next."""
    found = _NEXT.search(module)
    if found is None:
        raise ValueError("module: has no definition of Next that ends with an empty line")
    return frozenset(re.findall(r"\\/ (\w+)", found["body"]))


def guards_of(module: str, definitions: frozenset[str]) -> Iterator[Guard]:
    """The guards in these definitions of the module, in its order."""
    definition = ""
    for number, line in enumerate(module.splitlines()):
        found = _DEFINITION.match(line)
        definition = found["name"] if found else definition
        if definition in definitions:
            for column, text in _conjuncts(_COMMENT.sub("", line)):
                if _is_guard(text):
                    yield Guard(definition=definition, text=text, line=number, column=column)


def without(module: str, guard: Guard) -> str:
    """The module with TRUE in the guard's place; ValueError if the guard does not stand there."""
    lines = module.splitlines(keepends=True)
    line, end = lines[guard.line], guard.column + len(guard.text)
    if line[guard.column : end] != guard.text:
        raise ValueError(f"guard {guard.text!r}: does not stand in line {guard.line + 1}")
    lines[guard.line] = f"{line[: guard.column]}TRUE{line[end:]}"
    return "".join(lines)


def keeping(module: str, kinds: Sequence[str]) -> str:
    """The module in which messages of these kinds matter for ever.

    If `Matters` drops the same messages as a guard, both must go to show what the guard is for.
    ValueError if `Matters` has no such kind.
    """
    for kind in kinds:
        case = re.compile(rf'(r\.kind = "{kind}" *->).*?(?=\n +\[\] r\.kind|\n\n)', re.DOTALL)
        module, count = case.subn(r"\1 TRUE", module)
        if count != 1:
            raise ValueError(f"keep: Matters must have one case for {kind}, found {count}")
    return module


def _conjuncts(line: str) -> Iterator[tuple[int, str]]:
    """The conjuncts and conditions that stand on the line, each with its column."""
    for found in _START.finditer(line):
        yield found.end(), _END.split(_balanced(line[found.end() :]))[0].rstrip()


def _balanced(text: str) -> str:
    """The text up to the bracket that closes one opened before it."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth < 0:
            return text[:at]
    return text


def _is_guard(text: str) -> bool:
    if not text or text.startswith(_NO_CONDITION):
        return False
    return not any(rule.search(text) for rule in (_STEP, _ADDRESS, _BOUND))
