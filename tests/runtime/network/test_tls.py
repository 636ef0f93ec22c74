"""TLS without sockets: who is accepted, what is proved, which files are used and when."""

import contextlib
import dataclasses
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.logs import process_log
from runtime.network.session import InsecureSession
from runtime.network.tls import Credentials, Tls, TlsSession
from runtime.network.transport import Channel
from tests.runtime.certificates import LONG_AGO, Authority

LOG = process_log("a")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The authority of the nodes."""
    return Authority(tmp_path / "authority")


def credentials(files: Tls, node: str = "a") -> Credentials:
    """The credentials of node a, unless another node is named."""
    return Credentials(files, node, LOG)


def shake_hands(dialler: TlsSession, acceptor: TlsSession) -> None:
    """Carries bytes in both directions until neither side has any to send."""
    while said := dialler.outgoing():
        assert acceptor.receive(said) == b""
        assert dialler.receive(acceptor.outgoing()) == b""


def established(dialler: Credentials, acceptor: Credentials) -> tuple[TlsSession, TlsSession]:
    """Two sessions after their handshake."""
    near, far = dialler.dial(), acceptor.accept()
    shake_hands(near, far)
    return near, far


def test_session_gives_both_ends_the_names_and_one_binding(authority: Authority) -> None:
    """With another acceptor the binding is another."""
    a, b = credentials(authority.sign("a")), credentials(authority.sign("b", "b2"), "b")
    near, far = established(a, b)
    assert near.channel.names == frozenset({"b", "b2"})
    assert far.channel.names == frozenset({"a"})
    assert near.channel.binding == far.channel.binding != b""
    back, _ = established(b, a)
    assert back.channel.binding != near.channel.binding


@pytest.mark.parametrize("size", [1, 16_384, 1_000_000])
def test_session_encrypts_what_it_carries(authority: Authority, size: int) -> None:
    """Whatever the length, in both directions."""
    a = credentials(authority.sign("a"))
    for one, other in (ends := established(a, a), ends[::-1]):
        text = b"x" * size
        carried = one.send(text)
        assert other.receive(carried) == text
        assert text not in carried or size == 1


def test_session_sends_nothing_before_the_handshake_is_done(authority: Authority) -> None:
    """The certificate of the other end is verified first."""
    a = credentials(authority.sign("a"))
    dialler, acceptor = a.dial(), a.accept()
    hello = dialler.send(b"first ") + dialler.send(b"words")
    dialler.receive((acceptor.receive(hello), acceptor.outgoing())[1])
    assert acceptor.receive(dialler.outgoing()) == b"first words"


def test_session_announces_its_end(authority: Authority) -> None:
    """After the last bytes; without the announcement the other end is not over."""
    a = credentials(authority.sign("a"))
    near, far = established(a, a)
    assert far.receive(near.send(b"last") + near.finish()) == b"last"
    assert far.is_over
    assert not near.is_over


def test_session_may_end_before_the_handshake(authority: Authority) -> None:
    """This raises nothing."""
    a = credentials(authority.sign("a"))
    a.dial().finish()
    a.accept().finish()


@pytest.mark.parametrize("keep", [slice(0, -1), slice(1, None), slice(6, None)])
def test_session_refuses_bytes_that_were_changed(authority: Authority, keep: slice) -> None:
    """Whole records before them are still delivered."""
    a = credentials(authority.sign("a"))
    near, far = established(a, a)
    assert far.receive(near.send(b"whole")) == b"whole"
    with pytest.raises(InsecureSession, match="TLS: "):
        far.receive(near.send(b"text")[keep] + near.send(b"more"))


def test_session_refuses_bytes_that_were_recorded(authority: Authority) -> None:
    """The same bytes a second time do not repeat a message."""
    a = credentials(authority.sign("a"))
    near, far = established(a, a)
    carried = near.send(b"once")
    assert far.receive(carried) == b"once"
    with pytest.raises(InsecureSession, match="TLS: "):
        far.receive(carried)


def test_session_refuses_a_certificate_of_another_authority(
    authority: Authority, tmp_path: Path
) -> None:
    """The dialler refuses; if it does not verify, the acceptor refuses."""
    ours = credentials(authority.sign("a"))
    foreign = Authority(tmp_path / "foreign").sign("b")
    theirs = credentials(foreign, "b")
    with pytest.raises(InsecureSession, match=r"TLS: .*certificate"):
        established(ours, theirs)
    careless = credentials(dataclasses.replace(foreign, authority=None), "b")
    with pytest.raises(InsecureSession, match="TLS: "):
        established(careless, ours)


def test_session_refuses_a_dialler_without_a_certificate(authority: Authority) -> None:
    """Both ends verify."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with pytest.raises(InsecureSession, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        shake_hands(TlsSession(context), credentials(authority.sign("a")).accept())


