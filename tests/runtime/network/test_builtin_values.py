"""Built-in values: they arrive as they were sent, or they are refused."""

import contextlib
import datetime
import enum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.limits import VERSION
from runtime.network.builtin_values import DEPTH_LIMIT, check_serializable
from runtime.network.wire import PLAIN, Registry, WireError
from tests.runtime.support import Note

REGISTRY = Registry()

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
)
keys = st.none() | st.integers(-9, 9) | st.text() | st.binary()
values = st.recursive(
    scalars, lambda parts: st.lists(parts) | st.dictionaries(keys, parts), max_leaves=20
)


@pytest.mark.slow
@given(value=values)
def test_builtin_values_arrive_as_they_were_sent(value: Any) -> None:
    """As a message and as part of one; equal, and of the same types."""
    envelope = REGISTRY.decode(REGISTRY.encode("name", 1, value))
    assert repr(envelope.message) == repr(value)
    assert repr(REGISTRY.unpack(REGISTRY.pack(value))) == repr(value)


def test_builtin_tuple_arrives_as_a_list() -> None:
    """This is the only exception."""
    assert REGISTRY.unpack(REGISTRY.pack((1, (2,), {"x": (3,)}))) == [1, [2], {"x": [3]}]


class Colour(enum.IntEnum):
    """A subclass of int."""

    RED = 1


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (Colour.RED, "Colour cannot travel"),
        ({1, 2}, "set cannot travel"),
        (datetime.date(2000, 1, 1), "date cannot travel"),
        ([Note(number=1)], "Note cannot travel to another node: in a list, tuple or dict only"),
        ({"x": {(1,): 2}}, "tuple cannot travel"),
        ((object(),), "object cannot travel"),
    ],
)
def test_check_refuses_what_would_arrive_as_something_else(value: object, complaint: str) -> None:
    """Also a registered message inside a list: it would arrive as a dict."""
    with pytest.raises(TypeError, match=complaint):
        REGISTRY.pack(value)


def test_check_refuses_deep_nesting() -> None:
    """A list that contains itself is refused, and does not make an endless loop."""
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(ValueError, match=f"list is nested more than {DEPTH_LIMIT} deep"):
        check_serializable(loop)
    value: object = 1
    for _ in range(DEPTH_LIMIT):
        value = [value]
    check_serializable(value)


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, "\ud800"])
def test_encode_refuses_long_integers_and_broken_text(value: object) -> None:
    """A ValueError, as for a message that is too long."""
    with pytest.raises(ValueError, match=r"more than 64 bits|surrogates"):
        REGISTRY.encode(1, 1, value)


@pytest.mark.parametrize(
    "body",
    [
        msgspec.msgpack.encode(msgspec.msgpack.Ext(5, b"x")),
        msgspec.msgpack.encode(datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)),
        b"\x82\xa1x\x01\xa1x\x02",
        b"\xcd\x00\x01",
        b"\x81\x91\x01\x02",
        b"\x91" * (DEPTH_LIMIT + 1) + b"\x01",
        b"\x91" * 100_000 + b"\x01",
        b"\x01\x01",
        b"\xa2\xff\xfe",
    ],
)
def test_decode_refuses_bytes_that_are_no_builtin_value(body: bytes) -> None:
    """Extensions, keys given twice, other encodings, endless depth, additional bytes."""
    envelope = b"\x95" + b"".join(msgspec.msgpack.encode(each) for each in (VERSION, PLAIN, 1, 1))
    with pytest.raises(WireError):
        REGISTRY.decode(envelope + body)
    packed = b"\x92" + msgspec.msgpack.encode(PLAIN) + body
    with pytest.raises(WireError):
        REGISTRY.unpack(packed)


def test_decode_accepts_the_good_bytes_of_these_tests() -> None:
    """Otherwise the refusals above would prove nothing."""
    assert REGISTRY.unpack(b"\x92" + msgspec.msgpack.encode(PLAIN) + b"\x81\xa1x\x01") == {"x": 1}


@given(noise=st.binary(max_size=50))
def test_unpack_returns_a_value_or_raises_wire_error(noise: bytes) -> None:
    """For any bytes."""
    with contextlib.suppress(WireError):
        REGISTRY.unpack(noise)
