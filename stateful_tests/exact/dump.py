"""TLC's full graph of an instance: every state and every labelled transition, as images.

Knows what each variable of the specification is in an image. A message recurs in thousands of
states, in ever other company: so each is read once, not each set of them.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from leader.protocol.vocabulary import MemberId, Term
from spec import graph, tools
from spec.tlc import Run
from spec.values import Atom, Function, Value, parse
from stateful_tests.exact.images import ABSENT, SPELLED, Image, MemberImage, MessageImage
from stateful_tests.exact.instances import MODULE, SPECIFICATION, Instance

Graph: TypeAlias = graph.Graph[Image]

_RECORD: Final = re.compile(r"\[[^\]]*\]")
_KEYS: Final = tuple(SPELLED.get(field, field) for field in MessageImage._fields)
_LIMIT: Final = 1_200.0


def whole_graph(instance: Instance, specification: Path = SPECIFICATION) -> Graph:
    """TLC's graph of ``instance``, by the modules in the folder ``specification``.

    Raises:
        NotExplored: TLC found a fault in the specification, or was not done in time.
    """
    run = Run(
        module=specification / MODULE,
        configuration=instance.configuration(),
        small=True,
        limit=_LIMIT,
    )
    return graph.explored(instance.name, run, tools.find(), Reader(instance.members).image)


class Reader:
    """Reads the states of one graph; remembers every text it has read before."""

    def __init__(self, members: tuple[MemberId, ...]) -> None:
        self._members = members
        self._column = cache(lambda text: self._of_each(parse(text)))
        self._message = cache(_message)
        self._won = cache(_won)

    def image(self, variables: Mapping[str, str]) -> Image:
        """A state of the texts of its variables."""
        columns = [self._column(variables[field]) for field in MemberImage._fields]
        return Image(
            members=tuple(map(MemberImage._make, zip(*columns, strict=True))),
            messages=frozenset(map(self._message, _RECORD.findall(variables["messages"]))),
            winners=frozenset(map(self._won, _RECORD.findall(variables["winners"]))),
        )

    def _of_each(self, value: Value) -> tuple[object, ...]:
        """A function of the members, as a tuple in their order."""
        function = _record(value)
        return tuple(self._field(function[Atom(member)]) for member in self._members)

    def _field(self, value: Value) -> object:
        if isinstance(value, Function) and "to" in value:
            return (_plain(value["to"]), value["left"])
        return self._of_each(value) if isinstance(value, Function) else _plain(value)


def _message(text: str) -> MessageImage:
    fields = _record(parse(text))
    return MessageImage(*(_plain(fields.get(key, ABSENT)) for key in _KEYS))  # type: ignore[arg-type]


def _won(text: str) -> tuple[Term, MemberId]:
    won = _record(parse(text))
    return _plain(won["term"]), _plain(won["member"])  # type: ignore[return-value]


def _record(value: Value) -> Function:
    assert isinstance(value, Function), f"{value!r} is no record"
    return value


def _plain(value: Value) -> object:
    match value:
        case Atom(name="None"):
            return None
        case Atom(name=name):
            return MemberId(name)
        case frozenset():
            return frozenset(map(_plain, value))
        case _:
            return value
