"""The clock of a process: timers ring by its own rate, and not while the process is stopped or dead."""

from collections.abc import Iterator

import pytest

from runtime.simulation.virtual_time import VirtualTimeLoop
from stateful_tests.plan import DriftingClock
from stateful_tests.stack.clock import ProcessClock


class FastClock:
    """A clock that shows 100 at the beginning and gains a tenth, and the timers that have rung."""

    def __init__(self) -> None:
        self.loop = VirtualTimeLoop()
        self.clock = ProcessClock(self.loop, DriftingClock(100, 100_000), lambda time: time)
        self.rung: list[str] = []

    def set(self, name: str, instant: int) -> None:
        self.clock.call_at(instant, lambda: self.rung.append(name))


@pytest.fixture
def fast() -> Iterator[FastClock]:
    found = FastClock()
    yield found
    found.loop.close()


def test_a_timer_rings_when_its_own_clock_shows_the_instant(fast: FastClock) -> None:
    """On a fast clock that is earlier in true time."""
    fast.set("second", 1_200)
    fast.set("first", 650)
    assert fast.clock.next_due() == 500
    fast.loop.run_until(500)
    assert (fast.rung, fast.clock.now()) == (["first"], 650)
    fast.loop.run_until(1_000)
    assert fast.rung == ["first", "second"]


def test_timers_of_a_stopped_process_ring_in_order_when_it_continues(fast: FastClock) -> None:
    """Its clock goes on meanwhile."""
    fast.set("second", 210)
    fast.set("first", 155)
    fast.clock.stop()
    fast.loop.run_until(1_000)
    assert (fast.rung, fast.clock.now()) == ([], 1_200)
    fast.clock.resume()
    assert fast.rung == ["first", "second"]


def test_a_timer_that_is_cancelled_or_whose_process_ended_never_rings(fast: FastClock) -> None:
    """Nor does one that expired while the process was stopped."""
    fast.set("of the ended process", 210)
    fast.clock.call_at(155, lambda: fast.rung.append("cancelled")).cancel()
    fast.clock.stop()
    fast.loop.run_until(1_000)
    fast.clock.end()
    fast.clock.resume()
    assert fast.rung == []
