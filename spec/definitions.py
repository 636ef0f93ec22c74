"""Which definition of a TLA+ module a line belongs to.

Knows that definitions start in the first column, and no more of TLA+ than that.
"""

import re
from pathlib import Path

_DEFINITION = re.compile(r"(?:LOCAL )?(?P<name>\w+)(?:\(|\[|\s*==)")


def definition_at(module: Path, line: int) -> str | None:
    """The name of the definition that the line, counted from 1, lies in; None if there is none."""
    if not module.is_file():
        return None
    name = None
    for text in module.read_text().splitlines()[:line]:
        found = _DEFINITION.match(text)
        name = found["name"] if found else name
    return name