def test_session_cannot_be_resumed(authority: Authority) -> None:
    """A resumed session would not verify the certificate again."""
    files, ours = authority.sign("b"), credentials(authority.sign("a"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.load_cert_chain(files.certificate, files.key)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    dialler, acceptor = context.wrap_bio(incoming, outgoing), ours.accept()
    with contextlib.suppress(ssl.SSLWantReadError):
        dialler.do_handshake()
    acceptor.receive(outgoing.read())
    incoming.write(acceptor.outgoing())
    dialler.do_handshake()
    acceptor.receive(outgoing.read())
    incoming.write(acceptor.send(b"established"))
    assert dialler.read() == b"established"
    assert dialler.session is None or not dialler.session.has_ticket


@pytest.mark.parametrize("side", [ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER])
def test_session_refuses_versions_older_than_1_3(authority: Authority, side: int) -> None:
    """At either end, although everything else fits."""
    files, ours = authority.sign("a"), credentials(authority.sign("b"), "b")
    old = ssl.SSLContext(side)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.load_cert_chain(files.certificate, files.key)
    if side == ssl.PROTOCOL_TLS_CLIENT:
        pair = TlsSession(old), ours.accept()
    else:
        pair = ours.dial(), TlsSession(old, b"binding")
    with pytest.raises(InsecureSession, match="UNSUPPORTED_PROTOCOL"):
        shake_hands(*pair)


def test_session_without_an_authority_has_a_binding_but_no_names(
    authority: Authority,
) -> None:
    """The proofs of the cookie are still bound to the certificate of the acceptor."""
    one, other = (
        credentials(dataclasses.replace(authority.sign(name), authority=None), name)
        for name in ("a", "b")
    )
    near, far = established(one, other)
    assert near.channel == far.channel == Channel(near.channel.binding, None)
    assert near.channel.binding not in (b"", established(other, one)[0].channel.binding)


def encrypt_key(files: Tls) -> None:
    """Puts a password on the key."""
    key = Path(files.key)
    loaded = serialization.load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(
        loaded.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
    )


Spoil = Callable[[Tls, Authority], object]

SPOILT: dict[str, tuple[Spoil, type[Exception], str]] = {
    "no certificate": (
        lambda files, _: Path(files.certificate).unlink(),
        FileNotFoundError,
        r"a\.pem",
    ),
    "no key": (lambda files, _: Path(files.key).unlink(), FileNotFoundError, r"a\.key"),
    "no authority": (
        lambda files, authority: authority.path.unlink(),
        FileNotFoundError,
        r"authority\.pem",
    ),
    "a key that does not fit": (
        lambda files, authority: Path(authority.sign("b").key).rename(files.key),
        ValueError,
        r"certificate and key must fit, .*a\.pem and .*a\.key do not: KEY_VALUES_MISMATCH",
    ),
    "a certificate that is none": (
        lambda files, _: Path(files.certificate).write_text("rubbish"),
        ValueError,
        "certificate and key must fit",
    ),
    "an authority that is none": (
        lambda files, _: Path(str(files.authority)).write_text("rubbish"),
        ValueError,
        r"authority must hold certificates, .*authority\.pem does not",
    ),
    "a key with a password": (
        lambda files, _: encrypt_key(files),
        ValueError,
        "key must not be encrypted",
    ),
    "a certificate that has expired": (
        lambda _, authority: authority.sign("a", expires=LONG_AGO),
        ValueError,
        r"certificate must be one that authority .* has signed, .*: certificate has expired",
    ),
    "a certificate of another authority": (
        lambda _, authority: Authority(authority.path.parent.parent / "x").path.rename(
            authority.path
        ),
        ValueError,
        "certificate must be one that authority .* has signed",
    ),
    "another node's certificate": (
        lambda _, authority: authority.sign("b", file="a"),
        ValueError,
        r"certificate must name the node 'a' .*a\.pem names \['b'\]",
    ),
}


@pytest.mark.parametrize("fault", SPOILT)
def test_credentials_refuse_unusable_files(authority: Authority, fault: str) -> None:
    """The error names the file and what is wrong with it."""
    spoil, kind, text = SPOILT[fault]
    files = authority.sign("a")
    spoil(files, authority)
    with pytest.raises(kind, match=text):
        credentials(files)


def test_credentials_use_changed_files_for_the_next_connection(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """At both ends; existing connections go on."""
    caplog.set_level("INFO")
    files = authority.sign("a")
    a, b = credentials(files), credentials(authority.sign("b"), "b")
    before, other_end = established(b, a)
    authority.sign("a", "renewed")
    for near, far in (established(b, a), established(a, b)[::-1]):
        assert near.channel.names == frozenset({"a", "renewed"})
        assert far.channel.names == frozenset({"b"})
    assert other_end.receive(before.send(b"still here")) == b"still here"
    assert caplog.messages == ["the changed TLS files are used from now on"]


@pytest.mark.parametrize("fault", SPOILT)
def test_credentials_keep_the_former_files_if_the_changed_are_unusable(
    authority: Authority, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    """That is logged once; when the files are usable again, they are used."""
    spoil, _, _ = SPOILT[fault]
    files = authority.sign("a")
    pristine = authority.path.read_bytes()
    a, b = credentials(files), credentials(authority.sign("b"), "b")
    spoil(files, authority)
    spoilt_peer = fault in ("no authority", "an authority that is none")
    for _ in range(3):
        near, _ = established(a, a)
        assert near.channel.names == frozenset({"a"})
    assert sum("so the old ones stay" in message for message in caplog.messages) == 1
    authority.path.write_bytes(pristine)
    authority.sign("a", "repaired")
    near, _ = established(b, a)
    assert spoilt_peer or near.channel.names == frozenset({"a", "repaired"})


@pytest.mark.slow
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(
    noise=st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    side=st.sampled_from([0, 1]),
    is_established=st.booleans(),
)
def test_session_waits_for_more_or_refuses_noise(
    authority: Authority, noise: list[bytes], side: int, *, is_established: bool
) -> None:
    """Nothing but InsecureSession is raised, no plain bytes come out, and ending raises nothing."""
    a = credentials(authority.sign("a"))
    session = (established(a, a) if is_established else (a.dial(), a.accept()))[side]
    with contextlib.suppress(InsecureSession):
        for data in noise:
            assert session.receive(data) == b""
    session.send(b"last words")
    session.finish()
