"""The handshake: both sides prove that they know the cookie, and a proof has no other use."""

from collections.abc import Generator
from typing import cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.limits import HANDSHAKE_FRAME_BYTES, VERSION
from runtime.network.cookies import SALT_LENGTH
from runtime.network.handshake import (
    NONCE_LENGTH,
    REASON_LIMIT,
    Handshake,
    HandshakeRefused,
    KeyRequest,
    NodeIdentity,
    Objection,
    Proven,
    RefusalNotice,
    RefusedByPeer,
    accept,
    dial,
)
from runtime.network.lane import FIRST_LINK, Lane, LinkIdentity
from runtime.network.transport import Channel
from runtime.pid import NAME_LIMIT

KEY, SALT = b"a key", bytes(range(SALT_LENGTH))
OPEN = Channel()
DIALLER, ACCEPTOR = NodeIdentity("dialler", 11), NodeIdentity("acceptor", 22)
TOO_OLD = RefusalNotice("an older incarnation", 99)

Frames = Generator[bytes, bytes, Proven]


def nonce(number: int) -> bytes:
    """A nonce, different for each number."""
    return bytes([number]) * NONCE_LENGTH


def welcome(peer: NodeIdentity) -> None:
    """Objects to no node."""


def keyed(shaking: Handshake, key: bytes) -> Frames:
    """The frames of a dialler, who has this key for the salt of the acceptor."""
    frame = yield _frame(next(shaking))
    request = shaking.send(frame)
    assert request == KeyRequest(SALT)
    frame = yield _frame(shaking.send(key))
    try:
        shaking.send(frame)
    except StopIteration as finished:
        proven: Proven = finished.value
        return proven
    raise AssertionError("the dialler has sent a third frame")


def _frame(step: bytes | KeyRequest) -> bytes:
    assert isinstance(step, bytes)
    return step


def dialling(
    key: bytes = KEY,
    *,
    own: NodeIdentity = DIALLER,
    number: int = 1,
    channel: Channel = OPEN,
    objection: Objection = welcome,
    link: LinkIdentity = FIRST_LINK,
) -> Frames:
    """The dialler's side."""
    dialler = dial(own, "acceptor", nonce(number), lambda: channel, objection, link)
    return keyed(dialler, key)


def accepting(
    *keys: bytes,
    own: NodeIdentity = ACCEPTOR,
    number: int = 2,
    channel: Channel = OPEN,
    objection: Objection = welcome,
) -> Frames:
    """The acceptor's side, waiting for the first frame."""
    handshake = accept(keys or (KEY,), SALT, own, nonce(number), lambda: channel, objection)
    assert next(handshake) == b""
    return cast(Frames, handshake)


def outcome(handshake: Frames, frame: bytes) -> Proven:
    """What the handshake returns at its last frame."""
    with pytest.raises(StopIteration) as finished:
        handshake.send(frame)
    assert isinstance(finished.value.value, Proven)
    return finished.value.value


def conversation(dialler: Frames, acceptor: Frames) -> tuple[list[bytes], Proven, Proven]:
    """Runs both sides to the end; returns the frames in order, and what each side learned."""
    hello = next(dialler)
    challenge = acceptor.send(hello)
    proof = dialler.send(challenge)
    met = outcome(acceptor, proof)
    return [hello, challenge, proof, met.last], outcome(dialler, met.last), met


@pytest.mark.parametrize("link", [FIRST_LINK, LinkIdentity(Lane.URGENT, 7)])
def test_handshake_tells_both_nodes_who_the_other_is(link: LinkIdentity) -> None:
    """Name and creation, and what the link is for; only the proof of the acceptor is left to send."""
    _, dialler_learns, acceptor_learns = conversation(dialling(link=link), accepting())
    assert dialler_learns == Proven(ACCEPTOR, b"", link)
    assert (acceptor_learns.peer, acceptor_learns.link) == (DIALLER, link)


def test_handshake_never_sends_the_key() -> None:
    """No frame contains it."""
    frames, _, _ = conversation(dialling(), accepting())
    assert not any(KEY in frame for frame in frames)


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
    with pytest.raises(
        HandshakeRefused, match="dialler does not prove that it knows the cookie of acceptor"
    ):
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
    with pytest.raises(HandshakeRefused, match="dialler does not prove that it knows the cookie"):
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
    with pytest.raises(HandshakeRefused, match="no verdict"):
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
    with pytest.raises(HandshakeRefused, match="dialler does not prove that it knows the cookie"):
        third.send(proof)


@pytest.mark.parametrize("claim", [NodeIdentity("another", 11), NodeIdentity("dialler", 12)])
def test_accept_refuses_a_hello_that_was_changed(claim: NodeIdentity) -> None:
    """Name and creation are part of the proof."""
    dialler, acceptor = dialling(), accepting()
    next(dialler)
    hello = next(dialling(own=claim))
    proof = dialler.send(acceptor.send(hello))
    with pytest.raises(
        HandshakeRefused, match="does not prove that it knows the cookie of acceptor"
    ):
        acceptor.send(proof)


