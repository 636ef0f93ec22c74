"""The form of a record: what was encoded comes back, and any other byte is noticed."""

from hashlib import sha256
from itertools import product
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leader.election.record import RECORD_LIMIT, VERSION, decode, encode
from leader.errors import RecordDamaged, RecordForeign, RecordUnknown, StorageError
from leader.protocol.durable import Durable
from leader.protocol.membership import Membership
from leader.protocol.vocabulary import LARGEST, Duration, MemberId, Term
from tests.election.storage_support import CLUSTER, MEMBER, OLD

PATH = Path("/state/cleanup/n1@alpha.record")

terms = st.integers(0, LARGEST).map(Term)
names_of_voters = st.text(min_size=1).filter(str.isprintable)
durables = st.builds(
    Durable,
    term=terms,
    membership=st.builds(
        Membership,
        term=terms,
        version=st.integers(0, LARGEST),
        voters=st.frozensets(names_of_voters.map(MemberId), max_size=7).map(
            lambda v: tuple(sorted(v))
        ),
    ),
    promise=st.integers(0, LARGEST).map(Duration),
)
names = st.text(min_size=1) | st.text("aA./%~@\0é-", min_size=1) | st.text("a.B", min_size=110)


@given(cluster=st.text(), member=st.text(), saved=durables)
def test_every_record_comes_back(cluster: str, member: str, saved: Durable) -> None:
    """Any value of any member is decoded exactly as it was."""
    assert decode(encode(cluster, member, saved), PATH, cluster, member) == saved


def sealed(payload: bytes) -> bytes:
    """A record made by hand, with a correct checksum."""
    return b"leader-record sha256 " + sha256(payload).hexdigest().encode() + b"\n" + payload


def envelope(**changes: object) -> dict[str, object]:
    """The envelope of a correct record, with some fields changed."""
    good = {
        "version": VERSION,
        "kind": "durable",
        "cluster": CLUSTER,
        "member": MEMBER,
        "body": msgspec.to_builtins(OLD),
    }
    return good | changes


def test_record_can_be_read_by_people() -> None:
    """It is a line of checksum and a line of JSON that names the member and its term."""
    head, payload = encode(CLUSTER, MEMBER, OLD).splitlines(keepends=True)
    assert head == f"leader-record sha256 {sha256(payload).hexdigest()}\n".encode()
    assert payload == msgspec.json.encode(envelope()) + b"\n"


def test_damaged_record_is_refused() -> None:
    """With any one bit flipped, cut short anywhere, or with more at its end."""
    content = encode(CLUSTER, MEMBER, OLD)
    flipped = (
        content[:place] + bytes([content[place] ^ (1 << bit)]) + content[place + 1 :]
        for place, bit in product(range(len(content)), range(8))
    )
    shortened = (content[:length] for length in range(len(content)))
    for damaged in (*flipped, *shortened, content + b"\n", content + content):
        with pytest.raises(RecordDamaged):
            decode(damaged, PATH, CLUSTER, MEMBER)


@given(saved=durables, place=st.integers(0), byte=st.integers(1, 255))
def test_record_with_any_changed_byte_is_refused(saved: Durable, place: int, byte: int) -> None:
    """In any record, any byte that becomes another one is noticed."""
    content = bytearray(encode(CLUSTER, MEMBER, saved))
    content[place % len(content)] ^= byte
    with pytest.raises(RecordDamaged):
        decode(bytes(content), PATH, CLUSTER, MEMBER)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "it is empty: zero bytes"),
        (b"\0" * 300, "its 300 bytes do not match their checksum"),
        (sealed(b" " * RECORD_LIMIT), "it is longer than 1048576 bytes"),
        (sealed(b""), "its checksum is right, its content is not"),
        (sealed(b"[]"), "its checksum is right, its content is not"),
    ],
)
def test_content_that_is_no_record_is_described(content: bytes, text: str) -> None:
    """Empty, zeroed, oversized and senseless files are damaged, and the text says how."""
    with pytest.raises(RecordDamaged, match=text):
        decode(content, PATH, CLUSTER, MEMBER)


@pytest.mark.parametrize(
    ("changes", "refusal", "text"),
    [
        ({"version": 2}, RecordUnknown, "version 2 and kind 'durable'"),
        ({"kind": "log"}, RecordUnknown, "kind 'log'"),
        ({"version": 2, "cluster": "other"}, RecordUnknown, "version 2"),
        ({"cluster": "other"}, RecordForeign, "cluster 'other', not to .* cluster 'cleanup'"),
        ({"member": "n2@alpha"}, RecordForeign, "member 'n2@alpha' .* not to member 'n1@alpha'"),
        ({"member": None}, RecordDamaged, "its content is not"),
        ({"body": {}}, RecordDamaged, "its body is not: .*missing required field `term`"),
        (
            {"body": msgspec.to_builtins(OLD) | {"term": -1}},
            RecordDamaged,
            "must be from 0 to",
        ),
        (
            {"body": msgspec.to_builtins(OLD) | {"voted_for": "n2"}},
            RecordDamaged,
            "would not write it so",
        ),
        ({"note": "a field of tomorrow"}, RecordDamaged, "would not write it so"),
    ],
)
def test_record_with_a_correct_checksum_can_be_wrong(
    changes: dict[str, object], refusal: type[StorageError], text: str
) -> None:
    """It is refused for a reason of its own: another version, another member, other fields."""
    content = sealed(msgspec.json.encode(envelope(**changes)) + b"\n")
    with pytest.raises(refusal, match=text):
        decode(content, PATH, CLUSTER, MEMBER)


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff\xfe",
        b'{"version":1,"kind":"\xff","cluster":"cleanup","member":"n1@alpha","body":{}}\n',
        b"[" * 100_000,
        b'{"version":1,"kind":"durable","cluster":"cleanup","member":"n1@alpha","body":'
        + b"[" * 100_000
        + b"]" * 100_000
        + b"}\n",
        b'{"version":1,"kind":"durable","cluster":"cleanup","member":"n1@alpha","body":'
        b'{"term":7,"membership":{"voters":["\xff"]},"promise":1}}\n',
        b'{"version":1,"kind":"durable","cluster":"cleanup","member":"n1@alpha","body":{"\xc3":1}}\n',
        b'{"version":1,"kind":"\\ud800","cluster":"cleanup","member":"n1@alpha","body":{}}\n',
    ],
)
def test_any_content_with_a_correct_checksum_is_an_error_of_records(payload: bytes) -> None:
    """Also if it is no UTF-8, or nested so deeply that the decoder gives up."""
    with pytest.raises(StorageError):
        decode(sealed(payload), PATH, CLUSTER, MEMBER)
