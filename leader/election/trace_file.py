"""Traces as files: one line of JSON for each step, written at once, so a killed process loses the last one at most.

What a line contains is defined in ``leader.election.trace``. A file belongs to one member, and each of
its lives appends to it.
"""

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from leader.election.trace import Line, Opened

BOOT = Path("/proc/sys/kernel/random/boot_id")


def boot_clock() -> str | None:
    """A name for the clock that all processes of this machine share until its next boot; None if unknown."""
    with suppress(OSError):
        return f"boot {BOOT.read_text().strip()}"
    return None


class TraceFile:
    """Appends lines to ``path``; its folder must exist.

    ``write`` raises OSError if that fails: a trace with missing lines would make correct steps look wrong.
    """

    def __init__(self, path: Path, clock: str | None) -> None:
        self._file = path.open("ab", buffering=0)
        # A killed process may have left an unfinished line, which must not damage our first line.
        self._file.write(b"\n")
        self.write(Opened(clock=clock))

    def write(self, line: Line) -> None:
        """Add a line."""
        self._file.write(msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        """Add no more."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
