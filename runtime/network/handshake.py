"""Two nodes prove to each other that they know the cookie, before anything else is read.

Leaves connections to `connection`: a handshake is a generator that yields each frame to send, is
sent each frame that came, and returns who the other node is.

Each side makes a nonce. It proves itself with an HMAC over its role, both nonces, both names, both
creations, the version, and the binding of the channel. The cookie itself is never sent. A proof is
worthless in another connection (the nonces differ), to the node that made it (the roles differ), to
a third node (the names differ), and between two encrypted channels (the bindings differ).

This authenticates the beginning of a connection and not the bytes that follow. If others can write
to the network, TLS is needed. An attacker that makes a node dial it can try out cookies offline, and
each attempt costs one `stretch`: cookies must be long and random.
"""

import functools
import hashlib
import hmac
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from runtime.network.transport import Channel
from runtime.network.wire import VERSION
from runtime.pid import Pid

NONCE_LENGTH = 32
"""How many bytes a nonce has."""

STRETCHING_COST = 2**14
"""The cost of one attempt to guess a cookie: 16 MiB of memory and some tens of milliseconds."""


class HandshakeRefused(Exception):
    """The other node has not proved what it must prove; the text says what."""


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """The name of a node, and its creation, which tells one start of it from the next."""

    name: str
    creation: int


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the other node is, and the frame that still has to be sent to it; empty if there is none."""

    peer: NodeIdentity
    last: bytes


Handshake = Generator[bytes, bytes, Proven]
"""Yields frames to send (empty: none), is sent the frames that come; raises HandshakeRefused."""

Keys = tuple[bytes, ...]
"""One key for each cookie: a node proves itself with the first, and accepts proofs with any."""


class _Hello(msgspec.Struct, frozen=True, array_like=True, tag=True, forbid_unknown_fields=True):
    version: int
    name: str
    creation: int
    nonce: bytes


class _Challenge(_Hello, frozen=True, tag=True):
    pass


class _Proof(msgspec.Struct, frozen=True, array_like=True, tag=True, forbid_unknown_fields=True):
    digest: bytes


_Frame = TypeVar("_Frame", _Hello, _Challenge, _Proof)


@functools.lru_cache
def stretch(cookie: str) -> bytes:
    """Returns the key made of a cookie; slow on purpose, so that guessing cookies is slow."""
    return hashlib.scrypt(cookie.encode(), salt=b"runtime", n=STRETCHING_COST, r=8, p=1)


def dial(
    keys: Keys, own: NodeIdentity, wanted: str, nonce: bytes, channel: Callable[[], Channel]
) -> Handshake:
    """The side that connected, and wants to reach the node with the name `wanted`."""
    hello = _Hello(VERSION, own.name, own.creation, nonce)
    challenge = _read((yield msgspec.msgpack.encode(hello)), _Challenge)
    peer = _introduced(challenge, channel())
    if peer.name != wanted:
        raise HandshakeRefused(f"the node there is {peer.name!r}, not {wanted!r}")
    binding = channel().binding
    proof = _read((yield _prove(keys[0], "dialer", binding, hello, challenge)), _Proof)
    _check(proof, _prove(keys[0], "acceptor", binding, hello, challenge))
    return Proven(peer, b"")


def accept(
    keys: Keys, own: NodeIdentity, nonce: bytes, channel: Callable[[], Channel]
) -> Handshake:
    """The side that was connected to; it proves nothing before the other side has proved itself."""
    hello = _read((yield b""), _Hello)
    peer = _introduced(hello, channel())
    challenge = _Challenge(VERSION, own.name, own.creation, nonce)
    proof = _read((yield msgspec.msgpack.encode(challenge)), _Proof)
    binding = channel().binding
    for key in keys:
        if _is_same(proof, _prove(key, "dialer", binding, hello, challenge)):
            return Proven(peer, _prove(key, "acceptor", binding, hello, challenge))
    raise HandshakeRefused("it does not know the cookie")


def _read(frame: bytes, kind: type[_Frame]) -> _Frame:
    try:
        return msgspec.msgpack.decode(frame, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise HandshakeRefused(f"no {kind.__name__.strip('_').lower()}: {error}") from error


def _introduced(hello: _Hello, channel: Channel) -> NodeIdentity:
    if hello.version != VERSION:
        raise HandshakeRefused(f"it speaks version {hello.version}, this is version {VERSION}")
    if len(hello.nonce) != NONCE_LENGTH:
        raise HandshakeRefused(f"a nonce of {len(hello.nonce)} bytes instead of {NONCE_LENGTH}")
    try:
        Pid(hello.name, hello.creation, 1)
    except ValueError as error:
        raise HandshakeRefused(str(error)) from error
    # All nodes share one cookie: without this check, each node could use the name of any other.
    if channel.names is not None and hello.name not in channel.names:
        names = sorted(channel.names)
        raise HandshakeRefused(f"it calls itself {hello.name!r}, its certificate {names}")
    return NodeIdentity(hello.name, hello.creation)


def _prove(key: bytes, role: str, binding: bytes, hello: _Hello, challenge: _Challenge) -> bytes:
    statement = msgspec.msgpack.encode(("runtime handshake", role, binding, hello, challenge))
    return msgspec.msgpack.encode(_Proof(hmac.digest(key, statement, hashlib.sha256)))


def _check(proof: _Proof, expected: bytes) -> None:
    if not _is_same(proof, expected):
        raise HandshakeRefused("it does not know the cookie")


def _is_same(proof: _Proof, expected: bytes) -> bool:
    return hmac.compare_digest(msgspec.msgpack.encode(proof), expected)
