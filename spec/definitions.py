"""Where the definitions of a TLA+ module stand: each starts in the first column of a line."""

import re
from itertools import takewhile
from pathlib import Path

_DEFINITION = re.compile(r"(?:LOCAL )?(?P<name>\w+)(?:\(|\[|\s*==)")


def definition_at(module: Path, line: int) -> str | None:
    """The name of the definition that the line, counted from 1, lies in; None if there is none."""
    name = None
    for text in _lines_of(module)[:line]:
        found = _DEFINITION.match(text)
        name = found["name"] if found else name
    return name


def definition_of(module: Path, name: str) -> str:
    """The text of the definition up to a blank line or ruler; empty if the module has none."""
    lines = enumerate(_lines_of(module), 1)
    own = (line for number, line in lines if definition_at(module, number) == name)
    return "\n".join(takewhile(lambda line: line.strip("=- "), own))


def _lines_of(module: Path) -> list[str]:
    """No lines for a standard module: it has no file, since it is inside TLC's jar."""
    return module.read_text().splitlines() if module.is_file() else []
