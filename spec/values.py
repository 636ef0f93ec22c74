"""TLA+ values as TLC prints them, and as hashable Python values.

Knows the notation and no specification. In TLA+ a record is a function of strings and a tuple a function
of 1..n, but each is printed in its own notation, so tuples have a type of their own here:

    integers, booleans, strings   int, bool, str
    model values                  Atom
    sets, intervals               frozenset
    tuples, sequences             tuple
    records, functions            Function
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

# If there is only one variable, TLC prints no conjunction sign before it.
_VARIABLE = re.compile(r"(?:^|\n)(?:/\\ )?(\w+) = ")


def variables_in(state: str) -> dict[str, str]:
    """The text of each variable in the text of a state."""
    _, *pieces = _VARIABLE.split(state)
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Atom:
    """A model value: equal to itself only, in particular not to the string that is its name."""

    name: str


class Function(Mapping["Value", "Value"]):
    """A function or record: an immutable mapping that can be an element of a set."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Mapping["Value", "Value"]) -> None:
        self._pairs = dict(pairs)

    def __getitem__(self, key: "Value") -> "Value":
        return self._pairs[key]

    def __iter__(self) -> Iterator["Value"]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(frozenset(self._pairs.items()))

    def __repr__(self) -> str:
        return f"Function({self._pairs!r})"


Value: TypeAlias = int | str | Atom | frozenset["Value"] | tuple["Value", ...] | Function

Element = TypeVar("Element", bound=Value)

_TOKEN = re.compile(
    r'\s*(?P<text>"(?:[^"\\]|\\.)*"|-?\d+|\|->|:>|@@|\.\.|<<|>>|[][{}(),]|\w+)\s*', re.DOTALL
)
_ESCAPES = {"\\": "\\", '"': '"', "n": "\n", "t": "\t", "r": "\r", "f": "\f"}
_UNESCAPES = {character: f"\\{letter}" for letter, character in _ESCAPES.items()}


def parse(text: str) -> Value:
    """The value of the text; ValueError with the position if the text is not a value."""
    parser = _Parser(text)
    value = parser.value()
    parser.expect("")
    return value


def render(value: Value) -> str:
    """The value in TLA+ notation on one line, with sets and functions in a fixed order."""
    match value:
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case str():
            return '"' + "".join(_UNESCAPES.get(letter, letter) for letter in value) + '"'
        case Atom():
            return value.name
        case frozenset():
            return "{" + ", ".join(map(render, in_order(value))) + "}"
        case tuple():
            return "<<" + ", ".join(map(render, value)) + ">>"
        case Function():
            return _render_function(value)


def in_order(values: Iterable[Element]) -> list[Element]:
    """The elements in a fixed order: integers by size, then other values by their notation."""
    return sorted(values, key=lambda v: (0, v, "") if isinstance(v, int) else (1, 0, render(v)))


def _render_function(function: Function) -> str:
    keys = in_order(function)
    if keys and all(isinstance(key, str) and re.fullmatch(r"[A-Za-z]\w*", key) for key in keys):
        return "[" + ", ".join(f"{key} |-> {render(function[key])}" for key in keys) + "]"
    return "(" + " @@ ".join(f"{render(key)} :> {render(function[key])}" for key in keys) + ")"


class _Parser:
    """Recursive descent over tokens; each method reads one construct and no further."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def value(self) -> Value:
        token = self._next()
        match token:
            case "{":
                return frozenset(self._items("}"))
            case "<<":
                return tuple(self._items(">>"))
            case "[":
                return self._pairs(self._next, "|->", ",", "]")
            case "(":
                return self._pairs(self.value, ":>", "@@", ")")
            case "TRUE" | "FALSE":
                return token == "TRUE"
        if token.startswith('"'):
            return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), token[1:-1])
        if re.fullmatch(r"-?\d+", token):
            return self._integer(int(token))
        if re.fullmatch(r"\w+", token):
            return Atom(token)
        raise self._error(f"{token!r} begins no value")

    def expect(self, wanted: str) -> None:
        found = self._next()
        if found != wanted:
            raise self._error(f"{wanted or 'the end'} expected, found {found!r}")

    def _integer(self, low: int) -> Value:
        if self._peek() != "..":
            return low
        self._next()
        high = self.value()
        if not isinstance(high, int):
            raise self._error("an interval must end in an integer")
        return frozenset(range(low, high + 1))

    def _items(self, end: str) -> Iterator[Value]:
        if self._peek() == end:
            self._next()
            return
        while True:
            yield self.value()
            if not self._more(",", end):
                return

    def _pairs(self, key: Callable[[], Value], arrow: str, separator: str, end: str) -> Function:
        pairs: dict[Value, Value] = {}
        while True:
            name = key()
            self.expect(arrow)
            pairs[name] = self.value()
            if not self._more(separator, end):
                return Function(pairs)

    def _more(self, separator: str, end: str) -> bool:
        """Whether another item follows; the separator or the end is read."""
        if self._peek() == separator:
            self._next()
            return True
        self.expect(end)
        return False

    def _peek(self) -> str:
        match = _TOKEN.match(self._text, self._position)
        return match["text"] if match else ""

    def _next(self) -> str:
        match = _TOKEN.match(self._text, self._position)
        if match is None:
            if self._text[self._position :].strip():
                raise self._error("no token of a value")
            return ""
        self._position = match.end()
        return match["text"]

    def _error(self, rule: str) -> ValueError:
        return ValueError(f"TLA+ value, at character {self._position} of {self._text!r}: {rule}")
