"""Work that runs while a leadership lasts: it is cancelled before the lease can end."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from leader.election.lease_scope import LeaseScope
from runtime.simulation import SimulatedClock, VirtualTimeLoop

SECOND = 1_000_000_000
GRACE = SECOND // 10


class Bench:
    """A scope whose lease a test sets, and a journal of what came of it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.clock = SimulatedClock(self.loop)
        self.lease_until = SECOND
        self.journal: list[Any] = []
        self.scope = LeaseScope(
            self.clock,
            remaining=lambda: self.lease_until - self.clock.now(),
            grace=GRACE,
            on_expiring=self.on_expiring,
            failed=self.note,
        )

    def on_expiring(self) -> None:
        """End the leadership, as the user of a scope has to."""
        self.note("short")
        self.scope.cancel()

    def note(self, what: Any) -> None:
        """Note when something happened."""
        self.journal.append((round(self.loop.time(), 6), what))

    async def work(self, seconds: float = 60, last_words: float = 0) -> None:
        """Run for `seconds`; when cancelled, take `last_words` seconds to stop."""
        try:
            await asyncio.sleep(seconds)
            self.note("done")
        except asyncio.CancelledError:
            await asyncio.sleep(last_words)
            self.note("stopped")
            raise


def on_bench(test: Callable[[Bench], Coroutine[Any, Any, None]]) -> None:
    """Run a test in virtual time; no task may be left."""

    async def main() -> None:
        await test(Bench())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    VirtualTimeLoop().run(main())


def test_work_that_ends_by_itself_needs_no_end() -> None:
    """Nothing is told, and no timer rings afterwards."""

    async def main(bench: Bench) -> None:
        bench.scope.run(bench.work(0.5))
        await asyncio.sleep(5)
        assert bench.journal == [(0.5, "done")]

    on_bench(main)


def test_work_is_cancelled_before_its_lease_can_end() -> None:
    """Earlier by the grace. The lease at that moment counts, not the lease at the beginning."""

    async def main(bench: Bench) -> None:
        bench.scope.run(bench.work())
        await asyncio.sleep(0.8)
        bench.lease_until = 3 * SECOND
        await asyncio.sleep(5)
        assert bench.journal == [(2.9, "short"), (2.9, "stopped")]

    on_bench(main)


def test_cancel_ends_all_work() -> None:
    """Each task of it; `ended` waits for all of them."""

    async def main(bench: Bench) -> None:
        bench.scope.run(bench.work(last_words=0.2))
        bench.scope.run(bench.work())
        await asyncio.sleep(0.1)
        bench.scope.cancel()
        bench.note("ended")
        await bench.scope.ended()
        bench.note("all ended")
        assert bench.journal == [
            *((0.1, "ended"), (0.1, "stopped")),
            *((0.3, "stopped"), (0.3, "all ended")),
        ]

    on_bench(main)


def test_ended_returns_at_once_without_work() -> None:
    """Neither before any work nor after it is there anything to wait for."""

    async def main(bench: Bench) -> None:
        await bench.scope.ended()
        bench.scope.cancel()
        await bench.scope.ended()

    on_bench(main)


def test_error_in_the_work_is_told() -> None:
    """As it is; a cancellation by the scope is no error."""

    async def main(bench: Bench) -> None:
        async def fail() -> None:
            raise ArithmeticError

        bench.scope.run(fail())
        bench.scope.run(bench.work())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        bench.scope.cancel()
        await bench.scope.ended()
        assert [type(what) for _, what in bench.journal] == [ArithmeticError, str]

    on_bench(main)


def test_work_of_the_next_leadership_is_watched_too() -> None:
    """From its own beginning."""

    async def main(bench: Bench) -> None:
        bench.scope.run(bench.work())
        await asyncio.sleep(0.5)
        bench.scope.cancel()
        await bench.scope.ended()
        bench.lease_until = 2 * SECOND
        bench.scope.run(bench.work())
        await asyncio.sleep(5)
        assert bench.journal == [(0.5, "stopped"), (1.9, "short"), (1.9, "stopped")]

    on_bench(main)


def test_work_is_cancelled_only_once() -> None:
    """A second cancellation would interrupt its cleanup."""

    async def main(bench: Bench) -> None:
        bench.scope.run(bench.work(last_words=0.2))
        await asyncio.sleep(0.1)
        bench.scope.cancel()
        await asyncio.sleep(0.1)
        bench.scope.cancel()
        await bench.scope.ended()
        assert bench.journal == [(0.3, "stopped")]

    on_bench(main)


def test_work_that_is_cancelled_from_inside_has_failed() -> None:
    """For example by a pool that is closed: the scope has not cancelled this work."""

    async def main(bench: Bench) -> None:
        waited_for = bench.loop.create_future()

        async def wait() -> None:
            await waited_for

        bench.scope.run(wait())
        await asyncio.sleep(0.1)
        waited_for.cancel()
        await bench.scope.ended()
        [(when, error)] = bench.journal
        assert (when, type(error)) == (0.1, RuntimeError)
        assert str(error) == "the work was cancelled by what it waited for"

    on_bench(main)
