"""Two nodes prove to each other that they know the cookie, before anything else is read.

Leaves connections to `connection`: a handshake is a generator that yields each frame to send, is
sent each frame that came, and returns who the other node is.

    dialler   hello      name, creation, nonce
    acceptor  challenge  the same, and the salt of its keys
    dialler   proof      and whether it objects to the acceptor
    acceptor  verdict    a proof, and why it refuses the dialler, if it does
    dialler   verdict    only if it objects: why

Each side makes a nonce. It proves itself with an HMAC over its role, both nonces, both names, both
creations, the version, the binding of the channel, and what else its frame says. The cookie itself is
never sent. A proof is worthless in another connection (the nonces differ), to the node that made it (the
roles differ), to a third node (the names differ), and between two encrypted channels (the bindings
differ). Which creation a node has to exceed is told only to a node that has proved itself.

This authenticates the beginning of a connection and not the bytes that follow. If others can write
to the network, TLS is needed. An attacker that makes a node dial it can try out cookies offline:
cookies must be long and random.
"""

import hashlib
import hmac
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import msgspec

from runtime.limits import VERSION
from runtime.network.cookies import SALT_LENGTH, Keys
from runtime.network.lane import FIRST_LINK, Generation, Lane, LinkIdentity
from runtime.network.transport import Channel
from runtime.pid import Pid

NONCE_LENGTH = 32
"""How many bytes a nonce has."""

REASON_LIMIT = 200
"""How many characters of a reason are sent: a frame has room for so many of four bytes each."""


class HandshakeRefused(Exception):
    """This node refuses the other one, which has not proved what it must prove; the text says what."""

    def __init__(self, reason: str, last: bytes = b"") -> None:
        super().__init__(reason)
        self.last = last
        """A frame that tells the other node; empty if it is told nothing."""


class RefusedByPeer(Exception):
    """The other node, which has proved who it is, refuses this one."""

    def __init__(self, peer: "NodeIdentity", refusal: "RefusalNotice") -> None:
        super().__init__(refusal.reason)
        self.peer = peer
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """The name of a node, and its creation, which tells one start of it from the next."""

    name: str
    creation: int
    raised: int = field(default=0, compare=False)
    """A higher creation, which it takes part with since it was told that its own is too low; else 0."""

    @property
    def precedence(self) -> int:
        """Of two incarnations of a node, the one in which this is higher is the later."""
        return max(self.creation, self.raised)


class RefusalNotice(NamedTuple):
    """Why a node refuses another one that has proved who it is."""

    reason: str
    exceed: int = 0
    """The precedence that it would have to exceed; 0 if that would not help."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the other node is, and the frame that still has to be sent to it; empty if there is none."""

    peer: NodeIdentity
    last: bytes
    link: LinkIdentity = FIRST_LINK
    """What the connection is for, as the dialler has said."""


class KeyRequest(NamedTuple):
    """Is yielded where a frame could be: the handshake goes on when it is sent the key for this salt."""

    salt: bytes


Handshake = Generator[bytes | KeyRequest, bytes, Proven]
"""Yields frames to send (empty: none), is sent the frames that come.

Raises HandshakeRefused or RefusedByPeer.
"""

Objection = Callable[[NodeIdentity], RefusalNotice | None]
"""Returns why this node, if it proves who it is, is refused; None if it is accepted."""


