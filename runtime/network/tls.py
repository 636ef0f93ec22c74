"""TLS 1.3 between nodes: the files, when they are read, and the bytes of one connection.

Leaves sockets and frames to `tcp`: a session is given what the network brought, and returns what has
to be sent. Files are used only after a rehearsal, in which two sessions made of them complete a TLS
handshake in memory. So what would fail between nodes (a key that does not fit, an authority that did
not sign, an expired certificate, the name of another node) fails at the start. If the files change
later and the rehearsal fails, that is logged, and the former files stay in use.
"""

import contextlib
import hashlib
import logging
import os
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from runtime.network.session import InsecureSession
from runtime.network.transport import Channel

READ_SIZE = 65_536
"""How many decrypted bytes are read at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files in PEM: this node's certificate (chain) and key, and the authority that signs all.

    Each certificate names its node as a DNS name in subjectAltName, and each end verifies the
    other. With `authority=None` the network is encrypted, but only the cookie proves who is a
    member, and every member can use any name. Changed files are used from the next connection on.
    """

    certificate: str | os.PathLike[str]
    key: str | os.PathLike[str]
    authority: str | os.PathLike[str] | None


class TlsSession:
    """The TLS of one connection. It begins at once and has no timeout of its own."""

    def __init__(self, context: ssl.SSLContext, binding: bytes | None = None) -> None:
        """The acceptor passes `binding`, the hash of its own certificate.

        The dialler passes None, and computes the hash from the certificate that it receives.
        """
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
        """Returns what the other end has sent, as far as it is complete; raises InsecureSession."""
        self._incoming.write(data)
        try:
            if not self._is_established:
                self._shake_hands()
            return b"".join(self._read())
        except ssl.SSLWantReadError:
            return b""
        except (ssl.SSLError, ValueError) as error:
            raise InsecureSession(f"TLS: {_reason(error)}") from error

    def send(self, plain: bytes) -> bytes:
        """Returns what the network has to carry; before the end of the handshake, `plain` waits."""
        if not self._is_established:
            self._unsent += plain
            return self.outgoing()
        # A session that the other end has broken refuses every write.
        with contextlib.suppress(ssl.SSLError):
            self._write(plain)
        return self.outgoing()

    def finish(self) -> bytes:
        """Returns what announces that this end sends no more."""
        # Do not wait for the announcement of the other end: it may never come.
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()
        return self.outgoing()

    def outgoing(self) -> bytes:
        """Returns what the network has to carry by now."""
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
    """What the files of a node hold or, if the files are unusable now, what they held before."""

    def __init__(self, files: Tls, node: str, log: logging.LoggerAdapter[logging.Logger]) -> None:
        """Reads the files; raises OSError, or ValueError for what the node could not use."""
        self._files = files
        self._node = node
        self._log = log
        self._stamp = _stamp(files)
        self._rehearsed = _rehearse(files, node)

    def accept(self) -> TlsSession:
        """Returns the acceptor's end of a new connection."""
        rehearsed = self._newest()
        return TlsSession(rehearsed.acceptor, rehearsed.binding)

    def dial(self) -> TlsSession:
        """Returns the dialler's end of a new connection."""
        return TlsSession(self._newest().dialler)

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
            self._log.error("the changed TLS files are unusable, so the old ones stay: %s", error)
        else:
            self._log.info("the changed TLS files are used from now on")


class _Rehearsed(NamedTuple):
    acceptor: ssl.SSLContext
    dialler: ssl.SSLContext
    binding: bytes


def _rehearse(files: Tls, node: str) -> _Rehearsed:
    acceptor = _ssl_context(ssl.PROTOCOL_TLS_SERVER, files)
    # A ticket to resume a session would stay valid after the certificate it was granted for.
    acceptor.num_tickets = 0
    dialler = _ssl_context(ssl.PROTOCOL_TLS_CLIENT, files)
    try:
        channel = _introduce(TlsSession(dialler), TlsSession(acceptor, b""))
    except InsecureSession as error:
        raise ValueError(
            f"certificate must be one that authority {files.authority} has signed, "
            f"{files.certificate} is not: {error}"
        ) from error
    if channel.names is not None and node not in channel.names:
        raise ValueError(
            f"certificate must name the node {node!r} as a DNS name in subjectAltName, "
            f"{files.certificate} names {sorted(channel.names)}"
        )
    return _Rehearsed(acceptor, dialler, channel.binding)


def _introduce(dialler: TlsSession, acceptor: TlsSession) -> Channel:
    while sent := dialler.outgoing():
        acceptor.receive(sent)
        dialler.receive(acceptor.outgoing())
    return dialler.channel


def _ssl_context(side: int, files: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(side)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # Certificates name nodes, not hosts. Both ends check these names in the runtime's handshake.
    context.check_hostname = False
    with _blaming(f"certificate and key must fit, {files.certificate} and {files.key} do not"):
        certificate, key = _existing(files.certificate), _existing(files.key)
        context.load_cert_chain(certificate, key, password=_refuse_password)
    if files.authority is None:
        context.verify_mode = ssl.CERT_NONE
        return context
    context.verify_mode = ssl.CERT_REQUIRED
    with _blaming(f"authority must hold certificates, {files.authority} does not"):
        context.load_verify_locations(_existing(files.authority))
    return context


@contextlib.contextmanager
def _blaming(rule: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as error:
        raise ValueError(f"{rule}: {_reason(error)}") from error


def _existing(path: str | os.PathLike[str]) -> str | os.PathLike[str]:
    # The error of the ssl module for a missing file does not name the file; that of `open` does.
    with open(path, "rb"):
        return path


def _refuse_password() -> str:
    # Without this function, OpenSSL asks on the terminal and blocks the node.
    raise ValueError("key must not be encrypted: no password can be typed")


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
