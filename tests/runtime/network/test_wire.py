"""The wire format: a registered message arrives as it was sent, everything else is refused."""

import dataclasses
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.limits import FRAME_BYTES, VERSION
from runtime.network.lane import Lane
from runtime.network.wire import (
    DEFAULT_REGISTRY,
    KIND_LIMIT,
    Envelope,
    Goodbye,
    Registry,
    WireError,
    message,
)
from tests.runtime.support import Note, UrgentNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """Part of a message."""

    voters: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A message with all sorts of fields."""

    term: int
    share: float
    inner: Inner | None
    note: bytes = b""


class Plain(msgspec.Struct, frozen=True):
    """A message that is a Struct."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchy:
    """A message that raises an unexpected error when it checks itself."""

    term: int

    def __post_init__(self) -> None:
        if self.term < 0:
            raise KeyError(self.term)


@pytest.fixture(scope="module")
def registry() -> Registry:
    """A registry with every type of this file."""
    made = Registry()
    for name, kind in (("vote", Vote), ("plain", Plain), ("touchy", Touchy)):
        made.register(kind, name=name)
    return made


def frame(body: object, *, kind: str = "vote", version: int = VERSION, to: object = 1) -> bytes:
    """An envelope made by hand."""
    return msgspec.msgpack.encode([version, kind, to, 1, body])


def raw(encoded: bytes) -> bytes:
    """A frame of a vote with exactly these bytes as its body."""
    return msgspec.msgpack.encode([VERSION, "vote", 1, 1, msgspec.Raw(encoded)])


def body(**changes: object) -> dict[str, object]:
    """The body of a vote."""
    return {"term": 1, "share": 0.5, "inner": None, "note": b""} | changes


GOOD_BODY = msgspec.msgpack.encode(body())

votes = st.builds(
    Vote,
    term=st.integers(-(2**63), 2**64 - 1),
    share=st.floats(),
    inner=st.none() | st.builds(Inner, voters=st.frozensets(st.text(), max_size=9)),
    note=st.binary(),
)


@given(sent=votes, to=st.integers(1, 2**63 - 1) | st.text(min_size=1, max_size=100))
def test_decode_gives_the_message_that_was_encoded(
    registry: Registry, sent: Vote, to: int | str
) -> None:
    """With addressee, sender and every field; sets in any order."""
    envelope = registry.decode(registry.encode(to, 7, sent))
    assert (envelope.to, envelope.sender, type(envelope.message)) == (to, 7, Vote)
    assert repr(envelope.message).split("voters")[0] == repr(sent).split("voters")[0]
    assert isinstance(envelope.message, Vote)
    assert envelope.message.inner == sent.inner


def test_decode_gives_a_struct_like_a_dataclass(registry: Registry) -> None:
    """Also without a sender."""
    assert registry.decode(registry.encode("name", None, Plain("é"))) == Envelope(
        "name", None, Plain("é")
    )


def test_decode_accepts_an_integer_in_a_float_field(registry: Registry) -> None:
    """The type rules of Python allow 3 for 3.0."""
    sent = Vote(term=1, share=3, inner=None)
    assert registry.decode(registry.encode(1, 1, sent)).message == sent


@given(noise=st.binary(max_size=200))
def test_decode_returns_an_envelope_or_raises_wire_error(registry: Registry, noise: bytes) -> None:
    """For any bytes."""
    with pytest.raises(WireError):
        registry.decode(noise)


@given(data=st.data(), sent=votes)
def test_decode_of_a_damaged_frame_raises_nothing_but_wire_error(
    registry: Registry, data: st.DataObject, sent: Vote
) -> None:
    """One byte of a good frame is changed."""
    good = bytearray(registry.encode("name", 1, sent))
    good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        envelope = registry.decode(bytes(good))
    except WireError:
        return
    assert type(envelope.message) in (Vote, Plain, Touchy, Goodbye)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (frame(body(surprise=1)), "fields other than those of Vote"),
        (frame(body(inner={"voters": [], "surprise": 1})), "fields other than those of Vote"),
        (frame({"term": 1, "share": 0.5, "inner": None}), "fields other than those of Vote"),
        (frame({"term": 1}), "missing required field"),
        (frame(body(term="1")), "Expected `int`, got `str`"),
        (frame(body(term=True)), "Expected `int`, got `bool`"),
        (frame(body(term=1.0)), "Expected `int`, got `float`"),
        (frame(body(inner={"voters": [1]})), "Expected `str`, got `int`"),
        (frame(body(), kind="nobody.knows"), "unknown kind 'nobody.knows'"),
        (frame(body(), kind="k" * (KIND_LIMIT + 1)), "length <= 200"),
        (frame(body(), version=VERSION + 1), f"version {VERSION + 1}, this is version {VERSION}"),
        (frame(body(), to=-1), "Expected `int` >= 0"),
        (frame(body(), to=2**63), "Expected `int` <="),
        (frame(body(), to=""), "length >= 1"),
        (frame(body(), to=b"name"), "got `bytes`"),
        (frame({"term": -1}, kind="touchy"), "KeyError"),
        (frame(body()) + b"\x00", "trailing"),
        (msgspec.msgpack.encode([VERSION, "vote", 1, 1, body(), 1]), "at most length 5"),
        (b"\x95\x01\xa2\xff\xfe", "DecodeError"),
        (b"\x95\x01\xa4vote\x01\x01" + b"\x91" * 100_000 + b"\x01", "RecursionError"),
        (b"\xdd\xff\xff\xff\xff", "truncated"),
        (b"\x95\x01\xa4vote\x01\x01\xdf\xff\xff\xff\xff", "truncated"),
        (b"", "truncated"),
        (raw(b"\x85" + GOOD_BODY[1:] + b"\xa4term\x01"), "a key twice"),
        (raw(b"\x85" + GOOD_BODY[1:] + b"\xa4term\x02"), "a key twice"),
        (raw(GOOD_BODY.replace(b"term\x01", b"term\xcd\x00\x01")), "more bytes than it takes"),
        (raw(GOOD_BODY.replace(b"note", b"no\xffe")), "DecodeError"),
        (raw(b"\xc1"), "malformed"),
    ],
)
def test_decode_refuses_a_frame_that_is_not_exactly_a_message(
    registry: Registry, bad: bytes, reason: str
) -> None:
    """Unknown, missing and converted fields, other versions and kinds, wrong lengths."""
    with pytest.raises(WireError) as caught:
        registry.decode(bad)
    assert reason in str(caught.value)


