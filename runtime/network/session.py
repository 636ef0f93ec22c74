"""A session stands between the bytes of a connection and the bytes on the network.

Leaves TLS to `tls`; here is the interface, and the session that encrypts nothing.
"""

from typing import Protocol

from runtime.network.transport import Channel


class InsecureSession(Exception):
    """The other end, or a man in the middle, broke the rules of TLS; the text says how."""


class Session(Protocol):
    """Translates between the bytes of a connection and those on the network."""

    is_over: bool
    """Whether the other end has announced that it sends no more."""
    channel: Channel
    """What the session has proved; final when the first bytes are received."""

    def receive(self, data: bytes) -> bytes:
        """Returns what the other end has sent; raises InsecureSession."""

    def send(self, plain: bytes) -> bytes:
        """Returns what the network has to carry for these bytes."""

    def finish(self) -> bytes:
        """Returns what the network has to carry at the end."""

    def outgoing(self) -> bytes:
        """Returns what else the network has to carry by now."""


class PlainSession:
    """Leaves all bytes as they are."""

    is_over = False
    channel = Channel()

    def receive(self, data: bytes) -> bytes:
        """Returns the same bytes."""
        return data

    def send(self, plain: bytes) -> bytes:
        """Returns the same bytes."""
        return plain

    def finish(self) -> bytes:
        """Returns nothing."""
        return b""

    def outgoing(self) -> bytes:
        """Returns nothing."""
        return b""
