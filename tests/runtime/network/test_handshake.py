"""The handshake: both sides prove that they know the cookie, and a proof has no other use."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.limits import HANDSHAKE_FRAME_BYTES
from runtime.network.handshake import (
    NONCE_LENGTH,
    Handshake,
    HandshakeRefused,
    NodeIdentity,
    Proven,
    accept,
    dial,
    stretch,
)
from runtime.network.transport import Channel
from runtime.network.wire import VERSION
from runtime.pid import NAME_LIMIT

COOKIE = b"a cookie"
OPEN = Channel()
DIALLER, ACCEPTOR = NodeIdentity("dialler", 11), NodeIdentity("acceptor", 22)


def nonce(number: int) -> bytes:
    """A nonce, different for each number."""
    return bytes([number]) * NONCE_LENGTH


def dialling(
    *keys: bytes, own: NodeIdentity = DIALLER, number: int = 1, channel: Channel = OPEN
) -> Handshake:
    """The dialler's side."""
    return dial(keys or (COOKIE,), own, "acceptor", nonce(number), lambda: channel)


def accepting(
    *keys: bytes, own: NodeIdentity = ACCEPTOR, number: int = 2, channel: Channel = OPEN
) -> Handshake:
    """The acceptor's side, waiting for the first frame."""
    handshake = accept(keys or (COOKIE,), own, nonce(number), lambda: channel)
    assert next(handshake) == b""
    return handshake


def outcome(handshake: Handshake, frame: bytes) -> Proven:
    """What the handshake returns at its last frame."""
    with pytest.raises(StopIteration) as finished:
        handshake.send(frame)
    assert isinstance(finished.value.value, Proven)
    return finished.value.value


def conversation(dialler: Handshake, acceptor: Handshake) -> tuple[list[bytes], Proven, Proven]:
    """Runs both sides to the end; returns the frames in order, and what each side learned."""
    hello = next(dialler)
    challenge = acceptor.send(hello)
    proof = dialler.send(challenge)
    met = outcome(acceptor, proof)
    return [hello, challenge, proof, met.last], outcome(dialler, met.last), met


def test_handshake_tells_both_nodes_who_the_other_is() -> None:
    """Name and creation; only the proof of the acceptor is left to send."""
    _, dialler_learns, acceptor_learns = conversation(dialling(), accepting())
    assert dialler_learns == Proven(ACCEPTOR, b"")
    assert acceptor_learns.peer == DIALLER


def test_handshake_never_sends_the_cookie() -> None:
    """No frame contains it."""
    frames, _, _ = conversation(dialling(), accepting())
    assert not any(COOKIE in frame for frame in frames)


def test_handshake_frames_fit_the_limit() -> None:
    """With names of the greatest length, made of the longest characters."""
    name = "\U00020000" * NAME_LIMIT
    dialler = dialling(own=NodeIdentity(name, 2**63 - 1))
    frames, _, _ = conversation(dialler, accepting())
    assert max(map(len, frames)) < HANDSHAKE_FRAME_BYTES


def test_accept_refuses_a_wrong_cookie_and_proves_nothing() -> None:
    """The dialler gets no proof to try cookies on."""
    dialler, acceptor = dialling(b"wrong"), accepting()
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        acceptor.send(proof)


def test_dial_refuses_an_acceptor_with_a_wrong_cookie() -> None:
    """Both sides must prove themselves."""
    frames, _, _ = conversation(dialling(b"wrong"), accepting(b"wrong"))
    dialler = dialling()
    next(dialler)
    dialler.send(frames[1])
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        dialler.send(frames[3])


def test_accept_refuses_a_recorded_handshake() -> None:
    """Its new nonce makes the old proof wrong."""
    frames, _, _ = conversation(dialling(), accepting())
    acceptor = accepting(number=3)
    acceptor.send(frames[0])
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        acceptor.send(frames[2])


def test_dial_refuses_a_recorded_handshake() -> None:
    """Its new nonce makes the old proof wrong."""
    frames, _, _ = conversation(dialling(), accepting())
    dialler = dialling(number=3)
    next(dialler)
    dialler.send(frames[1])
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        dialler.send(frames[3])


def test_dial_refuses_its_own_proof() -> None:
    """The roles differ, so a proof cannot be reflected."""
    dialler, acceptor = dialling(), accepting()
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        dialler.send(proof)


def test_dial_refuses_its_own_hello() -> None:
    """A program that only repeats what it receives gets no further."""
    dialler = dialling()
    hello = next(dialler)
    with pytest.raises(HandshakeRefused, match="no challenge"):
        dialler.send(hello)


@pytest.mark.parametrize("posing", [NodeIdentity("impostor", 22), NodeIdentity("acceptor", 23)])
def test_accept_refuses_a_proof_that_was_made_for_another_node(posing: NodeIdentity) -> None:
    """A node in the middle cannot use the proof of another name or another incarnation."""
    dialler, acceptor = dialling(), accepting()
    hello = next(dialler)
    proof = dialler.send(acceptor.send(hello))
    third = accepting(own=posing)
    third.send(hello)
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        third.send(proof)


