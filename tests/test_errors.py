"""The errors: each says where, what and what to do."""

import pickle
from pathlib import Path

import pytest

from leader.errors import (
    ElectionError,
    FilesUnsupported,
    FolderMissing,
    MembershipFixed,
    NoThread,
    RecordDamaged,
    RecordFarAhead,
    RecordForeign,
    RecordInUse,
    RecordNotHeld,
    RecordUnknown,
    RecordUnreadable,
    RecordUnwritable,
    StorageError,
)


@pytest.mark.parametrize(
    "kind",
    [
        StorageError,
        RecordInUse,
        RecordDamaged,
        RecordFarAhead,
        RecordForeign,
        RecordUnknown,
        RecordUnreadable,
        RecordUnwritable,
        RecordNotHeld,
        FolderMissing,
        FilesUnsupported,
    ],
)
def test_errors_say_where_what_and_what_to_do(kind: type[StorageError]) -> None:
    """Each is an ElectionError whose text is the path, the finding and the remedy, also when pickled."""
    error = kind(Path("/state/x.record"), "it is so")
    assert isinstance(error, ElectionError)
    assert str(error) == f"/state/x.record: it is so. {kind.remedy}"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301


def test_a_fixed_membership_says_what_was_tried_and_what_to_do() -> None:
    """It is one of this library's errors."""
    error = MembershipFixed("leave")
    assert isinstance(error, ElectionError)
    assert str(error).startswith("leave: who votes is fixed. Stop all members")


def test_a_missing_thread_says_what_was_found_and_what_to_do() -> None:
    """Nothing is lost by it, so the same member may start again."""
    error = NoThread("can't start new thread")
    assert isinstance(error, ElectionError)
    assert str(error).startswith("no thread for the record of a member: can't start new thread. ")
    assert "start the member again" in str(error)
