"""Trace files as one sequence of lines, in an order in which they can have happened.

Knows what was recorded, not what is allowed. A file's own order stands. Files are merged by the
clock that they share; where they share none, or it shows the same instant, every message is sent
before it is handled. Any such order will do: members meet through messages only.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from leader.election.trace import RESTART, Letter, Line, Opened, Repeated, Started, Stepped, View


class Unreadable(Exception):
    """What was given is no recording that can be checked; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A line, and where it stands."""

    file: str
    number: int
    line: Line

    def __str__(self) -> str:
        return f"{self.file}, line {self.number}"


@dataclass(frozen=True, slots=True)
class Recording:
    """All that happened, in order; ``one_clock``: by one clock."""

    heard: tuple[Heard, ...]
    one_clock: bool


def read(paths: Sequence[Path]) -> Recording:
    """The recording in these files, and in all ``.jsonl`` files of folders among them.

    Raises:
        Unreadable: a file cannot be read, holds no line, or one that is none.
    """
    files = [file for path in paths for file in _files(path)]
    return recording_of([_lines(file.name, _text(file)) for file in files])


def recording_of(files: Sequence[Sequence[Heard]]) -> Recording:
    """The same, of what files hold."""
    clocks = {each.line.clock for file in files for each in file if isinstance(each.line, Opened)}
    whole = [_without_unwritten(file) for file in files]
    one_clock = len(clocks) == 1 and None not in clocks
    return Recording(tuple(_merged(whole, one_clock)), one_clock)


def lines_of(name: str, text: str) -> list[Heard]:
    """The lines of a file of that name.

    Raises:
        Unreadable: a line is none, and is not what a killed process left unfinished at its end.
    """
    return _lines(name, text.encode())


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.jsonl"))
    if not found:
        raise Unreadable(f"{path}: no .jsonl file in this folder")
    return found


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from None


def _lines(name: str, text: bytes) -> list[Heard]:
    decoder = msgspec.json.Decoder(Line)
    found: list[Heard] = []
    torn: str | None = None
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            heard = Heard(name, number, decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if torn is not None:
                raise Unreadable(torn) from None
            torn = f"{name}, line {number}: {error}"
            continue
        if torn is not None and not isinstance(heard.line, Opened):
            raise Unreadable(torn)
        torn = None
        found.append(heard)
    if not found:
        raise Unreadable(f"{name}: holds no line of a recording")
    return found


def _without_unwritten(file: Sequence[Heard]) -> list[Heard]:
    """Without steps that never were: a process was killed while it wrote the record that they needed.

    It had told the step, and would have sent its messages next. The record that its next life
    found says that it came to nothing.
    """
    unwritten: set[int] = set()
    steps: dict[str, list[tuple[int, View]]] = {}
    for place, heard in enumerate(file):
        line = heard.line
        if isinstance(line, Started) and not line.recorded:
            steps[line.member] = []
        if isinstance(line, Stepped):
            lived = steps.setdefault(line.member, [])
            if line.action == RESTART:
                unwritten |= _unwritten(lived, line.state)
                lived.clear()
            lived.append((place, line.state))
    return [heard for place, heard in enumerate(file) if place not in unwritten]


def _unwritten(lived: Sequence[tuple[int, View]], found: View) -> set[int]:
    """The last step of a life, if the record is that of the step before."""
    match lived:
        case [*_, (_, before), (last, after)]:
            same = _durable(found) == _durable(before) != _durable(after)
            return {last} if same else set()
        case _:
            return set()


def _durable(state: View) -> tuple[int, int]:
    return state.term, state.stamp


def _merged(files: Sequence[Sequence[Heard]], one_clock: bool) -> list[Heard]:
    places = [0] * len(files)
    sent: Counter[Letter] = Counter()
    order: list[Heard] = []
    while waiting := [file for file, place in enumerate(places) if place < len(files[file])]:
        heads = {file: files[file][places[file]] for file in waiting}
        # Where no head can have happened, the first by the clock goes on: it will be blamed.
        able = [file for file in waiting if _can_be(heads[file].line, sent)] or waiting
        chosen = min(able, key=lambda file: _at(heads[file].line) if one_clock else places[file])
        places[chosen] += 1
        order.append(heads[chosen])
        _note(heads[chosen].line, sent)
    return order


def _can_be(line: Line, sent: Counter[Letter]) -> bool:
    return not isinstance(line, Stepped) or line.handled is None or sent[line.handled] > 0


def _note(line: Line, sent: Counter[Letter]) -> None:
    match line:
        case Stepped():
            sent.update(line.sent)
        case Repeated(letter=letter):
            sent[letter] += 1
        case _:
            pass


def _at(line: Line) -> int:
    """What bears no instant belongs to what stands before it."""
    return getattr(line, "at", 0)
