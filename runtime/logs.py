"""A logger whose records carry the fields `node`, `pid` and `registered_name`.

Leaves to the application where records go. These are fields, and not part of the text, so that a log
can be searched by process without parsing. Every record has all three; those that do not apply are
None.
"""

import logging
from collections.abc import MutableMapping
from typing import Any

from runtime.pid import Pid

QUOTE_LIMIT = 200
"""How many characters of a message are logged, so that long messages cannot fill the disk."""


class Quote:
    """A value as a record quotes it: its beginning, on one line, in ASCII.

    The text is made only if the record is written.
    """

    def __init__(self, value: object) -> None:
        self._value = value

    def __str__(self) -> str:
        shown = ascii(self._value)
        return shown if len(shown) <= QUOTE_LIMIT else shown[: QUOTE_LIMIT - 3] + "..."


class _ProcessLog(logging.LoggerAdapter[logging.Logger]):
    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        return msg, kwargs


def process_log(
    node: str, pid: Pid | None = None, name: str | None = None
) -> logging.LoggerAdapter[logging.Logger]:
    """Returns a logger whose records name this node and, if given, this process."""
    fields = {"node": node, "pid": None if pid is None else str(pid), "registered_name": name}
    return _ProcessLog(logging.getLogger("runtime"), fields)
