"""Signals: what they are called on the wire, where nodes of different releases meet."""

import pytest

from runtime.network import Envelope, Registry
from runtime.processes.signals import SIGNALS, Ended, LinkSignal, Stop

FRAMES = [
    (LinkSignal(), b"\x95\x02\xacruntime.link\x07\x09\x80"),
    (Stop(reason="x"), b"\x95\x02\xacruntime.stop\x07\x09\x81\xa6reason\xa1x"),
    (
        Ended(reference=1, reason="x"),
        b"\x95\x02\xadruntime.ended\x07\x09\x82\xa9reference\x01\xa6reason\xa1x",
    ),
]


def test_signals_have_the_names_of_every_release() -> None:
    """The name of a class may change; the name on the wire may not."""
    kinds = [
        "request",
        "answer",
        "refusal",
        "watch",
        "unwatch",
        "ended",
        "link",
        "unlink",
        "stop",
        "inspect",
    ]
    assert list(SIGNALS) == [f"runtime.{kind}" for kind in kinds]


@pytest.mark.parametrize(("signal", "frame"), FRAMES)
def test_signals_are_encoded_as_in_every_release(signal: object, frame: bytes) -> None:
    """Byte for byte, and decoded to the same signal."""
    registry = Registry()
    registry.register_all(SIGNALS)
    assert registry.encode(7, 9, signal) == frame
    assert registry.decode(frame) == Envelope(7, 9, signal)
