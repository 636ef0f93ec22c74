"""Traces as files: JSON, a line for each step, written at once, so that a killed process loses the last at most.

Knows what a line is made of only through ``leader.election.trace``. A file belongs to one member and is
continued by each of its lives.
"""

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from leader.election.trace import Line, Opened

BOOT = Path("/proc/sys/kernel/random/boot_id")


def boot_clock() -> str | None:
    """The name of the clock that all processes of this machine share until it is booted again; None if unknown."""
    with suppress(OSError):
        return f"boot {BOOT.read_text().strip()}"
    return None


class TraceFile:
    """Appends lines to ``path``; its folder must exist.

    ``write`` raises OSError if that fails: a trace with a hole would accuse the innocent.
    """

    def __init__(self, path: Path, clock: str | None) -> None:
        self._file = path.open("ab", buffering=0)
        # What a killed process left unfinished must not swallow our first line.
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