# The first four fields are those of version 1, so that a node of that version is told its version.
class _Introduction(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    version: int
    name: str
    creation: int
    nonce: bytes
    raised: int = 0


class _Hello(_Introduction, frozen=True, tag=True):
    lane: Lane = Lane.ORDINARY
    generation: Generation = 1


class _Challenge(_Introduction, frozen=True, tag=True):
    salt: bytes = b""


class _Proof(msgspec.Struct, frozen=True, array_like=True, tag=True, forbid_unknown_fields=True):
    objects: bool
    digest: bytes


class _Verdict(msgspec.Struct, frozen=True, array_like=True, tag=True, forbid_unknown_fields=True):
    reason: str
    exceed: int
    digest: bytes


class _Sorry(msgspec.Struct, frozen=True, array_like=True, tag=True, forbid_unknown_fields=True):
    """Tells the other side why it is refused. It is sent without a proof, so it is only logged."""

    reason: str


_Frame = TypeVar("_Frame", _Hello, _Challenge, _Proof, _Verdict)

_READERS: dict[type, msgspec.msgpack.Decoder[Any]] = {
    kind: msgspec.msgpack.Decoder(kind | _Sorry) for kind in (_Hello, _Challenge, _Proof, _Verdict)
}

ACCEPTED = RefusalNotice("")


@dataclass(frozen=True, slots=True)
class _Statement:
    """What both sides of one handshake know when they prove themselves."""

    binding: bytes
    hello: _Hello
    challenge: _Challenge

    def prove(self, key: bytes, role: str, said: tuple[object, ...]) -> bytes:
        stated = ("runtime handshake", role, self.binding, self.hello, self.challenge, said)
        return hmac.digest(key, msgspec.msgpack.encode(stated), hashlib.sha256)

    def proof(self, key: bytes, objects: bool) -> bytes:
        digest = self.prove(key, "dialler", (objects,))
        return msgspec.msgpack.encode(_Proof(objects, digest))

    def verdict(self, key: bytes, role: str, refusal: RefusalNotice) -> bytes:
        said = RefusalNotice(refusal.reason[:REASON_LIMIT], refusal.exceed)
        digest = self.prove(key, f"{role}'s verdict", said)
        return msgspec.msgpack.encode(_Verdict(*said, digest))

    def read_verdict(self, key: bytes, role: str, frame: bytes) -> RefusalNotice:
        verdict = _read(frame, _Verdict)
        said = RefusalNotice(verdict.reason, verdict.exceed)
        if not hmac.compare_digest(verdict.digest, self.prove(key, f"{role}'s verdict", said)):
            raise HandshakeRefused("it does not know the cookie")
        return said


def dial(
    own: NodeIdentity,
    wanted: str,
    nonce: bytes,
    channel: Callable[[], Channel],
    objection: Objection,
    link: LinkIdentity = FIRST_LINK,
) -> Handshake:
    """The side that connected, and wants to reach the node with the name `wanted`."""
    introduction = (VERSION, own.name, own.creation, nonce, own.raised)
    hello = _Hello(*introduction, link.lane, link.generation)
    challenge = _read((yield msgspec.msgpack.encode(hello)), _Challenge)
    peer = _introduced(challenge, channel())
    if peer.name != wanted:
        raise _sorry(f"the node there is {peer.name!r}, not {wanted!r}")
    if len(challenge.salt) != SALT_LENGTH:
        raise HandshakeRefused(f"a salt of {len(challenge.salt)} bytes instead of {SALT_LENGTH}")
    key = yield KeyRequest(challenge.salt)
    statement = _Statement(channel().binding, hello, challenge)
    refusal = objection(peer)
    frame = yield statement.proof(key, refusal is not None)
    answer = statement.read_verdict(key, "acceptor", frame)
    if refusal is not None:
        last = statement.verdict(key, "dialler", refusal)
        raise HandshakeRefused(f"{peer.name}: {refusal.reason}", last)
    if answer != ACCEPTED:
        raise RefusedByPeer(peer, answer)
    return Proven(peer, b"", link)


def accept(
    keys: Keys,
    salt: bytes,
    own: NodeIdentity,
    nonce: bytes,
    channel: Callable[[], Channel],
    objection: Objection,
) -> Handshake:
    """The side that was connected to; it proves nothing before the other side has proved itself."""
    hello = _read((yield b""), _Hello)
    peer = _introduced(hello, channel())
    challenge = _Challenge(VERSION, own.name, own.creation, nonce, own.raised, salt)
    proof = _read((yield msgspec.msgpack.encode(challenge)), _Proof)
    statement = _Statement(channel().binding, hello, challenge)
    key = _key_of(proof, keys, statement, peer)
    refusal = objection(peer)
    last = statement.verdict(key, "acceptor", refusal or ACCEPTED)
    if proof.objects:
        raise RefusedByPeer(peer, statement.read_verdict(key, "dialler", (yield last)))
    if refusal is not None:
        raise HandshakeRefused(f"{peer.name}: {refusal.reason}", last)
    return Proven(peer, last, LinkIdentity(hello.lane, hello.generation))


def _key_of(proof: _Proof, keys: Keys, statement: _Statement, peer: NodeIdentity) -> bytes:
    for key in keys:
        expected = statement.prove(key, "dialler", (proof.objects,))
        if hmac.compare_digest(proof.digest, expected):
            return key
    acceptor = statement.challenge.name
    raise _sorry(f"{peer.name} does not prove that it knows the cookie of {acceptor}")


def _read(frame: bytes, kind: type[_Frame]) -> _Frame:
    try:
        found: _Frame | _Sorry = _READERS[kind].decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise HandshakeRefused(f"no {kind.__name__.strip('_').lower()}: {error}") from error
    if isinstance(found, _Sorry):
        raise HandshakeRefused(f"it refuses this node: {found.reason[:REASON_LIMIT]}")
    return found


def _introduced(hello: _Introduction, channel: Channel) -> NodeIdentity:
    if hello.version != VERSION:
        raise _sorry(f"it speaks version {hello.version}, this is version {VERSION}")
    if len(hello.nonce) != NONCE_LENGTH:
        raise HandshakeRefused(f"a nonce of {len(hello.nonce)} bytes instead of {NONCE_LENGTH}")
    try:
        for creation in (hello.creation, hello.raised or hello.creation):
            Pid(hello.name, creation, 1)
    except ValueError as error:
        raise HandshakeRefused(str(error)) from error
    # All nodes share one cookie: without this check, each node could use the name of any other.
    if channel.names is not None and hello.name not in channel.names:
        names = sorted(channel.names)
        raise _sorry(f"it calls itself {hello.name!r}, its certificate {names}")
    return NodeIdentity(hello.name, hello.creation, hello.raised)


def _sorry(reason: str) -> HandshakeRefused:
    return HandshakeRefused(reason, msgspec.msgpack.encode(_Sorry(reason[:REASON_LIMIT])))
