"""What the whole stack stands on in tests: a process's clock, its disk, the network that waits."""

from collections.abc import Iterator

import pytest

from leader.election.record import encode
from leader.errors import RecordDamaged, RecordUnwritable
from leader.protocol.durable import Durable
from leader.protocol.membership import founding
from leader.protocol.vocabulary import Duration, InvariantViolated, MemberId, Term
from runtime.simulation.virtual_time import VirtualTimeLoop
from stateful_tests.plan import CLUSTER, DriftingClock
from stateful_tests.stack.clock import ProcessClock
from stateful_tests.stack.disk import Disk
from stateful_tests.system import WriteFault

A = MemberId("member@a")


class Room:
    """A clock at a hundred that gains a tenth, and what has rung."""

    def __init__(self) -> None:
        self.loop = VirtualTimeLoop()
        self.clock = ProcessClock(self.loop, DriftingClock(100, 100_000), lambda time: time)
        self.rung: list[str] = []

    def set(self, name: str, instant: int) -> None:
        self.clock.call_at(instant, lambda: self.rung.append(name))


@pytest.fixture
def room() -> Iterator[Room]:
    found = Room()
    yield found
    found.loop.close()


def test_a_timer_rings_when_its_own_clock_shows_the_instant(room: Room) -> None:
    """Not the true time: a fast clock is there sooner."""
    room.set("second", 1_200)
    room.set("first", 650)
    assert room.clock.next_due() == 500
    room.loop.run_until(500)
    assert (room.rung, room.clock.now()) == (["first"], 650)
    room.loop.run_until(1_000)
    assert room.rung == ["first", "second"]


def test_a_stopped_process_rings_when_it_goes_on_and_in_order(room: Room) -> None:
    """Its clock goes on meanwhile."""
    room.set("second", 210)
    room.set("first", 155)
    room.clock.stop()
    room.loop.run_until(1_000)
    assert (room.rung, room.clock.now()) == ([], 1_200)
    room.clock.go_on()
    assert room.rung == ["first", "second"]


def test_a_timer_that_is_called_off_or_whose_process_died_never_rings(room: Room) -> None:
    """Nor does one that should have rung while the process was stopped."""
    room.set("of the dead", 210)
    room.clock.call_at(155, lambda: room.rung.append("called off")).cancel()
    room.clock.stop()
    room.loop.run_until(1_000)
    room.clock.end()
    room.clock.go_on()
    assert room.rung == []


def record(term: int) -> Durable:
    return Durable(term=Term(term), membership=founding([A]), promise=Duration(150))


def disk(term: int) -> Disk:
    return Disk(encode(CLUSTER, A, record(term)))


def test_a_record_is_found_by_the_next_process() -> None:
    """As the bytes that a file would hold."""
    found = disk(1)
    found.open(CLUSTER, A).save(record(2))
    assert found.content == encode(CLUSTER, A, record(2))
    assert found.open(CLUSTER, A).load() == record(2)


def test_an_empty_disk_holds_no_record_and_a_torn_one_is_no_record() -> None:
    """The first is a member that lost its disk, the second needs a person."""
    assert Disk(None).open(CLUSTER, A).load() is None
    torn = Disk(encode(CLUSTER, A, record(1))[:-1])
    with pytest.raises(RecordDamaged):
        torn.open(CLUSTER, A).load()


def test_a_full_disk_keeps_what_was_there_and_tells() -> None:
    """Once: the next write succeeds."""
    found = disk(1)
    found.fault = WriteFault.FAILS
    with pytest.raises(RecordUnwritable):
        found.open(CLUSTER, A).save(record(2))
    assert (found.has_failed, found.content) == (True, encode(CLUSTER, A, record(1)))
    found.open(CLUSTER, A).save(record(3))
    assert found.open(CLUSTER, A).load() == record(3)


def test_a_process_may_end_right_after_its_last_write() -> None:
    """The record is there when it ends."""
    found, seen = disk(1), list[bytes | None]()
    found.fault, found.crash = WriteFault.CRASH_AFTER, lambda: seen.append(found.content)
    found.open(CLUSTER, A).save(record(2))
    assert seen == [encode(CLUSTER, A, record(2))]


def test_a_term_never_goes_back_on_a_disk() -> None:
    """As on a real one."""
    with pytest.raises(InvariantViolated, match="TermsNeverDecrease"):
        disk(5).open(CLUSTER, A).save(record(4))
