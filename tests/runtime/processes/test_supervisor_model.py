"""Supervisors compared with a model: after any failures, the same children run."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from runtime import Restart, Strategy
from tests.runtime.supervisor_support import NAMES, Office, in_office

ORDERLY = ("normal", "shutdown")
INTENSITY = 1_000

kinds = st.lists(st.sampled_from(Restart), min_size=1, max_size=len(NAMES))
ends = st.tuples(st.sampled_from(NAMES), st.sampled_from(["fail", "enough", *ORDERLY, "kill"]))
blows = st.lists(st.lists(ends, min_size=1, max_size=2, unique_by=lambda end: end[0]), max_size=6)


@dataclass
class Model:
    """What a supervisor should do, as simple code."""

    strategy: Strategy
    kinds: dict[str, Restart]
    lives: dict[str, int] = field(default_factory=dict)
    """For each running child, the number of its last start, counted over all children."""
    starts: int = 0

    def __post_init__(self) -> None:
        self.places = list(self.kinds)
        self.start(self.places)

    def start(self, names: list[str]) -> None:
        """Starts these."""
        for name in names:
            self.starts += 1
            self.lives[name] = self.starts

    def end(self, name: str, end: str) -> None:
        """One child has ended."""
        if name not in self.lives:
            return
        del self.lives[name]
        kind = self.kinds[name]
        if kind is Restart.TEMPORARY:
            self.places.remove(name)
        elif kind is Restart.PERMANENT or end not in ORDERLY:
            self.start_again(self.affected(name))

    def affected(self, name: str) -> list[str]:
        """The children that are restarted with it."""
        if self.strategy is Strategy.ONE_FOR_ONE:
            return [name]
        begin = 0 if self.strategy is Strategy.ALL_FOR_ONE else self.places.index(name)
        return self.places[begin:]

    def start_again(self, names: list[str]) -> None:
        """Restarts all but the temporary children, which are forgotten."""
        for name in names:
            self.lives.pop(name, None)
            if self.kinds[name] is Restart.TEMPORARY:
                self.places.remove(name)
        self.start([name for name in names if name in self.places])

    def running(self) -> list[str]:
        """The children that run, in their order."""
        return [name for name in self.places if name in self.lives]


def strike(office: Office, name: str, end: str) -> None:
    """Ends a worker, if it runs."""
    pid = office.node.whereis(name)
    if pid is not None and end == "kill":
        office.watcher.send_exit(pid, "kill")
    elif pid is not None:
        office.tell(name, end)


def order_of(lives: dict[str, int]) -> list[str]:
    """The names in the order of their last start."""
    return sorted(lives, key=lambda name: lives[name])


@pytest.mark.slow
@settings(deadline=None)
@given(strategy=st.sampled_from(Strategy), kinds=kinds, blows=blows)
def test_supervisor_model_agrees_below_the_intensity(
    strategy: Strategy, kinds: list[Restart], blows: list[list[tuple[str, str]]]
) -> None:
    """The same children run, started in the same order; the others were left alone."""

    async def main(office: Office) -> None:
        named = dict(zip(NAMES, kinds, strict=False))
        model = Model(strategy, named)
        children = [office.worker(name, restart=kind) for name, kind in named.items()]
        await office.open(children, strategy, INTENSITY)
        for [(name, end), *_] in blows:
            strike(office, name, end)
            model.end(name, end)
            await asyncio.sleep(1)
            assert office.running() == model.running()
            numbers = {str(child): pid.number for child, pid in office.boss.children}
            assert order_of(numbers) == order_of(model.lives)
        assert office.reasons() == []

    in_office(main)


@pytest.mark.slow
@settings(deadline=None)
@given(strategy=st.sampled_from(Strategy), kinds=kinds, blows=blows)
def test_supervisor_model_agrees_after_failures_at_the_same_time(
    strategy: Strategy, kinds: list[Restart], blows: list[list[tuple[str, str]]]
) -> None:
    """Every permanent child runs, no temporary child that ended does, all in their order."""

    async def main(office: Office) -> None:
        named = dict(zip(NAMES, kinds, strict=False))
        children = [office.worker(name, restart=kind) for name, kind in named.items()]
        await office.open(children, strategy, INTENSITY)
        gone: set[str] = set()
        for blow in blows:
            for name, end in blow:
                strike(office, name, end)
                if named.get(name) is Restart.TEMPORARY:
                    gone.add(name)
            await asyncio.sleep(1)
            running = office.running()
            permanent = [name for name in named if named[name] is Restart.PERMANENT]
            assert [name for name in running if name in permanent] == permanent
            assert running == [name for name in named if name in running]
            assert not gone & set(running)
        assert office.reasons() == []
        office.news()
        expected = office.running()
        office.boss.stop()
        await asyncio.sleep(1)
        assert office.news() == [f"-{name}" for name in reversed(expected)]

    in_office(main)


@pytest.mark.slow
@settings(deadline=None)
@given(
    intensity=st.integers(0, 3),
    pauses=st.lists(st.integers(1, 4), max_size=10),
    strategy=st.sampled_from(Strategy),
)
def test_supervisor_model_agrees_when_the_intensity_is_exceeded(
    intensity: int, pauses: list[int], strategy: Strategy
) -> None:
    """It fails when one period contains more failures than the intensity, wherever the period begins."""

    async def main(office: Office) -> None:
        await office.open(office.workers(2), strategy, intensity, 5.5)
        failures: list[float] = []
        for pause in pauses:
            failures.append(office.world.loop.time())
            office.tell("two", "fail")
            await asyncio.sleep(pause)
            recent = [failure for failure in failures if failures[-1] - failure < 5.5]
            is_over = len(recent) > intensity
            assert bool(office.reasons()) == is_over
            if is_over:
                break

    in_office(main)


def test_supervisor_model_differs_for_another_strategy() -> None:
    """Otherwise the comparison above would prove nothing."""
    kinds = dict.fromkeys(NAMES, runtime.Restart.PERMANENT)
    orders = []
    for strategy in Strategy:
        model = Model(strategy, kinds)
        model.end("two", "fail")
        orders.append(order_of(model.lives))
    assert orders == [
        ["one", "three", "four", "two"],
        ["one", "two", "three", "four"],
        ["one", "two", "three", "four"],
    ]
