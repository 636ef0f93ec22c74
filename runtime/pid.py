"""Addresses: `Pid` is one incarnation of a process, `ProcessId` is a process by name.

Leaves to routes where a node listens: an address on the network is never part of an identity. A
process that was restarted is another process. Its node numbers processes, and the `creation` of the
node tells one start of the node from the next, so no `Pid` is ever used twice.
"""

from dataclasses import dataclass

NAME_LIMIT = 100
"""The longest name in characters: two names have to fit into a frame of the handshake."""


def check_name(field: str, value: object) -> None:
    """Raises TypeError or ValueError unless the value can be the name of a node or a process."""
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
    """One incarnation of a process: number `number` of the start `creation` of its node."""

    node: str
    creation: int
    number: int

    def __post_init__(self) -> None:
        check_name("node", self.node)
        _check_positive("creation", self.creation)
        _check_positive("number", self.number)

    def __str__(self) -> str:
        """Short, not unique: it shows the last four hexadecimal digits of the creation."""
        return f"<{self.node}.{creation_digits(self.creation)}.{self.number}>"


@dataclass(frozen=True, slots=True, order=True)
class ProcessId:
    """The process that has this name on that node when a message arrives."""

    name: str
    node: str

    def __post_init__(self) -> None:
        check_name("name", self.name)
        check_name("node", self.node)

    def __str__(self) -> str:
        return f"{self.name}@{self.node}"


def creation_digits(creation: int) -> str:
    """Four hexadecimal digits that tell one start of a node from the next in a log."""
    # The digits are taken from the milliseconds of a creation: those below a millisecond are chance.
    return f"{creation // 1_000_000 & 0xFFFF:04x}"
