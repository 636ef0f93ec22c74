"""Work that lives as long as a leadership: it is told to stop before the lease can end."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from leader.election.lease_scope import LeaseScope
from runtime.simulation import SimulatedClock, VirtualTimeLoop

SECOND = 1_000_000_000
GRACE = SECOND // 10


class Bench:
    """A tenure whose lease a test sets, and a journal of what came of it."""

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
        """Ends leadership, as whoever leads has to."""
        self.note("short")
        self.scope.cancel()

    def note(self, what: Any) -> None:
        """Writes down when it happened."""
        self.journal.append((round(self.loop.time(), 6), what))

    async def work(self, seconds: float = 60, last_words: float = 0) -> None:
        """Runs so long; when cancelled, needs that long to stop."""
        try:
            await asyncio.sleep(seconds)
            self.note("done")
        except asyncio.CancelledError:
            await asyncio.sleep(last_words)
            self.note("stopped")
            raise


def on_bench(test: Callable[[Bench], Coroutine[Any, Any, None]]) -> None:
    """Runs a test in virtual time; no task may be left."""

    async def main() -> None:
        await test(Bench())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    VirtualTimeLoop().run(main())


def test_work_that_ends_by_itself_is_let_go() -> None:
    """Nobody is told anything, and nothing rings any more."""

    async def main(bench: Bench) -> None:
        bench.scope.run(bench.work(0.5))
        await asyncio.sleep(5)
        assert bench.journal == [(0.5, "done")]

    on_bench(main)


def test_work_is_told_before_its_lease_can_end() -> None:
    """By the grace, and the lease of the moment counts, not the one at the beginning."""

    async def main(bench: Bench) -> None:
        bench.scope.run(bench.work())
        await asyncio.sleep(0.8)
        bench.lease_until = 3 * SECOND
        await asyncio.sleep(5)
        assert bench.journal == [(2.9, "short"), (2.9, "stopped")]

    on_bench(main)


def test_the_end_of_a_leadership_cancels_all_its_work() -> None:
    """Each task of it; whoever has to wait for that can."""

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


def test_nothing_to_wait_for_is_not_waited_for() -> None:
    """Neither before any work nor after it."""

    async def main(bench: Bench) -> None:
        await bench.scope.ended()
        bench.scope.cancel()
        await bench.scope.ended()

    on_bench(main)


def test_an_error_in_the_work_is_told() -> None:
    """As it is; that work was cancelled is none."""

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


def test_the_work_of_the_next_leadership_is_watched_too() -> None:
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


def test_work_is_told_to_stop_only_once() -> None:
    """Told again while it tidies up, it would leave that half done."""

    async def main(bench: Bench) -> None:
        bench.scope.run(bench.work(last_words=0.2))
        await asyncio.sleep(0.1)
        bench.scope.cancel()
        await asyncio.sleep(0.1)
        bench.scope.cancel()
        await bench.scope.ended()
        assert bench.journal == [(0.3, "stopped")]

    on_bench(main)


def test_work_that_is_cancelled_from_within_has_failed() -> None:
    """A pool that was closed cancels who waits for it; nobody told this work to stop."""

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
