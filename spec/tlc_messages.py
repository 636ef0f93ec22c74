"""TLC's `-tool` output as numbered messages.

Leaves the meaning of the messages to others. The numbers are the same in every version of TLC and
the wording is not, so the other modules go by number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

_START = re.compile(r"@!@!@STARTMSG (?P<code>\d+):(?P<severity>\d+) @!@!@")
_END = re.compile(r"@!@!@ENDMSG (?P<code>\d+) @!@!@")


class Code(IntEnum):
    """The numbers that this runner acts on; LOOSE is our own, for text between messages."""

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
class TlcMessage:
    """One message of TLC."""

    code: int
    severity: int
    text: str

    @property
    def is_error(self) -> bool:
        """Whether it reports an error, in the model or in TLC, rather than a fact or a warning."""
        return self.severity in (1, 2)


class MessageReader:
    """Collects lines until a message is complete."""

    def __init__(self) -> None:
        self._open: re.Match[str] | None = None
        self._lines: list[str] = []

    def feed(self, lines: Iterable[str]) -> Iterator[TlcMessage]:
        """The messages that these lines complete."""
        for line in (line.rstrip("\r\n") for line in lines):
            if self._open is None:
                self._open = _START.fullmatch(line)
                if self._open is None and line.strip():
                    yield TlcMessage(code=Code.LOOSE, severity=0, text=line)
            elif (ended := _END.fullmatch(line)) and ended["code"] == self._open["code"]:
                yield from self.end()
            else:
                # The message of an exception may contain another one: it is part of the outer text.
                self._lines.append(_END.sub("", _START.sub("", line)))

    def end(self) -> Iterator[TlcMessage]:
        """The message that is still open, if there is one: TLC may be killed in the middle of it."""
        if self._open:
            code, severity = int(self._open["code"]), int(self._open["severity"])
            text = "\n".join(self._lines).strip("\n")
            self._open, self._lines = None, []
            yield TlcMessage(code=code, severity=severity, text=text)
