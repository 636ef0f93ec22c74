"""The first state of a member: from its record or without one, traced, and saved if it has to be."""

import random
from typing import Any

import pytest

from leader.election.environment import Environment
from leader.election.ignored import IgnoredLog
from leader.election.record_thread import RecordThread
from leader.election.record_writer import RecordWriter
from leader.election.startup import state_from_record, state_without_record
from leader.election.story import Story
from leader.election.trace import Line, Started, Stepped
from leader.errors import RecordFarAhead
from leader.protocol.durable import Durable
from leader.protocol.membership import Membership, founding
from leader.protocol.state import State
from leader.protocol.vocabulary import MemberId
from runtime.clock import FAR_AHEAD_MILLISECONDS
from runtime.logs import process_log
from runtime.simulation.virtual_time import WALL_MILLISECONDS
from tests.election.engine_support import (
    FOUND,
    TIMING,
    DiskLoop,
    JournalledRecord,
    StoppableClock,
    logged,
)
from tests.protocol.builders import TRIO, A, membership, record, settings

NOBODY = founding(())


class Beginning:
    """What one start has traced and saved, and the state that came of it."""

    def __init__(self, found: Durable | None, listed: Membership) -> None:
        self.lines: list[Line] = []
        self.journal: list[Any] = []
        loop = DiskLoop()
        kept = JournalledRecord(journal=self.journal, found=found)
        clock, log = StoppableClock(loop), process_log("host")
        environment = Environment(
            clock=clock,
            random=random.Random(7),
            record=RecordThread(kept),
            send=lambda to, message: self.journal.append(("sent", to, message)),
            log=log,
            ignored=IgnoredLog(log),
            story=Story(settings(A, TIMING), listed, clock, log),
            trace=self.lines.append,
        )
        writer = RecordWriter(environment.record, clock, TIMING.promise, log)
        self.state: State | None = loop.run(
            state_from_record(settings(A, TIMING), listed, environment, writer)
        )
        if self.state is None:
            self.state = state_without_record(settings(A, TIMING), listed, environment)


def test_a_member_with_a_record_begins_from_it() -> None:
    """The trace tells that it began with a record, and the first state."""
    beginning = Beginning(FOUND, membership())
    start, begun = beginning.lines
    assert isinstance(start, Started)
    assert isinstance(begun, Stepped)
    assert (start.recorded, begun.state.term) == (True, 5)
    assert beginning.state is not None
    assert (beginning.state.durable, beginning.journal) == (FOUND, [])


def test_a_longer_promise_than_the_recorded_one_is_saved_before_the_first_step() -> None:
    """Otherwise the next life would wait for less time than this life promises."""
    beginning = Beginning(record(term=5, promise=100), membership())
    assert beginning.journal == [("saved", 5)]


def test_a_member_without_a_record_begins_with_the_wall_clock_as_its_term() -> None:
    """It is saved later, by the engine."""
    beginning = Beginning(None, membership())
    start, begun = beginning.lines
    assert isinstance(start, Started)
    assert isinstance(begun, Stepped)
    assert (start.recorded, begun.state.term) == (False, WALL_MILLISECONDS)
    assert beginning.journal == []


LIMIT = WALL_MILLISECONDS + FAR_AHEAD_MILLISECONDS


@pytest.mark.parametrize("stamped", [False, True], ids=["the term", "the stamp"])
def test_a_record_with_a_term_far_ahead_is_refused(stamped: bool) -> None:
    """Whoever starts in it uses up the terms of all. At the limit it is still believed."""
    beyond = record(term=LIMIT if stamped else LIMIT + 1, stamp=LIMIT + 1 if stamped else 0)
    with pytest.raises(RecordFarAhead, match=f"term {LIMIT + 1} is more than ten years ahead"):
        Beginning(beyond, membership())
    believed = Beginning(record(term=LIMIT, stamp=LIMIT, promise=150), membership())
    assert believed.state is not None
    assert believed.state.term == LIMIT


def test_an_observer_begins_without_the_record_of_an_observer() -> None:
    """It owes nothing that a record could remember, and learns from the next leader who votes."""
    others = (MemberId("x@host"), MemberId("y@host"))
    beginning = Beginning(record(term=LIMIT + 1, voters=others), NOBODY)
    start, _ = beginning.lines
    assert isinstance(start, Started)
    assert beginning.state is not None
    assert (start.recorded, beginning.state.term, beginning.state.voters) == (False, 0, ())


@pytest.mark.parametrize(
    ("recorded", "listed", "warns"),
    [
        (TRIO, membership(), False),
        ((*TRIO, MemberId("d@host")), membership(), True),
        (TRIO, NOBODY, True),
        ((MemberId("x@host"), MemberId("y@host")), NOBODY, False),
    ],
)
def test_a_record_that_outranks_the_bootstrap_list_is_reported(
    recorded: tuple[MemberId, ...],
    listed: Membership,
    warns: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The text names both lists; an observer lists no voter, so nothing contradicts its record."""
    Beginning(record(voters=recorded, promise=150), listed)
    expected = [
        f"the recorded membership {list(recorded)} outranks the bootstrap list {list(listed.voters)}"
    ]
    assert logged(caplog.records, 30) == (expected if warns else [])
