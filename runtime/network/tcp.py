"""Frames over TCP: four bytes of length, then that many bytes.

Knows nothing of what is in a frame, and of TLS only that a session stands between its bytes and the
network's. The idea: an `asyncio.Protocol`, no streams: bytes come in and frames go out in one call,
no task is switched in between. A length outside the limit ends the connection before anything of
that frame is kept, and whoever accepts knows of a connection from its first moment, TLS or not, so
that nobody's time is unlimited. The end of a stream is reported in the very call
that reads it, since somebody may be waiting to take over from a dead process.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable
from typing import Protocol

from runtime.network.tls import Credentials, Unsafe
from runtime.network.transport import (
    Channel,
    Connection,
    Listener,
    Loss,
    Receiver,
    join_address,
    split_address,
)

HEADER = 4

LINGER_SECONDS = 1.0
"""How long a closed connection waits for the other end to take its last bytes."""

SOCKET_OPTIONS = (
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 5),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 2),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 10_000),
)
"""A machine that vanishes without a word is given up after about ten seconds.

No sooner: the end that gives up lives on, but answers the other end with a reset if the network
heals, and there it passes for dead. By then, nobody should rely on it for anything.
"""


class TcpTransport:
    """TCP, encrypted if given credentials; else loopback only, unless told that no harm is done."""

    def __init__(
        self, *, allow_insecure: bool = False, credentials: Credentials | None = None
    ) -> None:
        self._allow_insecure = allow_insecure
        self._credentials = credentials

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> Listener:
        """Calls back for every connection; raises OSError, or ValueError for an open network."""
        host, port = split_address(address)
        if not (self._credentials or self._allow_insecure or _is_loopback(host)):
            raise ValueError(
                f"address must be a loopback one, not {address!r}: nothing is encrypted; "
                "tls encrypts, allow_insecure=True listens there all the same"
            )
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: self._accepted(on_accept), host, port)
        return _TcpListener(server, host)

    async def dial(self, address: str) -> Connection:
        """Connects; raises OSError."""
        loop = asyncio.get_running_loop()
        session = self._credentials.dial() if self._credentials else Unencrypted()
        try:
            _, connection = await loop.create_connection(
                lambda: TcpConnection(session), *split_address(address)
            )
        except UnicodeError as error:
            # No name can be like this (an empty part, say): nobody is there either.
            raise OSError(f"{address!a} names no host: {error}") from error
        return connection

    def _accepted(self, on_accept: Callable[[Connection], None]) -> "TcpConnection":
        session = self._credentials.accept() if self._credentials else Unencrypted()
        return TcpConnection(session, on_accept)


class Session(Protocol):
    """What stands between the bytes of a connection and those of the network."""

    is_over: bool
    """Whether the other end has announced that it says no more."""
    channel: Channel
    """What this has proved; final when the first bytes are received."""

    def receive(self, data: bytes) -> bytes:
        """What the other end has said; raises Unsafe."""

    def send(self, plain: bytes) -> bytes:
        """What the network has to carry for it."""

    def finish(self) -> bytes:
        """What the network has to carry at the end."""

    def outgoing(self) -> bytes:
        """What the network has to carry besides."""


class Unencrypted:
    """A session that leaves everything as it is."""

    is_over = False
    channel = Channel()

    def receive(self, data: bytes) -> bytes:
        """The same bytes."""
        return data

    def send(self, plain: bytes) -> bytes:
        """The same bytes."""
        return plain

    def finish(self) -> bytes:
        """Nothing."""
        return b""

    def outgoing(self) -> bytes:
        """Nothing."""
        return b""


class _TcpListener:
    def __init__(self, server: asyncio.Server, host: str) -> None:
        self._server = server
        self.address = join_address(host, server.sockets[0].getsockname()[1])

    def close(self) -> None:
        self._server.close()


class TcpConnection(asyncio.Protocol):
    """One socket; reads nothing before a receiver is attached."""

    frame_limit = 0
    remote = ""

    def __init__(
        self, session: Session, on_accept: Callable[[Connection], None] | None = None
    ) -> None:
        self._session = session
        self._on_accept = on_accept
        self._receiver: Receiver | None = None
        self._transport: asyncio.Transport
        self._incoming = bytearray()
        self._deaf = False
        self._loss: Loss | None = None
        self._linger: asyncio.TimerHandle | None = None

    @property
    def channel(self) -> Channel:
        """What the session has proved; final when the first frame is handed over."""
        return self._session.channel

    @property
    def buffered(self) -> int:
        """How many bytes were sent that the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def attach(self, receiver: Receiver) -> None:
        """Names who hears of everything from here on."""
        self._receiver = receiver
        if self._loss is not None:
            asyncio.get_running_loop().call_soon(receiver.connection_lost, self._loss)
        else:
            self._transport.resume_reading()

    def send(self, frame: bytes) -> None:
        """Sends a frame or, after the end, nothing; neither waits nor raises."""
        if not self._deaf:
            self._write(self._session.send(len(frame).to_bytes(HEADER, "big") + frame))

    def close(self, last: bytes = b"") -> None:
        """Sends a last frame, if any, and ends once the other end has read it."""
        if self._deaf:
            return
        if last:
            self.send(last)
        self._deaf = True
        self._write(self._session.finish())
        # Closing with bytes unread would reset the connection: the other end could lose the last
        # frame with it and take a living process for a dead one. So only this direction is closed.
        with contextlib.suppress(OSError):
            self._transport.write_eof()
        loop = asyncio.get_running_loop()
        self._linger = loop.call_later(LINGER_SECONDS, self._transport.abort)

    def abort(self) -> None:
        """Ends at once; what is buffered is lost."""
        self._deaf = True
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sets the socket up; an accepted connection is handed over."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # Not at once: early releases of 3.11 start to read after this call, paused or not.
        asyncio.get_running_loop().call_soon(self._wait_for_receiver)
        self.remote = str((transport.get_extra_info("peername") or ("unknown",))[0])
        _set_options(transport.get_extra_info("socket"))
        self._write(self._session.outgoing())
        if self._on_accept is not None:
            self._on_accept(self)

    def _wait_for_receiver(self) -> None:
        if self._receiver is None:
            self._transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Hands over every frame that is whole."""
        if self._deaf:
            return
        try:
            self._incoming += self._session.receive(data)
        except Unsafe as error:
            # The alert first: without it, the other end takes this one for dead.
            self._write(self._session.outgoing())
            return self._refuse(str(error))
        self._write(self._session.outgoing())
        self._hand_over_frames()
        if self._session.is_over:
            self.eof_received()

    def _hand_over_frames(self) -> None:
        start = 0
        while not self._deaf and len(self._incoming) >= start + HEADER:
            length = int.from_bytes(self._incoming[start : start + HEADER], "big")
            end = start + HEADER + length
            if not 0 < length <= self.frame_limit:
                limit = self.frame_limit
                return self._refuse(f"a frame of {length} bytes, allowed are 1 to {limit}")
            if len(self._incoming) < end:
                break
            self._require_receiver().frame_received(bytes(self._incoming[start + HEADER : end]))
            start = end
        del self._incoming[: None if self._deaf else start]

    def _write(self, data: bytes) -> None:
        if data:
            self._transport.write(data)

    def eof_received(self) -> None:
        """The other end has closed; whatever it was still to be sent is pointless."""
        if not self._deaf:
            self._report(Loss.CLOSED_BY_PEER)
        self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """The socket is gone."""
        if self._linger is not None:
            self._linger.cancel()
        by_peer = isinstance(error, ConnectionResetError | BrokenPipeError) and not self._deaf
        broken = Loss.BROKEN if error is not None and not self._deaf else Loss.CLOSED_HERE
        self._deaf = True
        self._report(Loss.CLOSED_BY_PEER if by_peer else broken)

    def _refuse(self, reason: str) -> None:
        self._incoming.clear()
        self._require_receiver().frame_refused(reason)
        if not self._deaf:
            self.abort()

    def _report(self, loss: Loss) -> None:
        if self._loss is None:
            self._loss = loss
            if self._receiver is not None:
                self._receiver.connection_lost(loss)

    def _require_receiver(self) -> Receiver:
        if self._receiver is None:
            raise RuntimeError("bytes were read before a receiver was attached")
        return self._receiver


def _set_options(raw: socket.socket) -> None:
    for level, name, value in SOCKET_OPTIONS:
        option = getattr(socket, name, None)
        if option is not None:
            with contextlib.suppress(OSError):
                raw.setsockopt(level, option, value)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
