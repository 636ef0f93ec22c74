"""The text of a claim, as its module states it.

Knows where definitions begin, and that a blank line, a ruler or the next one ends them.
"""

from itertools import takewhile
from pathlib import Path

from spec.definitions import definition_at


def definition_of(module: Path, name: str) -> str:
    """The lines that define the name; empty if the module itself does not define it."""
    if not module.is_file():
        return ""
    lines = module.read_text().splitlines()
    numbers = [n for n in range(1, len(lines) + 1) if definition_at(module, n) == name]
    return "\n".join(takewhile(_is_text, (lines[number - 1] for number in numbers)))


def _is_text(line: str) -> bool:
    return bool(line.strip("=- "))
