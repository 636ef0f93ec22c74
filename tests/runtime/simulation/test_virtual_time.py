"""Virtual time: nothing waits, everything is exact, and a program that hangs raises."""

import asyncio
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.simulation.virtual_time import (
    WALL_MILLISECONDS,
    Deadlock,
    SimulatedClock,
    VirtualTimeLoop,
    run,
    virtual_nanoseconds,
)


def test_loop_jumps_to_the_next_timer() -> None:
    """A month takes no real time and is exact."""

    async def main() -> float:
        await asyncio.sleep(30 * 24 * 3600)
        return asyncio.get_running_loop().time()

    assert run(main()) == 30 * 24 * 3600


def test_loop_raises_before_time_becomes_inexact() -> None:
    """Otherwise a timer that a float cannot hold would make an endless loop."""
    with pytest.raises(OverflowError, match="virtual time is exact for 4194304 seconds"):
        run(asyncio.sleep(365 * 24 * 3600))


def test_loop_stands_still_while_something_is_ready() -> None:
    """Computing takes no virtual time."""

    async def main() -> float:
        for _ in range(1_000):
            await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert run(main()) == 0


def test_run_until_runs_all_up_to_an_instant() -> None:
    """Then the loop stands at that instant, with timers or without."""
    loop, rung = VirtualTimeLoop(), list[int]()
    for milliseconds in (1, 2, 3):
        loop.call_later(milliseconds / 1_000, rung.append, milliseconds)
    loop.run_until(2_000_000)
    assert (rung, loop.nanoseconds()) == ([1, 2], 2_000_000)
    loop.run_until(10_000_000)
    assert (rung, loop.nanoseconds()) == ([1, 2, 3], 10_000_000)
    loop.close()


def test_run_until_runs_what_becomes_ready_at_that_instant() -> None:
    """An instant in the past counts as now."""
    loop, rung = VirtualTimeLoop(), list[str]()
    loop.run_until(5)
    loop.call_soon(lambda: loop.call_soon(lambda: rung.append("second")))
    loop.run_until(1)
    assert (rung, loop.nanoseconds()) == (["second"], 5)
    loop.close()


def test_loop_runs_timers_in_the_order_of_their_instants() -> None:
    """In whatever order they were set."""

    async def main() -> list[int]:
        rung: list[int] = []
        loop = asyncio.get_running_loop()
        for milliseconds in (3, 1, 2):
            loop.call_later(milliseconds / 1000, rung.append, milliseconds)
        await asyncio.sleep(1)
        return rung

    assert run(main()) == [1, 2, 3]


def test_loop_keeps_timers_a_nanosecond_apart() -> None:
    """At the start of a run and late in a long one."""

    async def main() -> list[int]:
        rung: list[int] = []
        loop = asyncio.get_running_loop()
        clock = SimulatedClock(loop)
        await asyncio.sleep(1_000_000)
        start = clock.now()
        for nanoseconds in range(1, 100):
            clock.call_at(start + nanoseconds, lambda: rung.append(clock.now() - start))
        await asyncio.sleep(1)
        return rung

    assert run(main()) == [*range(1, 100)]


def test_loop_rounds_half_a_nanosecond_up() -> None:
    """Rounded to zero, time would stand still for ever."""

    async def main() -> int:
        await asyncio.sleep(0.5e-9)
        return virtual_nanoseconds(asyncio.get_running_loop())

    assert run(main()) == 1


def test_loop_raises_deadlock_if_nothing_can_happen() -> None:
    """A real loop would wait for ever; the error gives the instant."""

    async def main() -> None:
        await asyncio.sleep(2)
        await asyncio.Event().wait()

    with pytest.raises(Deadlock, match=r"at 2\.0 s of virtual time nothing is ready"):
        run(main())


def test_loop_runs_the_work_of_an_executor_at_once() -> None:
    """Another thread would not be reproducible; result and error arrive as usual."""

    async def main() -> int:
        with pytest.raises(ValueError, match="math domain error"):
            await asyncio.to_thread(math.sqrt, -1)
        return await asyncio.to_thread(math.factorial, 5)

    assert run(main()) == 120


def test_loop_can_be_made_before_it_runs() -> None:
    """So that clocks and networks can be made for it."""
    loop = VirtualTimeLoop()
    clock = SimulatedClock(loop)

    async def main() -> None:
        await asyncio.sleep(1)

    loop.run(main())
    assert (clock.now(), loop.nanoseconds(), loop.is_closed()) == (10**9, 10**9, True)


def test_clock_has_its_own_rate_zero_and_calendar() -> None:
    """After ten seconds, a clock that is one percent fast shows a tenth of a second more."""

    async def main() -> tuple[int, int, int]:
        loop = asyncio.get_running_loop()
        clock = SimulatedClock(loop, rate=1.01, offset=5, wall_milliseconds=1_000)
        await asyncio.sleep(10)
        plain = SimulatedClock(loop)
        return clock.now(), clock.wall_milliseconds(), plain.wall_milliseconds()

    expected = (10_100_000_005, 1_000 + 10_100, WALL_MILLISECONDS + 10_000)
    assert run(main()) == expected


@given(
    rate=st.floats(0.5, 2.0),
    offset=st.integers(-(10**12), 10**12),
    start=st.integers(0, 10**12),
    delay=st.integers(0, 10**12),
)
@example(rate=0.7, offset=0, start=0, delay=60771337158)
def test_clock_calls_at_the_first_nanosecond_that_shows_the_instant(
    rate: float, offset: int, start: int, delay: int
) -> None:
    """If it was early, an alarm would set its timer again and again while time stands still."""

    async def main() -> tuple[int, int]:
        loop = asyncio.get_running_loop()
        clock = SimulatedClock(loop, rate, offset)
        await asyncio.sleep(start / 1e9)
        instant, rung = clock.now() + delay, asyncio.Event()
        clock.call_at(instant, rung.set)
        await rung.wait()
        return clock.now() - instant, math.ceil(rate)

    late, tick = run(main())
    assert 0 <= late < tick


@pytest.mark.parametrize("rate", [0, -1, math.inf, math.nan])
def test_clock_refuses_a_rate_that_is_not_above_zero(rate: float) -> None:
    """Time neither stands still nor goes back."""
    loop = VirtualTimeLoop()
    loop.close()
    with pytest.raises(ValueError, match="rate must be finite and above zero"):
        SimulatedClock(loop, rate)
