"""TLS 1.3 between nodes: the files it takes, when they are read, one connection's bytes.

Knows nothing of sockets and frames: a session is fed what the network brought and tells what to
send. The idea: nothing read from files is used before a rehearsal, in which two sessions made of it
shake hands in memory. What would fail between nodes (a key that does not fit, an authority that
did not sign, a time that is over, another node's name) so fails at the start, or, if the files
have changed meanwhile, in the log, and what was in order before stays in use.
"""

import contextlib
import hashlib
import logging
import os
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from runtime.network.transport import Channel

READ_SIZE = 65_536


class Unsafe(Exception):
    """The other end, or somebody in between, does not keep to TLS as it must; the text says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files in PEM: this node's certificate (chain) and key, and the authority that signs all.

    Each certificate names its node as a DNS name in subjectAltName, and each end verifies the
    other. Without an authority the network is encrypted, but only the cookie tells who is a member,
    and every member may bear any name. Changed files are used from the next connection on.
    """

    certificate: str | os.PathLike[str]
    key: str | os.PathLike[str]
    authority: str | os.PathLike[str] | None


class Session:
    """The TLS of one connection, which begins at once and has no timeout of its own."""

    def __init__(self, context: ssl.SSLContext, binding: bytes | None = None) -> None:
        """The acceptor's end knows the binding, the hash of its own certificate."""
        self.is_over = False
        self.channel = Channel()
        self._binding = binding
        self._is_established = False
        self._unsent = b""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        is_acceptor = binding is not None
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=is_acceptor)
        self.receive(b"")

    def receive(self, data: bytes) -> bytes:
        """What the other end has said, as far as it can be read; raises Unsafe."""
        self._incoming.write(data)
        try:
            if not self._is_established:
                self._shake_hands()
            return b"".join(self._read())
        except ssl.SSLWantReadError:
            return b""
        except (ssl.SSLError, ValueError) as error:
            raise Unsafe(f"TLS: {_reason(error)}") from error

    def send(self, plain: bytes) -> bytes:
        """What the network has to carry for it: after the handshake, and while all is well."""
        if not self._is_established:
            self._unsent += plain
            return self.outgoing()
        # A session that the other end has broken refuses to write, even to say so.
        with contextlib.suppress(ssl.SSLError):
            self._write(plain)
        return self.outgoing()

    def finish(self) -> bytes:
        """The same for the announcement that no more will be said."""
        # The other end's announcement is not waited for: it may never come.
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        return self.outgoing()

    def outgoing(self) -> bytes:
        """What the network has to carry by now."""
        return self._outgoing.read()

    def _shake_hands(self) -> None:
        self._tls.do_handshake()
        self._is_established = True
        self.channel = Channel(self._binding or self._binding_of_peer(), self._names_of_peer())
        self._write(self._unsent)
        self._unsent = b""

    def _read(self) -> Iterator[bytes]:
        with contextlib.suppress(ssl.SSLWantReadError):
            with contextlib.suppress(ssl.SSLZeroReturnError):
                while plain := self._tls.read(READ_SIZE):
                    yield plain
            self.is_over = True

    def _write(self, plain: bytes) -> None:
        rest = memoryview(plain)
        while rest:
            rest = rest[self._tls.write(rest) :]

    def _binding_of_peer(self) -> bytes:
        return hashlib.sha256(self._tls.getpeercert(binary_form=True) or b"").digest()

    def _names_of_peer(self) -> frozenset[str] | None:
        if self._tls.context.verify_mode is ssl.CERT_NONE:
            return None
        certificate = self._tls.getpeercert() or {}
        alternatives = certificate.get("subjectAltName", ())
        return frozenset(str(entry[1]) for entry in alternatives if entry[0] == "DNS")


class Credentials:
    """What a node's files hold, or, while they are not in order, what they held before."""

    def __init__(self, files: Tls, node: str, log: logging.LoggerAdapter[logging.Logger]) -> None:
        """Reads them; raises OSError, or ValueError for what the node could not use."""
        self._files = files
        self._node = node
        self._log = log
        self._stamp = _stamp(files)
        self._rehearsed = _rehearse(files, node)

    def accept(self) -> Session:
        """The acceptor's end of a new connection."""
        rehearsed = self._newest()
        return Session(rehearsed.acceptor, rehearsed.binding)

    def dial(self) -> Session:
        """The dialler's end of a new connection."""
        return Session(self._newest().dialler)

    def _newest(self) -> "_Rehearsed":
        stamp = _stamp(self._files)
        if stamp != self._stamp:
            self._stamp = stamp
            self._replace()
        return self._rehearsed

    def _replace(self) -> None:
        try:
            self._rehearsed = _rehearse(self._files, self._node)
        except (OSError, ValueError) as error:
            self._log.error("the changed TLS files are not used, the former ones are: %s", error)
        else:
            self._log.info("the changed TLS files are used from now on")


class _Rehearsed(NamedTuple):
    acceptor: ssl.SSLContext
    dialler: ssl.SSLContext
    binding: bytes


def _rehearse(files: Tls, node: str) -> _Rehearsed:
    acceptor = _context(ssl.PROTOCOL_TLS_SERVER, files)
    # A session kept for resumption would outlive the certificate that it was granted for.
    acceptor.num_tickets = 0
    dialler = _context(ssl.PROTOCOL_TLS_CLIENT, files)
    try:
        channel = _introduce(Session(dialler), Session(acceptor, b""))
    except Unsafe as error:
        raise ValueError(
            f"certificate must be one that authority {files.authority} vouches for, "
            f"{files.certificate} is not: {error}"
        ) from error
    if channel.names is not None and node not in channel.names:
        raise ValueError(
            f"certificate must name the node {node!r} as a DNS name in subjectAltName, "
            f"{files.certificate} names {sorted(channel.names)}"
        )
    return _Rehearsed(acceptor, dialler, channel.binding)


def _introduce(dialler: Session, acceptor: Session) -> Channel:
    while said := dialler.outgoing():
        acceptor.receive(said)
        dialler.receive(acceptor.outgoing())
    return dialler.channel


def _context(side: int, files: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(side)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # Names are those of nodes, not of hosts, and both ends check them: the handshake does.
    context.check_hostname = False
    with _blaming(f"certificate and key must fit, {files.certificate} and {files.key} do not"):
        context.load_cert_chain(_found(files.certificate), _found(files.key), password=_refuse)
    if files.authority is None:
        context.verify_mode = ssl.CERT_NONE
        return context
    context.verify_mode = ssl.CERT_REQUIRED
    with _blaming(f"authority must hold certificates, {files.authority} does not"):
        context.load_verify_locations(_found(files.authority))
    return context


@contextlib.contextmanager
def _blaming(rule: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as error:
        raise ValueError(f"{rule}: {_reason(error)}") from error


def _found(path: str | os.PathLike[str]) -> str | os.PathLike[str]:
    # The error of the ssl module does not say which file it misses.
    with open(path, "rb"):
        return path


def _refuse() -> str:
    # Without this, the terminal is asked, and the node waits for somebody to type.
    raise ValueError("key must not be encrypted: nobody is there to type a password")


def _stamp(files: Tls) -> tuple[tuple[int, ...], ...]:
    return tuple(map(_stamp_of_file, (files.certificate, files.key, files.authority)))


def _stamp_of_file(path: str | os.PathLike[str] | None) -> tuple[int, ...]:
    try:
        found = os.stat(path or "")
    except OSError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _reason(error: Exception) -> str:
    return str(getattr(error, "verify_message", None) or getattr(error, "reason", None) or error)
