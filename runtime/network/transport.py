"""What the runtime needs from a network: connections that carry frames.

Leaves nodes, messages and authentication to others. A connection delivers whole frames in order, by
a call made directly from the network's event. Sending never waits: the sender asks how many bytes
are still buffered and decides what to drop.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Loss(enum.Enum):
    """How a connection ended."""

    CLOSED_BY_PEER = "the other end closed or reset it, as a kernel does for a dead process"
    BROKEN = "the network gave it up, which says nothing about the other end"
    CLOSED_HERE = "this end closed it"


@dataclass(frozen=True, slots=True)
class Channel:
    """What a connection has proved by itself before its first frame; without TLS, nothing."""

    binding: bytes = b""
    """The same at both ends; it differs from that of any connection made by a man in the middle."""
    names: frozenset[str] | None = None
    """The nodes that the verified certificate of the other end names; None without verification."""


class Receiver(Protocol):
    """Is told of the events of a connection."""

    def frame_received(self, frame: bytes) -> None:
        """A whole frame has arrived."""

    def frame_refused(self, reason: str) -> None:
        """The other end broke the framing; the connection is aborted unless closed in this call."""

    def connection_lost(self, loss: Loss) -> None:
        """The connection has ended; this is the last call."""


class Connection(Protocol):
    """One connection, both directions. Frames wait until a receiver is attached."""

    frame_limit: int
    """The longest frame accepted, in bytes; a longer one is refused before it is buffered."""

    @property
    def remote(self) -> str:
        """The host at the other end, for the log."""

    @property
    def channel(self) -> Channel:
        """What the connection itself has proved; final when the first frame is handed over."""

    @property
    def buffered(self) -> int:
        """How many sent bytes the network has not taken yet."""

    def attach(self, receiver: Receiver) -> None:
        """Sets the receiver of all events from now on."""

    def send(self, frame: bytes) -> None:
        """Sends a frame; does nothing after the end. Neither waits nor raises."""

    def close(self, last: bytes = b"") -> None:
        """Sends a last frame, if given, and ends in good order; receives nothing any more."""

    def abort(self) -> None:
        """Ends at once; what is buffered is lost."""


class Listener(Protocol):
    """An open address."""

    @property
    def address(self) -> str:
        """Where it listens, with the port that was chosen if any port was allowed."""

    def close(self) -> None:
        """Accepts no more connections; accepted connections stay."""


class Transport(Protocol):
    """A way to listen and to dial."""

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> Listener:
        """Calls back for every connection; raises OSError if the address is not available."""

    async def dial(self, address: str) -> Connection:
        """Connects; raises OSError if no node can be reached there."""


def split_address(address: str) -> tuple[str, int]:
    """Returns host and port of `host:port` or `[host]:port`; raises ValueError."""
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(f"address must be host:port with a port below 65536, not {address!r}")
    return host, int(port)


def join_address(host: str, port: int) -> str:
    """Returns the address of a host and a port, in the form that `split_address` reads."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
