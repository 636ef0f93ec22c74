"""The handshake: both sides prove that they know the cookie, and a proof is good for nothing else."""

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
    """Lets both talk to the end: the frames in order, and what each has learnt."""
    hello = next(dialler)
    challenge = acceptor.send(hello)
    proof = dialler.send(challenge)
    met = outcome(acceptor, proof)
    return [hello, challenge, proof, met.last], outcome(dialler, met.last), met


def test_two_nodes_with_one_cookie_learn_who_the_other_is() -> None:
    """Each has the other's name and creation; only the acceptor's proof is left to send."""
    _, dialler_learns, acceptor_learns = conversation(dialling(), accepting())
    assert dialler_learns == Proven(ACCEPTOR, b"")
    assert acceptor_learns.peer == DIALLER


def test_the_cookie_does_not_travel() -> None:
    """No frame contains it."""
    frames, _, _ = conversation(dialling(), accepting())
    assert not any(COOKIE in frame for frame in frames)


def test_frames_of_the_longest_names_fit_the_limit() -> None:
    """Names of the greatest length in the longest characters leave every frame below the limit."""
    name = "\U00020000" * NAME_LIMIT
    dialler = dialling(own=NodeIdentity(name, 2**63 - 1))
    frames, _, _ = conversation(dialler, accepting())
    assert max(map(len, frames)) < HANDSHAKE_FRAME_BYTES


def test_an_acceptor_refuses_a_wrong_cookie_and_proves_nothing() -> None:
    """The dialler gets no proof to try cookies on."""
    dialler, acceptor = dialling(b"wrong"), accepting()
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        acceptor.send(proof)


def test_a_dialler_refuses_an_acceptor_with_a_wrong_cookie() -> None:
    """The proof is mutual: whoever answers at an address is not believed either."""
    frames, _, _ = conversation(dialling(b"wrong"), accepting(b"wrong"))
    dialler = dialling()
    next(dialler)
    dialler.send(frames[1])
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        dialler.send(frames[3])


def test_a_recorded_conversation_is_worth_nothing_to_an_acceptor() -> None:
    """Its new nonce makes the old proof wrong."""
    frames, _, _ = conversation(dialling(), accepting())
    acceptor = accepting(number=3)
    acceptor.send(frames[0])
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        acceptor.send(frames[2])


def test_a_recorded_conversation_is_worth_nothing_to_a_dialler() -> None:
    """The same the other way round."""
    frames, _, _ = conversation(dialling(), accepting())
    dialler = dialling(number=3)
    next(dialler)
    dialler.send(frames[1])
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        dialler.send(frames[3])


def test_a_proof_sent_back_to_its_maker_is_refused() -> None:
    """The roles differ: an answer cannot be reflected."""
    dialler, acceptor = dialling(), accepting()
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        dialler.send(proof)


def test_a_hello_sent_back_is_no_challenge() -> None:
    """Whoever only repeats what it hears gets nowhere."""
    dialler = dialling()
    hello = next(dialler)
    with pytest.raises(HandshakeRefused, match="no challenge"):
        dialler.send(hello)


@pytest.mark.parametrize("posing", [NodeIdentity("impostor", 22), NodeIdentity("acceptor", 23)])
def test_a_proof_for_one_node_is_worth_nothing_to_another(posing: NodeIdentity) -> None:
    """A node in the middle cannot present the proof of another name or another life as its own."""
    dialler, acceptor = dialling(), accepting()
    hello = next(dialler)
    proof = dialler.send(acceptor.send(hello))
    third = accepting(own=posing)
    third.send(hello)
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        third.send(proof)


@pytest.mark.parametrize("claim", [NodeIdentity("another", 11), NodeIdentity("dialler", 12)])
def test_a_name_and_a_creation_cannot_be_claimed_without_proof(claim: NodeIdentity) -> None:
    """A hello that was changed on the way does not match the proof."""
    dialler, acceptor = dialling(), accepting()
    next(dialler)
    hello = next(dialling(own=claim))
    proof = dialler.send(acceptor.send(hello))
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        acceptor.send(proof)


def test_a_dialler_refuses_a_node_of_another_name() -> None:
    """A wrong route leads to an error, not to messages for somebody else."""
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
def test_a_hello_must_be_exactly_right(fields: tuple[object, ...], reason: str) -> None:
    """A foreign version, a short nonce, an impossible name or creation are refused at once."""
    with pytest.raises(HandshakeRefused) as caught:
        accepting().send(msgspec.msgpack.encode(("_Hello", *fields)))
    assert reason in str(caught.value)


@given(st.binary(max_size=HANDSHAKE_FRAME_BYTES))
def test_noise_is_refused_at_every_step(noise: bytes) -> None:
    """Whatever bytes come, the outcome is HandshakeRefused."""
    beginner, advanced, dialler = accepting(), accepting(), dialling()
    advanced.send(next(dialler))
    for handshake in (beginner, advanced, dialler):
        with pytest.raises(HandshakeRefused):
            handshake.send(noise)


def test_text_that_is_no_text_is_refused() -> None:
    """Bytes that are not UTF-8 in the place of a name are the other end's fault."""
    hello = next(dialling()).replace(b"dialler", b"\xff" * len("dialler"))
    with pytest.raises(HandshakeRefused, match="no hello"):
        accepting().send(hello)


def test_of_several_cookies_the_first_is_shown_and_all_are_accepted() -> None:
    """During a change, nodes that show the old and nodes that show the new one meet."""
    for shown in (b"old", b"new"):
        _, dialler_learns, acceptor_learns = conversation(
            dialling(shown, b"other"), accepting(b"new", b"old")
        )
        assert (dialler_learns.peer, acceptor_learns.peer) == (ACCEPTOR, DIALLER)


def test_a_dialler_does_not_show_any_cookie_but_its_first() -> None:
    """A node that knows the second only is not convinced."""
    dialler, acceptor = dialling(b"new", b"old"), accepting(b"old")
    proof = dialler.send(acceptor.send(next(dialler)))
    with pytest.raises(HandshakeRefused, match="it does not know the cookie"):
        acceptor.send(proof)


@pytest.mark.parametrize("side", ["dialler", "acceptor"])
def test_a_proof_passed_on_from_one_encrypted_channel_to_another_is_refused(side: str) -> None:
    """Somebody who decrypts and encrypts between two nodes cannot use what they prove."""
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


def test_a_certificate_for_another_name_ends_the_handshake_before_anything_is_proved() -> None:
    """Although that name's bearer knows the cookie, both ends refuse at its first frame."""
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


def test_a_certificate_may_name_several_nodes() -> None:
    """Any of them is proved by it; a certificate that names nobody proves nothing."""
    both = Channel(names=frozenset({"dialler", "acceptor", "third"}))
    _, dialler_learns, _ = conversation(dialling(channel=both), accepting(channel=both))
    assert dialler_learns.peer == ACCEPTOR
    with pytest.raises(HandshakeRefused, match="its certificate"):
        accepting(channel=Channel(names=frozenset())).send(next(dialling()))


def test_a_cookie_is_stretched_always_to_the_same_key() -> None:
    """Nodes with one cookie have one key, others another, and it shows nothing of the cookie."""
    assert stretch("cookie") == stretch("cookie")
    assert stretch("cookie") != stretch("cookie ")
    assert b"cookie" not in stretch("cookie")
