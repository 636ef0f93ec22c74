"""A race of attempts: the first that succeeds counts, and all have ended afterwards."""

import asyncio

import pytest

from runtime.network.race import Race
from runtime.simulation import run


async def attempt(seconds: float, outcome: str | Exception) -> str:
    """Succeeds or fails after that time."""
    await asyncio.sleep(seconds)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def stubborn(result: str) -> str:
    """Succeeds when it is cancelled, as an attempt whose answer comes in that moment does."""
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        return result
    raise AssertionError


def test_race_returns_the_first_success_and_cancels_the_others() -> None:
    """What succeeds too late is discarded."""

    async def main() -> None:
        discarded: list[str] = []
        async with Race[str](discarded.append) as race:
            race.begin(attempt(3, "slow"))
            race.begin(stubborn("late"))
            race.begin(attempt(1, "fast"))
            assert await race.winner(10) == "fast"
        assert discarded == ["late"]
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert asyncio.get_running_loop().time() == 1

    run(main())


def test_race_discards_the_second_of_two_that_succeed_at_once() -> None:
    """One of them wins, the other one is released."""

    async def main() -> None:
        discarded: list[str] = []
        async with Race[str](discarded.append) as race:
            race.begin(attempt(1, "one"))
            race.begin(attempt(1, "other"))
            won = await race.winner(10)
        assert {won, *discarded} == {"one", "other"}

    run(main())


def test_race_waits_no_longer_than_it_is_told() -> None:
    """The attempts go on."""

    async def main() -> None:
        async with Race[str](print) as race:
            race.begin(attempt(3, "slow"))
            assert await race.winner(1) is None
            assert asyncio.get_running_loop().time() == 1
            assert race.is_running
            assert await race.winner(5) == "slow"
            assert not race.is_running

    run(main())


def test_race_goes_on_after_a_failure_unless_told_to_stop_there() -> None:
    """The error of the last failure is kept."""

    async def main() -> None:
        async with Race[str](print) as race:
            race.begin(attempt(1, OSError("first")))
            race.begin(attempt(2, OSError("second")))
            race.begin(attempt(3, "success"))
            assert await race.winner(10, stop_at_failure=True) is None
            assert asyncio.get_running_loop().time() == 1
            assert str(race.error) == "first"
            assert await race.winner(10) == "success"
            assert str(race.error) == "second"

    run(main())


def test_race_returns_when_all_have_failed() -> None:
    """It does not wait for the time to be over."""

    async def main() -> None:
        async with Race[str](print) as race:
            race.begin(attempt(1, OSError("first")))
            assert await race.winner(10) is None
            assert not race.is_running
            assert asyncio.get_running_loop().time() == 1

    run(main())


def test_race_gives_up_all_but_the_first() -> None:
    """A result that still comes of them is discarded."""

    async def main() -> None:
        discarded: list[str] = []
        async with Race[str](discarded.append) as race:
            race.begin(attempt(2, "first"))
            race.begin(stubborn("second"))
            assert await race.winner(1) is None
            race.give_up_all_but_first()
            assert await race.winner(10) == "first"
        assert discarded == ["second"]

    run(main())


def test_race_without_attempts_has_an_error() -> None:
    """So there is something to raise."""

    async def main() -> None:
        async with Race[str](print) as race:
            assert await race.winner(1) is None
            with pytest.raises(OSError, match="nothing was attempted"):
                raise race.error

    run(main())
