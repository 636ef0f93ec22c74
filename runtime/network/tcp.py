"""Frames over TCP: four bytes of length, then that many bytes.

Leaves the content of frames to others, and encryption to the session between its bytes and those of
the network. It is an `asyncio.Protocol`, without streams: received bytes become frames, and frames
become calls, within one call of the event loop.

A length outside the limit ends the connection before any byte of that frame is kept. An accepted
connection is handed over at its first moment, TLS or not, so the time of a stranger is limited from
the start. The end of a stream is reported in the very call that reads it, because another member may
be waiting to take over from a dead process.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable
from typing import cast

from runtime.network.connecting import connect
from runtime.network.look_up import look_up
from runtime.network.session import InsecureSession, PlainSession, Session
from runtime.network.tls import Credentials
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
"""How many bytes announce the length of a frame."""

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
"""If the other machine does not answer, the kernel ends the connection after about ten seconds.

Not sooner: this process still runs, but when the network works again, its kernel answers the other
end with a reset, which looks like the death of this process. After ten seconds no lease depends on it.
"""


class TcpTransport:
    """TCP, encrypted if there are credentials.

    Without credentials it listens on loopback addresses only, unless `allow_insecure` is set.
    """

    def __init__(
        self, *, allow_insecure: bool = False, credentials: Credentials | None = None
    ) -> None:
        self._allow_insecure = allow_insecure
        self._credentials = credentials

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> Listener:
        """Calls back for every connection.

        Raises OSError, or ValueError for an address that is not loopback if nothing encrypts.
        """
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
        """Connects, to the first address of the host that answers; raises OSError.

        Raises RuntimeError if no thread can be started to look a name up.
        """
        raw = await connect(await look_up(*split_address(address)))
        session = self._credentials.dial() if self._credentials else PlainSession()
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: TcpConnection(session), sock=raw
            )
        except BaseException:
            raw.close()
            raise
        return connection

    def _accepted(self, on_accept: Callable[[Connection], None]) -> "TcpConnection":
        session = self._credentials.accept() if self._credentials else PlainSession()
        return TcpConnection(session, on_accept)


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
        self._is_closed = False
        """Whether this end neither sends nor receives any more."""
        self._loss: Loss | None = None
        self._linger: asyncio.TimerHandle | None = None

    @property
    def channel(self) -> Channel:
        """What the session has proved; final when the first frame is handed over."""
        return self._session.channel

    @property
    def buffered(self) -> int:
        """How many sent bytes the kernel has not taken yet."""
        return self._transport.get_write_buffer_size()

    def attach(self, receiver: Receiver) -> None:
        """Sets the receiver of all events from now on."""
        self._receiver = receiver
        if self._loss is not None:
            asyncio.get_running_loop().call_soon(receiver.connection_lost, self._loss)
        else:
            self._transport.resume_reading()

    def send(self, frame: bytes) -> None:
        """Sends a frame; does nothing after the end. Neither waits nor raises."""
        if not self._is_closed:
            self._write(self._session.send(len(frame).to_bytes(HEADER, "big") + frame))

    def close(self, last: bytes = b"") -> None:
        """Sends a last frame, if given, and ends when the other end has read it."""
        if self._is_closed:
            return
        if last:
            self.send(last)
        self._is_closed = True
        self._write(self._session.finish())
        # If the socket were closed with bytes unread, the kernel would reset the connection. The
        # other end could then lose the last frame, the goodbye, and take this process for dead.
        # Therefore only the sending direction is closed.
        with contextlib.suppress(OSError):
            self._transport.write_eof()
        loop = asyncio.get_running_loop()
        self._linger = loop.call_later(LINGER_SECONDS, self._transport.abort)

    def abort(self) -> None:
        """Ends at once; what is buffered is lost."""
        self._is_closed = True
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sets the socket up, and hands an accepted connection over."""
        # Not `isinstance`: the transports of uvloop do everything that those of asyncio do, but are none.
        self._transport = cast(asyncio.Transport, transport)
        # Not in this call: early releases of Python 3.11 start to read after it, paused or not.
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
        """Hands over every frame that is complete."""
        if self._is_closed:
            return
        try:
            self._incoming += self._session.receive(data)
        except InsecureSession as error:
            # Send the TLS alert first: without it the other end takes this process for dead.
            self._write(self._session.outgoing())
            return self._refuse(str(error))
        self._write(self._session.outgoing())
        self._hand_over_frames()
        if self._session.is_over:
            self.eof_received()

    def _hand_over_frames(self) -> None:
        start = 0
        while not self._is_closed and len(self._incoming) >= start + HEADER:
            length = int.from_bytes(self._incoming[start : start + HEADER], "big")
            end = start + HEADER + length
            if not 0 < length <= self.frame_limit:
                limit = self.frame_limit
                return self._refuse(f"a frame of {length} bytes, allowed are 1 to {limit}")
            if len(self._incoming) < end:
                break
            self._require_receiver().frame_received(bytes(self._incoming[start + HEADER : end]))
            start = end
        del self._incoming[: None if self._is_closed else start]

    def _write(self, data: bytes) -> None:
        if data:
            self._transport.write(data)

    def eof_received(self) -> None:
        """The other end has closed, so nothing that waits to be sent can reach it."""
        if not self._is_closed:
            self._report(Loss.CLOSED_BY_PEER)
        self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """The socket is closed."""
        if self._linger is not None:
            self._linger.cancel()
        by_peer = isinstance(error, ConnectionResetError | BrokenPipeError)
        if error is None or self._is_closed:
            loss = Loss.CLOSED_HERE
        else:
            loss = Loss.CLOSED_BY_PEER if by_peer else Loss.BROKEN
        self._is_closed = True
        self._report(loss)

    def _refuse(self, reason: str) -> None:
        self._incoming.clear()
        self._require_receiver().frame_refused(reason)
        if not self._is_closed:
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
