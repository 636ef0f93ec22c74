"""Frames over TCP: four bytes of length, then that many bytes.

Knows nothing of what is in a frame. The idea: an `asyncio.Protocol`, no streams: bytes come in and
frames go out in one call, no task is switched in between. A length outside the limit ends the
connection before anything of that frame is kept. The end of a stream is reported in the very call
that reads it, since somebody may be waiting to take over from a dead process.
"""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable

from runtime.transport import Connection, Listener, Loss, Receiver, join_address, split_address

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
    """TCP; listens beyond loopback only if told that an unencrypted network is fine."""

    def __init__(self, *, allow_insecure: bool = False) -> None:
        self._allow_insecure = allow_insecure

    async def listen(self, address: str, on_accept: Callable[[Connection], None]) -> Listener:
        """Calls back for every connection; raises OSError, or ValueError for an open network."""
        host, port = split_address(address)
        if not self._allow_insecure and not _is_loopback(host):
            raise ValueError(
                f"address must be a loopback one, not {address!r}: nothing is encrypted; "
                "allow_insecure=True listens there all the same"
            )
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: TcpConnection(on_accept), host, port)
        return _TcpListener(server, host)

    async def dial(self, address: str) -> Connection:
        """Connects; raises OSError."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(TcpConnection, *split_address(address))
        return connection


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

    def __init__(self, on_accept: Callable[[Connection], None] | None = None) -> None:
        self._on_accept = on_accept
        self._receiver: Receiver | None = None
        self._transport: asyncio.Transport
        self._incoming = bytearray()
        self._deaf = False
        self._loss: Loss | None = None
        self._linger: asyncio.TimerHandle | None = None

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
            self._transport.write(len(frame).to_bytes(HEADER, "big") + frame)

    def close(self, last: bytes = b"") -> None:
        """Sends a last frame, if any, and ends once the other end has read it."""
        if self._deaf:
            return
        if last:
            self.send(last)
        self._deaf = True
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
        if self._on_accept is not None:
            self._on_accept(self)

    def _wait_for_receiver(self) -> None:
        if self._receiver is None:
            self._transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Hands over every frame that is whole."""
        self._incoming += data
        start = 0
        while not self._deaf and len(self._incoming) >= start + HEADER:
            length = int.from_bytes(self._incoming[start : start + HEADER], "big")
            end = start + HEADER + length
            if not 0 < length <= self.frame_limit:
                return self._refuse(length)
            if len(self._incoming) < end:
                break
            self._require_receiver().frame_received(bytes(self._incoming[start + HEADER : end]))
            start = end
        del self._incoming[: None if self._deaf else start]

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

    def _refuse(self, length: int) -> None:
        self._incoming.clear()
        reason = f"a frame of {length} bytes, allowed are 1 to {self.frame_limit}"
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
