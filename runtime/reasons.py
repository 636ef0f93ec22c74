"""Why processes end, and the words for it that travel.

Knows nothing of who is told. The idea: a process ends with a word or with the error it failed with;
whoever else hears of it is told in words, the same ones on its own node and on any other.
"""

ExitReason = str | Exception
"""Why a process ends: "normal", "shutdown", a word of its own, or the error it failed with."""

NORMAL = "normal"
"""It had nothing left to do."""

SHUTDOWN = "shutdown"
"""Its node or its supervisor ended it in order."""

KILL = "kill"
"""The reason that ends any process at once, without its `terminate`."""

KILLED = "killed"
"""What others are told about a process that was ended so."""

NO_PROCESS = "no such process"
"""What those are told who watch a process that is not there."""

ORDERLY = frozenset({NORMAL, SHUTDOWN})
"""The ends that are no failure: they end no linked process, and no transient child is restarted."""

LENGTH_LIMIT = 500
"""The longest description, in bytes of UTF-8: it has to fit into the smallest frame."""

_CUT = "…".encode()


def describe(reason: ExitReason) -> str:
    """The reason in words, those of an error led by its type, none longer than the limit; UTF-8 can say them."""
    words = reason if isinstance(reason, str) else f"{type(reason).__qualname__}: {_shown(reason)}"
    # A lone surrogate cannot be sent: nobody elsewhere would hear of the end.
    said = words.encode(errors="backslashreplace")
    if len(said) > LENGTH_LIMIT:
        said = said[: LENGTH_LIMIT - len(_CUT)] + _CUT
    return said.decode(errors="ignore")


def _shown(error: Exception) -> str:
    try:
        return str(error)
    except Exception:
        # Whoever waits for the process must hear of its end, whatever its error is like.
        return "(it cannot be shown)"
