"""Two nodes prove to each other that they know the cookie, before anything else is read.

Knows nothing of connections: a handshake is a generator that yields the frame to send, is sent the
frame that came, and returns who the other one is. The idea: each side invents a nonce, and proves
itself by an HMAC over its role, both nonces, both names, both creations and the version. The cookie
never travels; a proof is worth nothing in another connection (the nonces differ), sent back to its
maker (the roles differ) or shown to a third node (the names differ).

It authenticates the beginning, not the bytes that follow: on a network that others can write to,
that takes TLS. Whoever lures a node into dialling can try cookies at home: make them long and random.
"""

import hashlib
import hmac
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from runtime.pid import Pid
from runtime.wire import VERSION

FRAME_LIMIT = 1024
"""The longest frame of a handshake, in bytes."""

NONCE_LENGTH = 32


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


def dial(cookie: bytes, own: Identity, wanted: str, nonce: bytes) -> Handshake:
    """The side that connected, and wants to reach the node of that name."""
    hello = _Hello(VERSION, own.name, own.creation, nonce)
    challenge = _read((yield msgspec.msgpack.encode(hello)), _Challenge)
    peer = _introduced(challenge)
    if peer.name != wanted:
        raise Refused(f"the node there is {peer.name!r}, not {wanted!r}")
    proof = _read((yield _prove(cookie, "dialer", hello, challenge)), _Proof)
    _check(proof, _prove(cookie, "acceptor", hello, challenge))
    return Proven(peer, b"")


def accept(cookie: bytes, own: Identity, nonce: bytes) -> Handshake:
    """The side that was connected to; proves nothing to whoever has not."""
    hello = _read((yield b""), _Hello)
    peer = _introduced(hello)
    challenge = _Challenge(VERSION, own.name, own.creation, nonce)
    proof = _read((yield msgspec.msgpack.encode(challenge)), _Proof)
    _check(proof, _prove(cookie, "dialer", hello, challenge))
    return Proven(peer, _prove(cookie, "acceptor", hello, challenge))


def _read(frame: bytes, kind: type[_Frame]) -> _Frame:
    try:
        return msgspec.msgpack.decode(frame, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"no {kind.__name__.strip('_').lower()}: {error}") from error


def _introduced(hello: _Hello) -> Identity:
    if hello.version != VERSION:
        raise Refused(f"it speaks version {hello.version}, this is version {VERSION}")
    if len(hello.nonce) != NONCE_LENGTH:
        raise Refused(f"a nonce of {len(hello.nonce)} bytes instead of {NONCE_LENGTH}")
    try:
        Pid(hello.name, hello.creation, 1)
    except ValueError as error:
        raise Refused(str(error)) from error
    return Identity(hello.name, hello.creation)


def _prove(cookie: bytes, role: str, hello: _Hello, challenge: _Challenge) -> bytes:
    statement = msgspec.msgpack.encode(("runtime handshake", role, hello, challenge))
    return msgspec.msgpack.encode(_Proof(hmac.digest(cookie, statement, hashlib.sha256)))


def _check(proof: _Proof, expected: bytes) -> None:
    if not hmac.compare_digest(msgspec.msgpack.encode(proof), expected):
        raise Refused("it does not know the cookie")
