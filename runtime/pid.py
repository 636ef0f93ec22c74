"""Who is who: `Pid` for one incarnation of a process, `ProcessId` for a process by name.

Knows nothing of addresses: where a node listens is routing, never identity.
The idea: a process that was restarted is another one. Its node counts processes, and the node's
creation tells one life of the node from the next, so a `Pid` is never used twice.
"""

from dataclasses import dataclass

NAME_LIMIT = 100
"""The longest name in characters: two of them fit into a frame of the handshake."""


def check_name(field: str, value: object) -> None:
    """Raises TypeError or ValueError unless the value can name a node or a process."""
    if not isinstance(value, str):
        raise TypeError(f"{field} must be a str, not {value!r}")
    if not 0 < len(value) <= NAME_LIMIT or "@" in value or not value.isprintable():
        raise ValueError(
            f"{field} must be 1 to {NAME_LIMIT} printable characters without '@', not {value!r}"
        )


def _check_positive(field: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{field} must be an int, not {value!r}")
    if not 0 < value < 2**63:
        raise ValueError(f"{field} must be between 1 and 2**63 - 1, not {value!r}")


@dataclass(frozen=True, slots=True, order=True)
class Pid:
    """One incarnation of a process: the `number`-th one of its node's life `creation`."""

    node: str
    creation: int
    number: int

    def __post_init__(self) -> None:
        check_name("node", self.node)
        _check_positive("creation", self.creation)
        _check_positive("number", self.number)

    def __str__(self) -> str:
        """Readable rather than complete: the creation's last four hexadecimal digits."""
        return f"<{self.node}.{creation_digits(self.creation)}.{self.number}>"


@dataclass(frozen=True, slots=True, order=True)
class ProcessId:
    """Whichever process bears this name on that node when a message arrives."""

    name: str
    node: str

    def __post_init__(self) -> None:
        check_name("name", self.name)
        check_name("node", self.node)

    def __str__(self) -> str:
        return f"{self.name}@{self.node}"


def creation_digits(creation: int) -> str:
    """Four hexadecimal digits that tell one incarnation from the next in a log."""
    # Creations are whole milliseconds in nanoseconds: the digits come from the milliseconds.
    return f"{creation // 1_000_000 & 0xFFFF:04x}"