def test_dial_refuses_a_node_of_another_name() -> None:
    """A wrong route gives an error, and no message goes to the wrong node."""
    dialler, acceptor = dialling(), accepting(own=NodeIdentity("stranger", 1))
    with pytest.raises(HandshakeRefused, match="the node there is 'stranger', not 'acceptor'"):
        dialler.send(acceptor.send(next(dialler)))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ((1, "dialler", 1, nonce(1)), f"it speaks version 1, this is version {VERSION}"),
        ((VERSION, "dialler", 1, nonce(1), -1), "creation must be between"),
        ((VERSION, "dialler", 1, nonce(1), 0, 2, 1), "no hello: Invalid enum value 2"),
        ((VERSION, "dialler", 1, nonce(1), 0, 0, 2**32), "no hello: Expected `int` <= 4294967295"),
        ((VERSION, "dialler", 1, b"short"), "a nonce of 5 bytes instead of 32"),
        ((VERSION, "a@b", 1, nonce(1)), "node must be 1 to 100 printable"),
        ((VERSION, "dialler", 0, nonce(1)), "creation must be between"),
        ((VERSION, "dialler", 2**64 - 1, nonce(1)), "creation must be between"),
        ((VERSION, "dialler", "1", nonce(1)), "no hello: Expected `int`"),
        (
            (VERSION, "dialler", 1, nonce(1), 0, 0, 1, "more"),
            "no hello: Expected `array` of at most",
        ),
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
            dialling(shown), accepting(b"new", b"old")
        )
        assert (dialler_learns.peer, acceptor_learns.peer) == (ACCEPTOR, DIALLER)


@pytest.mark.parametrize("side", ["dialler", "acceptor"])
def test_accept_refuses_a_proof_from_another_encrypted_channel(side: str) -> None:
    """A man in the middle that decrypts and encrypts cannot use the proofs of two nodes."""
    near, far = Channel(b"near"), Channel(b"far")
    dialler, acceptor = dialling(channel=near), accepting(channel=far)
    if side == "acceptor":
        proof = dialler.send(acceptor.send(next(dialler)))
        with pytest.raises(
            HandshakeRefused, match="dialler does not prove that it knows the cookie"
        ):
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


def test_dial_refuses_a_salt_of_another_length() -> None:
    """For each salt a key is made, so only what a node sends is accepted."""
    acceptor = accept((KEY,), b"short", ACCEPTOR, nonce(2), lambda: OPEN, welcome)
    next(acceptor)
    dialler = dialling()
    challenge = acceptor.send(next(dialler))
    assert isinstance(challenge, bytes)
    with pytest.raises(HandshakeRefused, match="a salt of 5 bytes instead of 16"):
        dialler.send(challenge)


def test_precedence_is_the_higher_of_creation_and_what_it_was_raised_to() -> None:
    """It travels in the handshake, and the identity stays the same."""
    raised = NodeIdentity("dialler", 11, 50)
    _, _, met = conversation(dialling(own=raised), accepting())
    assert (met.peer, met.peer.precedence) == (DIALLER, 50)
    assert DIALLER.precedence == 11


def test_dialler_that_is_refused_hears_why() -> None:
    """After its proof, and in a frame that proves who says so; the acceptor knows whom it refused."""
    dialler, acceptor = dialling(), accepting(objection=lambda peer: TOO_OLD)
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused, match="dialler: an older incarnation") as refused:
        acceptor.send(proof)
    with pytest.raises(RefusedByPeer) as heard:
        dialler.send(refused.value.last)
    assert (heard.value.peer, heard.value.refusal) == (ACCEPTOR, TOO_OLD)


def test_acceptor_that_is_refused_hears_why() -> None:
    """After its proof too: the dialler's own proof only says that it objects."""
    dialler, acceptor = dialling(objection=lambda peer: TOO_OLD), accepting()
    proof = dialler.send(acceptor.send(next(dialler)))
    assert b"older" not in proof
    verdict = acceptor.send(proof)
    with pytest.raises(HandshakeRefused, match="acceptor: an older incarnation") as refused:
        dialler.send(verdict)
    with pytest.raises(RefusedByPeer) as heard:
        acceptor.send(refused.value.last)
    assert (heard.value.peer, heard.value.refusal) == (DIALLER, TOO_OLD)


def test_verdict_that_was_changed_is_no_proof() -> None:
    """Its reason and its creation are part of what is proved."""
    dialler, acceptor = dialling(), accepting(objection=lambda peer: TOO_OLD)
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused) as refused:
        acceptor.send(proof)
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        dialler.send(refused.value.last.replace(b"older", b"newer"))


def test_stranger_is_told_only_that_it_has_proved_nothing() -> None:
    """A node with a mistyped cookie can log the reason, but is not told which creation it must exceed."""
    dialler, acceptor = dialling(b"wrong"), accepting(objection=lambda peer: TOO_OLD)
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused) as refused:
        acceptor.send(proof)
    heard = "it refuses this node: dialler does not prove that it knows the cookie of acceptor"
    with pytest.raises(HandshakeRefused, match=heard) as told:
        dialler.send(refused.value.last)
    assert told.value.last == b""


def test_wrong_address_is_told_to_both_nodes() -> None:
    """The node that was reached by mistake hears whom the dialler wanted."""
    dialler, acceptor = dialling(), accepting(own=NodeIdentity("stranger", 1))
    with pytest.raises(HandshakeRefused) as refused:
        dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused, match="the node there is 'stranger', not 'acceptor'"):
        acceptor.send(refused.value.last)


def test_reasons_are_cut_so_that_they_fit() -> None:
    """A verdict with the longest reason, in the longest letters, is no longer than a frame may be."""
    long = RefusalNotice("\U00020000" * 1000, 2**63 - 1)
    dialler, acceptor = dialling(), accepting(objection=lambda peer: long)
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused) as refused:
        acceptor.send(proof)
    assert len(refused.value.last) < HANDSHAKE_FRAME_BYTES
    with pytest.raises(RefusedByPeer) as heard:
        dialler.send(refused.value.last)
    assert heard.value.refusal == RefusalNotice(long.reason[:REASON_LIMIT], long.exceed)
