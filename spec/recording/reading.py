"""Trace files as one sequence of lines, in an order in which they can have happened.

Knows what was recorded, not what is allowed. Each file keeps its own order. Files are merged by the
clock that they share; if they share none, or at the same instant, a message is sent before it is
handled. Any such order is good enough, because members influence each other through messages only.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from leader.election.trace import RESTART, Letter, Line, Opened, Repeated, Started, Stepped, View


class Unreadable(Exception):
    """The files are not a recording that can be checked; the message says where and why."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line, with its file and number."""

    file: str
    number: int
    line: Line

    def __str__(self) -> str:
        return f"{self.file}, line {self.number}"


@dataclass(frozen=True, slots=True)
class Recording:
    """All lines in order; ``one_clock``: all instants in them are read from one clock."""

    lines: tuple[SourceLine, ...]
    one_clock: bool


def read(paths: Sequence[Path]) -> Recording:
    """The recording in these files, and in all ``.jsonl`` files of folders among them.

    Raises:
        Unreadable: a file cannot be read, holds no line, or has a broken one.
    """
    files = [file for path in paths for file in _files(path)]
    return recording_of([lines_of(file.name, _bytes(file)) for file in files])


def recording_of(files: Sequence[Sequence[SourceLine]]) -> Recording:
    """The recording in files with these lines."""
    clocks = {each.line.clock for file in files for each in file if isinstance(each.line, Opened)}
    kept = [_without_unwritten(file) for file in files]
    one_clock = len(clocks) == 1 and None not in clocks
    return Recording(tuple(_merged(kept, one_clock)), one_clock)


def lines_of(name: str, text: bytes) -> list[SourceLine]:
    """The lines of a file of that name, without one that a killed process has left unfinished.

    Raises:
        Unreadable: there is no line, or another one is broken.
    """
    decoder = msgspec.json.Decoder(Line)
    found: list[SourceLine] = []
    torn: str | None = None
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            source = SourceLine(name, number, decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if torn is not None:
                raise Unreadable(torn) from None
            torn = f"{name}, line {number}: {error}"
            continue
        if torn is not None and not isinstance(source.line, Opened):
            raise Unreadable(torn)
        torn = None
        found.append(source)
    if not found:
        raise Unreadable(f"{name}: holds no line of a recording")
    return found


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.jsonl"))
    if not found:
        raise Unreadable(f"{path}: no .jsonl file in this folder")
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None


def _without_unwritten(file: Sequence[SourceLine]) -> list[SourceLine]:
    """The lines without steps that never took effect, since their process was killed.

    A step is told before its record is written, and its messages are sent after that. If the next
    process found an older record, the step was never completed.
    """
    unwritten: set[int] = set()
    steps: dict[str, list[tuple[int, View]]] = {}
    for place, source in enumerate(file):
        line = source.line
        if isinstance(line, Started) and not line.recorded:
            steps[line.member] = []
        if isinstance(line, Stepped):
            lived = steps.setdefault(line.member, [])
            if line.action == RESTART:
                unwritten |= _unwritten(lived, line.state)
                lived.clear()
            lived.append((place, line.state))
    return [source for place, source in enumerate(file) if place not in unwritten]


def _unwritten(lived: Sequence[tuple[int, View]], found: View) -> set[int]:
    """The last step of a process, if the next process found the record of the step before."""
    match lived:
        case [*_, (_, before), (last, after)]:
            same = _durable(found) == _durable(before) != _durable(after)
            return {last} if same else set()
        case _:
            return set()


def _durable(state: View) -> tuple[int, int]:
    return state.term, state.stamp


def _merged(files: Sequence[Sequence[SourceLine]], one_clock: bool) -> list[SourceLine]:
    places = [0] * len(files)
    sent: Counter[Letter] = Counter()
    order: list[SourceLine] = []
    while waiting := [file for file, place in enumerate(places) if place < len(files[file])]:
        heads = {file: files[file][places[file]] for file in waiting}
        # If no next line is possible, the earliest is taken: the translation will report it.
        possible = [f for f in waiting if _is_possible(heads[f].line, sent)] or waiting
        chosen = min(possible, key=lambda f: _at(heads[f].line) if one_clock else places[f])
        places[chosen] += 1
        order.append(heads[chosen])
        match heads[chosen].line:
            case Stepped(sent=letters):
                sent.update(letters)
            case Repeated(letter=letter):
                sent[letter] += 1
            case _:
                pass
    return order


def _is_possible(line: Line, sent: Counter[Letter]) -> bool:
    return not isinstance(line, Stepped) or line.handled is None or sent[line.handled] > 0


def _at(line: Line) -> int:
    """A line without an instant belongs to the line before it, so it must not wait."""
    return getattr(line, "at", 0)
