"""The session that encrypts nothing."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.network.session import PlainSession
from runtime.network.transport import Channel


@given(st.binary())
def test_plain_session_changes_no_byte_and_adds_none(data: bytes) -> None:
    """Bytes in both directions stay as they are; nothing else is sent, at the end neither."""
    session = PlainSession()
    assert (session.send(data), session.receive(data)) == (data, data)
    assert (session.outgoing(), session.finish()) == (b"", b"")


def test_plain_session_proves_nothing() -> None:
    """A handshake over it rests on the cookie alone, and only the socket tells the end."""
    session = PlainSession()
    assert session.channel == Channel(binding=b"", names=None)
    assert not session.is_over
