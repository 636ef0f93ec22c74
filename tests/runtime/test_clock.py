"""Clocks and alarms: instants are nanoseconds, and an alarm is never early."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import pytest

from runtime.clock import (
    FAR_AHEAD_MILLISECONDS,
    NANOSECONDS,
    RELEASED_MILLISECONDS,
    Alarm,
    SystemClock,
    Timer,
    after,
    far_ahead_limit,
    sleep,
)
from runtime.simulation import SimulatedClock, run


class EarlyClock:
    """A clock whose timers can be made to call at once, however early that is."""

    def __init__(self) -> None:
        self.instant = 0
        self.pending: list[Callable[[], None]] = []

    def now(self) -> int:
        return self.instant

    def wall_milliseconds(self) -> int:
        return 0

    def call_at(self, instant: int, callback: Callable[[], None]) -> Timer:
        self.pending.append(callback)
        clock = self

        class Cancellable:
            def cancel(self) -> None:
                if callback in clock.pending:
                    clock.pending.remove(callback)

        return Cancellable()

    def ring(self) -> None:
        pending, self.pending = self.pending, []
        for callback in pending:
            callback()


def test_alarm_that_is_woken_early_waits_again() -> None:
    """It calls back once, when the instant has come."""
    clock, rung = EarlyClock(), list[int]()
    Alarm(clock, 100, lambda: rung.append(clock.now()))
    for clock.instant in (0, 99, 100, 101):
        clock.ring()
    assert rung == [100]


def test_alarm_can_be_cancelled_after_it_was_woken_early() -> None:
    """The timer that is set now is cancelled, and not the first one."""
    clock, rung = EarlyClock(), list[int]()
    alarm = Alarm(clock, 100, lambda: rung.append(clock.now()))
    clock.ring()
    alarm.cancel()
    clock.instant = 200
    clock.ring()
    assert rung == []


def test_after_counts_seconds_from_now() -> None:
    """Seconds become nanoseconds on the given clock."""

    async def main() -> int:
        clock = SimulatedClock(asyncio.get_running_loop(), offset=5)
        rung: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        after(clock, 1.5, lambda: rung.set_result(clock.now()))
        return await rung

    assert run(main()) == 5 + 1_500_000_000


def test_sleep_waits_by_the_given_clock() -> None:
    """A second of a clock at half speed takes two seconds."""

    async def main() -> float:
        loop = asyncio.get_running_loop()
        await sleep(SimulatedClock(loop, rate=0.5), 1.0)
        return loop.time()

    assert run(main()) == 2.0


def test_system_clock_can_be_read_without_a_running_loop() -> None:
    """A thread can ask whether a lease is over."""
    loop = asyncio.new_event_loop()
    try:
        clock = SystemClock(loop)
        assert clock.now() <= clock.now()
    finally:
        loop.close()


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this system has no such clock")
def test_system_clock_counts_through_suspend() -> None:
    """It reads the clock that goes on while the machine is suspended."""
    loop = asyncio.new_event_loop()
    loop.close()
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    reading = SystemClock(loop).now()
    assert before <= reading <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)


SUSPENDED_SECONDS = 1000
AFTER_A_SUSPEND = (
    *("unshare", "--user", "--map-root-user", "--time", "--boottime", str(SUSPENDED_SECONDS)),
    *(sys.executable, "-c"),
)
"""Runs a program with a boot clock as if the machine had been suspended for so long."""


def can_have_its_own_boot_clock() -> bool:
    """Whether this system lets a test start a process in a time namespace."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*AFTER_A_SUSPEND, ""], check=False, capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not can_have_its_own_boot_clock(), reason="there are no time namespaces here")
def test_system_clock_is_ahead_of_the_monotonic_clock_after_a_suspend() -> None:
    """On a machine that was never suspended, both clocks show the same; a lease would seem to last on."""
    program = (
        "import asyncio, time; from runtime.clock import SystemClock; "
        "loop = asyncio.new_event_loop(); clock = SystemClock(loop); loop.close(); "
        "print(clock.now() - time.monotonic_ns())"
    )
    printed = subprocess.run(
        [*AFTER_A_SUSPEND, program], check=True, capture_output=True, timeout=60
    )
    assert int(printed.stdout) > (SUSPENDED_SECONDS - 1) * NANOSECONDS


def test_system_clock_shows_the_wall_clock_in_milliseconds() -> None:
    """Its calendar is that of the machine."""
    loop = asyncio.new_event_loop()
    loop.close()
    before = time.time_ns() // 1_000_000
    reading = SystemClock(loop).wall_milliseconds()
    assert before <= reading <= time.time_ns() // 1_000_000


def test_alarm_of_the_system_clock_is_never_early() -> None:
    """An instant in the past calls back at once."""

    async def main() -> None:
        clock = SystemClock(asyncio.get_running_loop())
        for instant in (clock.now() + NANOSECONDS // 1000, 0):
            rung: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            Alarm(clock, instant, partial(rung.set_result, None))
            await rung
            assert clock.now() >= instant

    asyncio.run(main(), debug=True)


def test_far_ahead_is_ten_years_from_the_wall_clock() -> None:
    """A wall clock that shows a date before the release sets no limit."""
    assert far_ahead_limit(RELEASED_MILLISECONDS - 1) is None
    assert far_ahead_limit(0) is None
    limit = far_ahead_limit(RELEASED_MILLISECONDS)
    assert limit == RELEASED_MILLISECONDS + FAR_AHEAD_MILLISECONDS
    assert (
        time.gmtime(limit / 1000).tm_year == time.gmtime(RELEASED_MILLISECONDS / 1000).tm_year + 9
    )
