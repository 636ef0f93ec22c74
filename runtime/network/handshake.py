"""Two nodes prove to each other that they know the cookie, before anything else is read.

Knows nothing of connections: a handshake is a generator that yields the frame to send, is sent the
frame that came, and returns who the other one is. The idea: each side invents a nonce, and proves
itself by an HMAC over its role, both nonces, both names, both creations, the version, and what
tells this channel from any other. The cookie never travels; a proof is worth nothing in another
connection (the nonces differ), sent back to its maker (the roles differ), shown to a third node
(the names differ), or passed on by somebody between two encrypted channels (the bindings differ).

It authenticates the beginning, not the bytes that follow: on a network that others can write to,
that takes TLS. Whoever lures a node into dialling may try cookies at home, at the price of one
stretching each: make them long and random.
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

FRAME_LIMIT = 1024
"""The longest frame of a handshake, in bytes."""

NONCE_LENGTH = 32

STRETCHING_COST = 2**14
"""What one guess of a cookie costs: 16 MiB of memory and some tens of milliseconds."""


class Refused(Exception):
    """The other end has not proved what it should; the text says what."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A node's name and which of its lives this is."""

    name: str
    creation: int


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the other end is, and the frame, if any, that still has to be sent to it."""

    peer: Identity
    last: bytes


Handshake = Generator[bytes, bytes, Proven]
"""Yields frames to send (empty: none), is sent those that come; raises Refused."""

Keys = tuple[bytes, ...]
"""One for each cookie: a node proves itself with the first and accepts proofs with any."""


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
    """The key made of a cookie; slow on purpose, so that guessing is."""
    return hashlib.scrypt(cookie.encode(), salt=b"runtime", n=STRETCHING_COST, r=8, p=1)


def dial(
    keys: Keys, own: Identity, wanted: str, nonce: bytes, channel: Callable[[], Channel]
) -> Handshake:
    """The side that connected, and wants to reach the node of that name."""
    hello = _Hello(VERSION, own.name, own.creation, nonce)
    challenge = _read((yield msgspec.msgpack.encode(hello)), _Challenge)
    peer = _introduced(challenge, channel())
    if peer.name != wanted:
        raise Refused(f"the node there is {peer.name!r}, not {wanted!r}")
    binding = channel().binding
    proof = _read((yield _prove(keys[0], "dialer", binding, hello, challenge)), _Proof)
    _check(proof, _prove(keys[0], "acceptor", binding, hello, challenge))
    return Proven(peer, b"")


def accept(keys: Keys, own: Identity, nonce: bytes, channel: Callable[[], Channel]) -> Handshake:
    """The side that was connected to; proves nothing to whoever has not."""
    hello = _read((yield b""), _Hello)
    peer = _introduced(hello, channel())
    challenge = _Challenge(VERSION, own.name, own.creation, nonce)
    proof = _read((yield msgspec.msgpack.encode(challenge)), _Proof)
    binding = channel().binding
    for key in keys:
        if _is_same(proof, _prove(key, "dialer", binding, hello, challenge)):
            return Proven(peer, _prove(key, "acceptor", binding, hello, challenge))
    raise Refused("it does not know the cookie")


def _read(frame: bytes, kind: type[_Frame]) -> _Frame:
    try:
        return msgspec.msgpack.decode(frame, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"no {kind.__name__.strip('_').lower()}: {error}") from error


def _introduced(hello: _Hello, channel: Channel) -> Identity:
    if hello.version != VERSION:
        raise Refused(f"it speaks version {hello.version}, this is version {VERSION}")
    if len(hello.nonce) != NONCE_LENGTH:
        raise Refused(f"a nonce of {len(hello.nonce)} bytes instead of {NONCE_LENGTH}")
    try:
        Pid(hello.name, hello.creation, 1)
    except ValueError as error:
        raise Refused(str(error)) from error
    # One cookie is shared by all: without this, each node could speak in the name of any other.
    if channel.names is not None and hello.name not in channel.names:
        raise Refused(f"it calls itself {hello.name!r}, its certificate {sorted(channel.names)}")
    return Identity(hello.name, hello.creation)


def _prove(key: bytes, role: str, binding: bytes, hello: _Hello, challenge: _Challenge) -> bytes:
    statement = msgspec.msgpack.encode(("runtime handshake", role, binding, hello, challenge))
    return msgspec.msgpack.encode(_Proof(hmac.digest(key, statement, hashlib.sha256)))


def _check(proof: _Proof, expected: bytes) -> None:
    if not _is_same(proof, expected):
        raise Refused("it does not know the cookie")


def _is_same(proof: _Proof, expected: bytes) -> bool:
    return hmac.compare_digest(msgspec.msgpack.encode(proof), expected)
