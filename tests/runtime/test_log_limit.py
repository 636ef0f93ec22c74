"""A thing that happens any number of times is logged only so often, and a state that lasts more and more rarely."""

import asyncio

from runtime.log_limit import KEYS_LIMIT, PERIOD, GrowingPause, LogLimit
from runtime.simulation import SimulatedClock, VirtualTimeLoop

MINUTE = PERIOD / 1_000_000_000


def test_a_key_is_allowed_so_many_lines_within_a_period() -> None:
    """Of its own, and as many again when the period that its first line began is over."""

    async def main() -> None:
        limit = LogLimit(SimulatedClock(asyncio.get_running_loop()), lines=2)
        assert [limit.allows("a") for _ in range(4)] == [True, True, False, False]
        await asyncio.sleep(MINUTE / 2)
        assert [limit.allows("b") for _ in range(3)] == [True, True, False]
        await asyncio.sleep(MINUTE / 2)
        assert [limit.allows("a") for _ in range(3)] == [True, True, False]
        assert not limit.allows("b")

    VirtualTimeLoop().run(main())


def test_only_so_many_keys_are_allowed_within_a_period() -> None:
    """One that was logged already may use up its lines."""

    async def main() -> None:
        limit = LogLimit(SimulatedClock(asyncio.get_running_loop()), lines=2)
        assert all(limit.allows(str(number)) for number in range(KEYS_LIMIT))
        assert not limit.allows("one more")
        assert limit.allows("0")
        await asyncio.sleep(MINUTE)
        assert limit.allows("one more")

    VirtualTimeLoop().run(main())


def test_pauses_double_up_to_the_longest() -> None:
    """And begin anew after a reset."""
    pause = GrowingPause(3, longest=10)
    assert [pause.take() for _ in range(4)] == [3, 6, 10, 10]
    pause.reset()
    assert pause.take() == 3
    assert GrowingPause(30, longest=10).take() == 10
