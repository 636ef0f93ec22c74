"""What the runtime asks of a network: connections that carry frames.

Knows nothing of nodes, messages or authentication. The idea: a connection delivers whole frames
in order by calling back straight from the network's event, and sending never waits. Whoever sends
asks how much is still buffered and decides what to leave out.
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
    """What a connection has proved by itself before its first frame; at first: nothing at all."""

    binding: bytes = b""
    """The same at both ends, and in no connection that somebody in the middle leads to each."""
    names: frozenset[str] | None = None
    """The nodes that the other end's certificate names; None: nobody vouches for its name."""


class Receiver(Protocol):
    """Who hears of a connection's events."""

    def frame_received(self, frame: bytes) -> None:
        """A whole frame has arrived."""

    def frame_refused(self, reason: str) -> None:
        """The other end broke the framing; the connection is aborted unless closed in this call."""

    def connection_lost(self, loss: Loss) -> None:
        """The connection has ended; the last call."""


class Connection(Protocol):
    """One connection, both directions; its frames wait until a receiver is attached."""

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
        """How many bytes were sent that the network has not taken yet."""

    def attach(self, receiver: Receiver) -> None:
        """Names who hears of everything from here on."""

    def send(self, frame: bytes) -> None:
        """Sends a frame or, after the end, nothing; neither waits nor raises."""

    def close(self, last: bytes = b"") -> None:
        """Sends a last frame, if any, and ends in good order; nothing is received any more."""

    def abort(self) -> None:
        """Ends at once; what is buffered is lost."""


class Listener(Protocol):
    """An open address."""

    @property
    def address(self) -> str:
        """Where it listens, the port filled in if any would do."""

    def close(self) -> None:
        """Accepts nobody any more; accepted connections stay."""


class Transport(Protocol):
    """A way to listen and to dial."""

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> Listener:
        """Calls back for every connection; raises OSError if the address cannot be had."""

    async def dial(self, address: str) -> Connection:
        """Connects; raises OSError if there is nobody."""


def split_address(address: str) -> tuple[str, int]:
    """Host and port of `host:port` or `[host]:port`; raises ValueError."""
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(f"address must be host:port with a port below 65536, not {address!r}")
    return host, int(port)


def join_address(host: str, port: int) -> str:
    """The inverse of `split_address`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
