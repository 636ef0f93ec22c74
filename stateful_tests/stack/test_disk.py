"""The simulated disk: it keeps the bytes of a record over processes, and fails as it is told to."""

import pytest

from leader.election.record import encode
from leader.errors import RecordDamaged, RecordUnwritable
from leader.protocol.durable import Durable
from leader.protocol.membership import founding
from leader.protocol.vocabulary import Duration, InvariantViolated, MemberId, Term
from stateful_tests.plan import CLUSTER
from stateful_tests.stack.disk import Disk
from stateful_tests.system import WriteFault

A = MemberId("member@a")


def record(term: int) -> Durable:
    return Durable(term=Term(term), membership=founding([A]), promise=Duration(150))


def disk(term: int) -> Disk:
    return Disk(encode(CLUSTER, A, record(term)))


def test_the_next_process_loads_what_was_saved() -> None:
    """The disk holds the bytes that a file would hold."""
    found = disk(1)
    found.open(CLUSTER, A).save(record(2))
    assert found.content == encode(CLUSTER, A, record(2))
    assert found.open(CLUSTER, A).load() == record(2)


def test_an_empty_disk_holds_no_record_and_a_damaged_one_raises() -> None:
    """The first belongs to a member that lost its disk, the second needs a person."""
    assert Disk(None).open(CLUSTER, A).load() is None
    damaged = Disk(encode(CLUSTER, A, record(1))[:-1])
    with pytest.raises(RecordDamaged):
        damaged.open(CLUSTER, A).load()


def test_a_full_disk_keeps_the_former_record_and_raises() -> None:
    """Once: the next write succeeds."""
    found = disk(1)
    found.fault = WriteFault.FAILS
    with pytest.raises(RecordUnwritable):
        found.open(CLUSTER, A).save(record(2))
    assert (found.has_failed, found.content) == (True, encode(CLUSTER, A, record(1)))
    found.open(CLUSTER, A).save(record(3))
    assert found.open(CLUSTER, A).load() == record(3)


def test_a_process_can_crash_right_after_a_write() -> None:
    """The record is on the disk when it crashes."""
    found, seen = disk(1), list[bytes | None]()
    found.fault, found.crash = WriteFault.CRASH_AFTER, lambda: seen.append(found.content)
    found.open(CLUSTER, A).save(record(2))
    assert seen == [encode(CLUSTER, A, record(2))]


def test_a_lower_term_is_refused() -> None:
    """As on a real disk."""
    with pytest.raises(InvariantViolated, match="TermsNeverDecrease"):
        disk(5).open(CLUSTER, A).save(record(4))
