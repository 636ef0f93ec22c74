"""Why processes end, and the texts that tell other processes about it.

Leaves to links and monitors which processes are told. A process ends with a word or with the error
that it failed with. Other processes get a text, and it is the same text on every node.
"""

ExitReason = str | Exception
"""Why a process ends: "normal", "shutdown", another word, or the error that it failed with."""

NORMAL = "normal"
"""The process had nothing left to do."""

SHUTDOWN = "shutdown"
"""Its node or its supervisor ended it in order."""

KILL = "kill"
"""The reason that ends any process at once, without its `terminate`."""

KILLED = "killed"
"""The reason that others are told for a process that was ended by `KILL`."""

NO_PROCESS = "no such process"
"""The reason that is given for a process that does not exist."""

ORDERLY = frozenset({NORMAL, SHUTDOWN})
"""Ends that are no failure: they end no linked process, and a transient child is not restarted."""

LENGTH_LIMIT = 500
"""The longest description, in bytes of UTF-8: it has to fit into the smallest allowed frame."""

_ELLIPSIS = "…".encode()


def as_failure(error: BaseException) -> Exception:
    """Returns an `Exception` as it is, and any other error as the cause of a RuntimeError."""
    if isinstance(error, Exception):
        return error
    failure = RuntimeError(f"a callback raised {type(error).__qualname__}: {_shown(error)}")
    failure.__cause__ = error
    return failure


def describe(reason: ExitReason) -> str:
    """Returns the reason as text of at most `LENGTH_LIMIT` bytes; an error begins with its type."""
    words = reason if isinstance(reason, str) else f"{type(reason).__qualname__}: {_shown(reason)}"
    # UTF-8 cannot encode a lone surrogate: unescaped, the text could not be sent to other nodes.
    encoded = words.encode(errors="backslashreplace")
    if len(encoded) > LENGTH_LIMIT:
        encoded = encoded[: LENGTH_LIMIT - len(_ELLIPSIS)] + _ELLIPSIS
    return encoded.decode(errors="ignore")


def _shown(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        # If this raised, the processes that wait for the end of this one would not be told of it.
        return "(it cannot be shown)"