def test_decode_accepts_the_good_frame_of_these_tests(registry: Registry) -> None:
    """Otherwise the refusals above would prove nothing."""
    expected = Vote(term=1, share=0.5, inner=None)
    assert registry.decode(frame(body())).message == expected


def test_encode_refuses_an_unregistered_type() -> None:
    """The error names the type and the decorator."""
    with pytest.raises(TypeError, match=r"Vote cannot travel .* @runtime\.message"):
        Registry().encode(1, 1, Vote(term=1, share=0.5, inner=None))


def test_encode_refuses_a_message_that_is_too_long(registry: Registry) -> None:
    """The error gives its length and the limit."""
    with pytest.raises(ValueError, match=rf"plain takes \d+ bytes, the limit is {FRAME_BYTES}"):
        registry.encode(1, 1, Plain("x" * FRAME_BYTES))


def test_encode_uses_the_limit_that_is_given(registry: Registry) -> None:
    """A message of exactly that length is allowed."""
    length = len(registry.encode(1, 1, Plain("x" * 50)))
    registry.encode(1, 1, Plain("x" * 50), length)
    with pytest.raises(ValueError, match=rf"plain takes {length} bytes, the limit is {length - 1}"):
        registry.encode(1, 1, Plain("x" * 50), length - 1)


@pytest.mark.parametrize("candidate", [int, dict, "Vote", Plain("an instance"), None])
def test_register_refuses_what_is_no_dataclass_and_no_struct(candidate: object) -> None:
    """The TypeError tells what a message is."""
    with pytest.raises(TypeError, match=r"a message must be a dataclass or a msgspec\.Struct"):
        Registry().register(candidate)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "\n", "k" * (KIND_LIMIT + 1)])
def test_register_refuses_a_long_or_unprintable_name(name: str) -> None:
    """It is written to logs."""
    with pytest.raises(ValueError, match="name must be 1 to 200 printable characters"):
        Registry().register(Vote, name=name)


def test_register_refuses_a_name_or_a_type_a_second_time() -> None:
    """Two types of one name could not be told apart."""
    registry = Registry()
    registry.register(Vote, name="vote")
    for kind, name in ((Plain, "vote"), (Vote, "another")):
        with pytest.raises(ValueError, match="name must be new, and so must the type"):
            registry.register(kind, name=name)


def test_register_uses_the_qualified_name_by_default() -> None:
    """A frame made by hand under that name is decoded."""
    registry = Registry()
    registry.register(Plain)
    made = frame({"text": "x"}, kind=f"{Plain.__module__}.Plain")
    assert registry.decode(made).message == Plain("x")


def test_message_registers_and_returns_the_class() -> None:
    """With a name or without."""
    named = message(name="tests.wire.named")(dataclasses.make_dataclass("Named", []))
    bare = message(dataclasses.make_dataclass("Bare", [], namespace={"__module__": "tests.wire"}))
    assert (named.__name__, bare.__name__) == ("Named", "Bare")
    with pytest.raises(ValueError, match="name must be new"):
        message(named)


def test_register_all_registers_what_is_not_registered_yet() -> None:
    """A second call changes nothing, so each node that runs an election may make it."""
    registry = Registry()
    registry.register_all({"vote": Vote})
    registry.register_all({"vote": Vote, "plain": Plain})
    assert registry.decode(registry.encode(1, 2, Plain(text="x"))).message == Plain(text="x")


@pytest.mark.parametrize("names", [{"vote": Plain}, {"other": Vote}])
def test_register_all_refuses_a_name_or_a_type_that_is_registered_otherwise(
    names: dict[str, type],
) -> None:
    """Two meanings of one name would let nodes misunderstand each other."""
    registry = Registry()
    registry.register_all({"vote": Vote})
    with pytest.raises(ValueError, match="name must be new, and so must the type"):
        registry.register_all(names)


def test_lane_of_a_type_is_the_urgent_one_only_if_it_was_registered_so() -> None:
    """Values of built-in types and types that are not registered take the ordinary lane."""
    registry = Registry()
    registry.register(Plain)
    registry.register_all({"vote": Vote}, urgent=True)
    lanes = [registry.lane(each) for each in (Vote, Plain, Touchy, int)]
    assert lanes == [Lane.URGENT, Lane.ORDINARY, Lane.ORDINARY, Lane.ORDINARY]
    assert [DEFAULT_REGISTRY.lane(each) for each in (UrgentNote, Note)] == lanes[:2]


def test_unpack_gives_what_was_packed(registry: Registry) -> None:
    """A message inside of another one is decoded as strictly."""
    packed = registry.pack(Plain("text"))
    assert registry.unpack(packed) == Plain("text")
    with pytest.raises(WireError):
        registry.unpack(packed + b"\0")