@pytest.mark.parametrize("claim", [NodeIdentity("another", 11), NodeIdentity("dialler", 12)])
def test_accept_refuses_a_hello_that_was_changed(claim: NodeIdentity) -> None:
    """Name and creation are part of the proof."""
    dialler, acceptor = dialling(), accepting()
    next(dialler)
    hello = next(dialling(own=claim))
    proof = dialler.send(acceptor.send(hello))
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        acceptor.send(proof)


def test_dial_refuses_a_node_of_another_name() -> None:
    """A wrong route gives an error, and no message goes to the wrong node."""
    dialler, acceptor = dialling(), accepting(own=NodeIdentity("stranger", 1))
    with pytest.raises(HandshakeRefused, match="the node there is 'stranger', not 'acceptor'"):
        dialler.send(acceptor.send(next(dialler)))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ((VERSION + 1, "dialler", 1, nonce(1)), "it speaks version 2, this is version 1"),
        ((VERSION, "dialler", 1, b"short"), "a nonce of 5 bytes instead of 32"),
        ((VERSION, "a@b", 1, nonce(1)), "node must be 1 to 100 printable"),
        ((VERSION, "dialler", 0, nonce(1)), "creation must be between"),
        ((VERSION, "dialler", 2**64 - 1, nonce(1)), "creation must be between"),
        ((VERSION, "dialler", "1", nonce(1)), "no hello: Expected `int`"),
        ((VERSION, "dialler", 1, nonce(1), "more"), "no hello: Expected `array` of at most"),
    ],
)
def test_accept_refuses_a_hello_that_is_not_exactly_right(
    fields: tuple[object, ...], reason: str
) -> None:
    """Another version, a short nonce, an impossible name or creation."""
    with pytest.raises(HandshakeRefused) as caught:
        accepting().send(msgspec.msgpack.encode(("_Hello", *fields)))
    assert reason in str(caught.value)


@given(st.binary(max_size=HANDSHAKE_FRAME_BYTES))
def test_handshake_refuses_noise_at_every_step(noise: bytes) -> None:
    """For any bytes, the outcome is HandshakeRefused."""
    beginner, advanced, dialler = accepting(), accepting(), dialling()
    advanced.send(next(dialler))
    for handshake in (beginner, advanced, dialler):
        with pytest.raises(HandshakeRefused):
            handshake.send(noise)


def test_handshake_refuses_a_name_that_is_not_utf_8() -> None:
    """This is a fault of the other node."""
    hello = next(dialling()).replace(b"dialler", b"\xff" * len("dialler"))
    with pytest.raises(HandshakeRefused, match="no hello"):
        accepting().send(hello)


def test_handshake_proves_with_the_first_cookie_and_accepts_all() -> None:
    """While a cookie is replaced, nodes that prove with the old and with the new one connect."""
    for shown in (b"old", b"new"):
        _, dialler_learns, acceptor_learns = conversation(
            dialling(shown, b"other"), accepting(b"new", b"old")
        )
        assert (dialler_learns.peer, acceptor_learns.peer) == (ACCEPTOR, DIALLER)


def test_dial_proves_with_its_first_cookie_only() -> None:
    """A node that knows only the second one refuses."""
    dialler, acceptor = dialling(b"new", b"old"), accepting(b"old")
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        acceptor.send(proof)


@pytest.mark.parametrize("side", ["dialler", "acceptor"])
def test_accept_refuses_a_proof_from_another_encrypted_channel(side: str) -> None:
    """A man in the middle that decrypts and encrypts cannot use the proofs of two nodes."""
    near, far = Channel(b"near"), Channel(b"far")
    dialler, acceptor = dialling(channel=near), accepting(channel=far)
    if side == "acceptor":
        proof = dialler.send(acceptor.send(next(dialler)))
        with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
            acceptor.send(proof)
    else:
        frames, _, _ = conversation(dialling(channel=far), accepting(channel=far))
        next(dialler)
        dialler.send(frames[1])
        with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
            dialler.send(frames[3])


def test_handshake_refuses_a_name_that_the_certificate_does_not_have() -> None:
    """Both sides refuse at the first frame, although the other side knows the cookie."""
    hello = next(dialling())
    challenge = accepting().send(hello)
    with pytest.raises(
        HandshakeRefused, match=r"it calls itself 'dialler', its certificate \['evil'\]"
    ):
        accepting(channel=Channel(names=frozenset({"evil"}))).send(hello)
    dialler = dialling(channel=Channel(names=frozenset({"dialler"})))
    next(dialler)
    with pytest.raises(HandshakeRefused, match=r"it calls itself 'acceptor', its certificate"):
        dialler.send(challenge)


def test_handshake_accepts_each_name_of_a_certificate() -> None:
    """A certificate without names proves no name."""
    both = Channel(names=frozenset({"dialler", "acceptor", "third"}))
    _, dialler_learns, _ = conversation(dialling(channel=both), accepting(channel=both))
    assert dialler_learns.peer == ACCEPTOR
    with pytest.raises(HandshakeRefused, match="its certificate"):
        accepting(channel=Channel(names=frozenset())).send(next(dialling()))


def test_stretch_gives_one_key_for_one_cookie() -> None:
    """Another cookie gives another key, and no key shows its cookie."""
    assert stretch("cookie") == stretch("cookie")
    assert stretch("cookie") != stretch("cookie ")
    assert b"cookie" not in stretch("cookie")
