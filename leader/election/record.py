"""The form of a durable record: its bytes, as pure functions.

Knows no disk: ``path`` is only for the text of an error. A record is accepted only if every byte of
it is as this library writes it, and if it belongs to this member. ::

    leader-record sha256 <the SHA-256 of the next line>
    {"version":1,"kind":"durable","cluster":...,"member":...,"body":{"term":...}}

So ``tail -n +2 FILE | sha256sum`` shows the checksum that has to be in the first line.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from leader.errors import RecordDamaged, RecordForeign, RecordUnknown
from leader.protocol.durable import Durable

VERSION: Final = 1
"""The version of the record's form; a record of another version is not read."""

KIND: Final = "durable"
"""What the body of a record contains."""

RECORD_LIMIT: Final = 1024 * 1024
"""The longest record, in bytes."""

UNDECODABLE: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What the decoder raises: it checks UTF-8 in its own way, and stops at too many nested brackets."""


class _RecordFile(msgspec.Struct, frozen=True, kw_only=True):
    # These fields must stay in every version: otherwise a record of another version could not be
    # distinguished from a damaged one.
    version: int
    kind: str
    cluster: str
    member: str
    body: msgspec.Raw


def encode(cluster: str, member: str, durable: Durable) -> bytes:
    """The whole content of a member's record file."""
    body = msgspec.Raw(msgspec.json.encode(durable))
    envelope = _RecordFile(version=VERSION, kind=KIND, cluster=cluster, member=member, body=body)
    return _sealed(msgspec.json.encode(envelope) + b"\n")


def decode(content: bytes, path: Path, cluster: str, member: str) -> Durable:
    """The value that ``encode`` was given.

    Raises:
        RecordDamaged, RecordUnknown, RecordForeign: the content is not such a record of this member.
    """
    envelope = _unsealed(content, path)
    if (envelope.version, envelope.kind) != (VERSION, KIND):
        raise RecordUnknown(
            path,
            f"it is of version {envelope.version} and kind {envelope.kind!r}, "
            f"this library reads version {VERSION} and kind {KIND!r}",
        )
    if (envelope.cluster, envelope.member) != (cluster, member):
        raise RecordForeign(
            path,
            f"it belongs to member {envelope.member!r} of cluster {envelope.cluster!r}, "
            f"not to member {member!r} of cluster {cluster!r}",
        )
    try:
        durable = msgspec.json.decode(envelope.body, type=Durable)
    except UNDECODABLE as error:
        raise RecordDamaged(path, f"its checksum is right, its body is not: {error}") from error
    # Decoding skips unknown fields, and such a field may change the meaning of the others.
    if encode(cluster, member, durable) != content:
        raise RecordDamaged(path, "its checksum is right, but this library would not write it so")
    return durable


def _sealed(payload: bytes) -> bytes:
    return b"leader-record sha256 %s\n%s" % (sha256(payload).hexdigest().encode(), payload)


def _unsealed(content: bytes, path: Path) -> _RecordFile:
    if not content:
        raise RecordDamaged(path, "it is empty: zero bytes")
    if len(content) > RECORD_LIMIT:
        raise RecordDamaged(path, f"it is longer than {RECORD_LIMIT} bytes")
    payload = content.partition(b"\n")[2]
    if _sealed(payload) != content:
        raise RecordDamaged(path, f"its {len(content)} bytes do not match their checksum")
    try:
        return msgspec.json.decode(payload, type=_RecordFile)
    except UNDECODABLE as error:
        raise RecordDamaged(path, f"its checksum is right, its content is not: {error}") from error
