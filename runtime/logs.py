"""Who speaks: a logger whose records carry the fields `node`, `pid` and `registered_name`.

Knows nothing of where records go. The idea: fields, so that a log can be searched by process
without parsing what it says; each is there in every record, None where it does not apply.
"""

import logging
from collections.abc import MutableMapping
from typing import Any

from runtime.pid import Pid


class _ProcessLog(logging.LoggerAdapter[logging.Logger]):
    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        return msg, kwargs


def process_log(
    node: str, pid: Pid | None = None, name: str | None = None
) -> logging.LoggerAdapter[logging.Logger]:
    """A logger whose records say which node and process speak."""
    fields = {"node": node, "pid": None if pid is None else str(pid), "registered_name": name}
    return _ProcessLog(logging.getLogger("runtime"), fields)
