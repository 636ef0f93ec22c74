"""TLC's full graph of an instance: every state and every labelled transition, as images.

Knows how TLC writes a graph, nothing of what it means. The idea: a state is written as a handful of
values that recur in thousands of states, so each text is parsed once.
"""

import asyncio
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from leader.protocol.vocabulary import MemberId
from spec import tools
from spec.outcome import Verdict
from spec.tlc import Run, check
from spec.values import Atom, Function, Value, parse
from stateful_tests.exact.images import ABSENT, SPELLED, Image, MemberImage, MessageImage
from stateful_tests.exact.instances import MODULE, SPECIFICATION, Instance

Step = tuple[str, int]
"""An action, and the number of the state to which it leads."""

_NODE: Final = re.compile(r'(-?\d+) \[label="(.*?)"(?:,style = filled)?\];?$')
_EDGE: Final = re.compile(r'(-?\d+) -> (-?\d+) \[label="(\w*)"')
_VARIABLE: Final = re.compile(r"(?:^|\\n)/\\\\ (\w+) = ")
_RECORD: Final = re.compile(r"\[[^\]]*\]")
_KEYS: Final = tuple(SPELLED.get(field, field) for field in MessageImage._fields)
_LIMIT: Final = 1_200.0


class NotExplored(Exception):
    """TLC did not come to the end of the graph; the text is what it said."""


class Graph:
    """What TLC found: the states, the first one first, and the numbered steps from each."""

    def __init__(self, images: list[Image], steps: list[frozenset[Step]]) -> None:
        self.images = images
        self.steps = steps
        self._numbers = {image: number for number, image in enumerate(images)}

    def number(self, image: Image) -> int | None:
        """Where ``image`` stands among the states; None if it is none of them."""
        return self._numbers.get(image)


def whole_graph(instance: Instance, specification: Path = SPECIFICATION) -> Graph:
    """TLC's graph of ``instance``, by the modules in the folder ``specification``.

    Raises:
        NotExplored: TLC found a fault in the specification, or was not done in time.
    """
    with tempfile.TemporaryDirectory(prefix="exact-") as folder:
        path = Path(folder) / "graph.dot"
        run = Run(
            module=specification / MODULE,
            configuration=instance.configuration(),
            small=True,
            limit=_LIMIT,
            dump=path,
        )
        outcome = asyncio.run(check(run, tools.find()))
        if outcome.verdict is not Verdict.HOLDS:
            raise NotExplored(f"{instance.name}: {outcome.verdict}: {outcome.complaint}")
        with path.open() as lines:
            return _Reader(instance.members).graph(lines)


class _Reader:
    """Reads one dump; remembers every text it has read before."""

    def __init__(self, members: tuple[MemberId, ...]) -> None:
        self._members = members
        self._columns: dict[str, tuple[object, ...]] = {}
        self._messages: dict[str, MessageImage] = {}
        self._winners: dict[str, frozenset[tuple[object, object]]] = {}

    def graph(self, lines: Iterable[str]) -> Graph:
        numbers: dict[str, int] = {}
        images: list[Image] = []
        edges: list[tuple[str, str, str]] = []
        for line in lines:
            if edge := _EDGE.match(line):
                edges.append((edge[1], edge[2], edge[3]))
            elif (node := _NODE.match(line)) and node[1] not in numbers:
                numbers[node[1]] = len(images)
                images.append(self._image(node[2]))
        steps: list[set[Step]] = [set() for _ in images]
        for source, target, label in edges:
            steps[numbers[source]].add((label, numbers[target]))
        return Graph(images, list(map(frozenset, steps)))

    def _image(self, text: str) -> Image:
        _, *parts = _VARIABLE.split(text)
        variables = dict(zip(parts[::2], parts[1::2], strict=True))
        columns = [self._column(variables[field]) for field in MemberImage._fields]
        return Image(
            members=tuple(map(MemberImage._make, zip(*columns, strict=True))),
            messages=frozenset(map(self._message, _RECORD.findall(variables["messages"]))),
            winners=self._won(variables["winners"]),  # type: ignore[arg-type]
        )

    def _column(self, text: str) -> tuple[object, ...]:
        if text not in self._columns:
            self._columns[text] = self._of_each(_parsed(text))
        return self._columns[text]

    def _message(self, text: str) -> MessageImage:
        if text not in self._messages:
            fields = _record(_parsed(text))
            self._messages[text] = MessageImage(*(_plain(fields.get(key, ABSENT)) for key in _KEYS))  # type: ignore[arg-type]
        return self._messages[text]

    def _won(self, text: str) -> frozenset[tuple[object, object]]:
        if text not in self._winners:
            records = map(_record, map(_parsed, _RECORD.findall(text)))
            self._winners[text] = frozenset(
                (_plain(won["term"]), _plain(won["member"])) for won in records
            )
        return self._winners[text]

    def _of_each(self, value: Value) -> tuple[object, ...]:
        """A function of the members, as a tuple in their order."""
        function = _record(value)
        return tuple(self._field(function[Atom(member)]) for member in self._members)

    def _field(self, value: Value) -> object:
        if isinstance(value, Function) and "to" in value:
            return (_plain(value["to"]), value["left"])
        return self._of_each(value) if isinstance(value, Function) else _plain(value)


def _parsed(text: str) -> Value:
    return parse(text.replace("\\n", " ").replace('\\"', '"').replace("\\\\", "\\"))


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
