"""TLC's `-tool` output: lines in, numbered messages out.

Knows the markers and no message. The idea: the numbers are the same in every version of TLC and
the wording is not, so everything above this module goes by number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

_START = re.compile(r"@!@!@STARTMSG (?P<code>\d+):(?P<severity>\d+) @!@!@")
_END = re.compile(r"@!@!@ENDMSG (?P<code>\d+) @!@!@")


class Code(IntEnum):
    """The numbers this runner acts on; LOOSE is our own, for text between messages."""

    LOOSE = 0
    INVARIANT_VIOLATED_INITIALLY = 2107
    PROPERTY_VIOLATED_INITIALLY = 2108
    INVARIANT_VIOLATED = 2110
    ACTION_PROPERTY_VIOLATED = 2112
    TEMPORAL_PROPERTY_VIOLATED = 2116
    BACK_TO_STATE = 2122
    COMPLETED = 2193
    SEARCH_DEPTH = 2194
    TOTALS = 2199
    PROGRESS = 2200
    COVERAGE_STARTS = 2201
    STATE = 2217
    STUTTERING = 2218
    COVERED_EXPRESSION = 2221
    COVERED_ACTION = 2772
    COVERED_EXPRESSION_WITH_COST = 2775


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What TLC said under one number."""

    code: int
    severity: int
    text: str

    @property
    def is_complaint(self) -> bool:
        """Whether it reports an error, of the model or of TLC's, and not a fact or a warning."""
        return self.severity in (1, 2)


def read(lines: Iterable[str]) -> Iterator[Message]:
    """The messages of TLC's output as they end; a message cut short by the end is kept too."""
    reader = Reader()
    for line in lines:
        yield from reader.feed(line)
    yield from reader.end()


class Reader:
    """Collects lines until a message is complete."""

    def __init__(self) -> None:
        self._open: re.Match[str] | None = None
        self._lines: list[str] = []

    def feed(self, line: str) -> list[Message]:
        """The messages that this line completes: none or one."""
        line = line.rstrip("\r\n")
        if self._open is None:
            return self._feed_outside(line)
        ended = _END.fullmatch(line)
        if ended and ended["code"] == self._open["code"]:
            return self.end()
        # An exception's message may carry another, marked, inside; its text belongs to the outer.
        inner = _END.sub("", _START.sub("", line))
        self._lines.append(inner)
        return []

    def end(self) -> list[Message]:
        """What is still open, as a message."""
        if self._open is None:
            return []
        code, severity = int(self._open["code"]), int(self._open["severity"])
        text = "\n".join(self._lines)
        self._open, self._lines = None, []
        return [Message(code=code, severity=severity, text=text.strip("\n"))]

    def _feed_outside(self, line: str) -> list[Message]:
        self._open = _START.fullmatch(line)
        if self._open or not line.strip():
            return []
        return [Message(code=Code.LOOSE, severity=0, text=line)]
