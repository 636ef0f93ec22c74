"""Supervisors: which children are restarted, in which order, and how often."""

import asyncio
import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest

import runtime
from runtime import Child, Restart, Strategy, Supervision
from tests.runtime.supervisor_support import NAMES, Boss, Office, Worker, in_office


def test_supervisor_starts_children_in_order_and_stops_them_in_reverse() -> None:
    """Each after the one before."""

    async def main(office: Office) -> None:
        await office.open(office.workers())
        assert office.news() == ["+one", "+two", "+three"]
        assert office.running() == ["one", "two", "three"]
        office.boss.stop("enough")
        await asyncio.sleep(1)
        assert office.news() == ["-three", "-two", "-one"]
        assert office.reasons() == ["enough"]
        assert [office.node.whereis(name) for name in NAMES] == [None] * 4

    in_office(main)


@pytest.mark.parametrize(
    ("strategy", "stopped_and_started"),
    [
        (Strategy.ONE_FOR_ONE, ["-two", "+two"]),
        (
            Strategy.ALL_FOR_ONE,
            ["-two", "-four", "-three", "-one", "+one", "+two", "+three", "+four"],
        ),
        (Strategy.REST_FOR_ONE, ["-two", "-four", "-three", "+two", "+three", "+four"]),
    ],
)
@pytest.mark.parametrize("end", ["fail", "normal", "shutdown", "enough"])
def test_supervisor_restarts_the_children_of_its_strategy(
    strategy: Strategy, stopped_and_started: list[str], end: str
) -> None:
    """Those that run are stopped in reverse, then started in order; the others go on."""

    async def main(office: Office) -> None:
        await office.open(office.workers(4), strategy)
        office.news()
        office.tell("two", end)
        await asyncio.sleep(1)
        assert office.news() == stopped_and_started
        assert office.running() == list(NAMES)

    in_office(main)


@pytest.mark.parametrize(
    ("restart", "end", "is_started_again"),
    [
        (Restart.PERMANENT, "normal", True),
        (Restart.PERMANENT, "fail", True),
        (Restart.TRANSIENT, "normal", False),
        (Restart.TRANSIENT, "shutdown", False),
        (Restart.TRANSIENT, "enough", True),
        (Restart.TRANSIENT, "fail", True),
        (Restart.TEMPORARY, "normal", False),
        (Restart.TEMPORARY, "fail", False),
    ],
)
def test_supervisor_restarts_after_the_ends_of_the_kind_of_child(
    restart: Restart, end: str, is_started_again: bool
) -> None:
    """If a child is not restarted, no other is."""

    async def main(office: Office) -> None:
        child = office.worker("one", restart=restart)
        await office.open([child, office.worker("two")], Strategy.ALL_FOR_ONE)
        office.news()
        office.tell("one", end)
        await asyncio.sleep(1)
        again = ["-one", "-two", "+one", "+two"]
        assert office.news() == (again if is_started_again else ["-one"])
        assert office.running() == (["one"] if is_started_again else []) + ["two"]

    in_office(main)


def test_supervisor_forgets_a_temporary_child_that_it_stops_with_another() -> None:
    """A transient child that had ended in order is started again with the others."""

    async def main(office: Office) -> None:
        temporary = office.worker("two", restart=Restart.TEMPORARY)
        transient = office.worker("three", restart=Restart.TRANSIENT)
        await office.open([office.worker("one"), temporary, transient], Strategy.ALL_FOR_ONE)
        office.tell("three", "normal")
        await asyncio.sleep(1)
        assert office.running() == ["one", "two"]
        office.tell("one", "fail")
        await asyncio.sleep(1)
        assert office.running() == ["one", "three"]

    in_office(main)


def test_supervisor_ends_after_more_restarts_than_the_intensity() -> None:
    """The reason gives the numbers and the last failure; the children are stopped."""

    async def main(office: Office) -> None:
        await office.open(office.workers(2), Strategy.ONE_FOR_ONE, 2, 5.0)
        for _ in range(3):
            assert office.running() == ["one", "two"]
            office.tell("one", "fail")
            await asyncio.sleep(1)
        assert office.reasons() == [
            "TooManyRestarts: 3 restarts within 5.0 s, 2 are allowed; "
            "the last: child one ended: LookupError: boom"
        ]
        assert [office.node.whereis(name) for name in NAMES] == [None] * 4

    in_office(main)


def test_supervisor_forgets_restarts_after_the_period() -> None:
    """One every two seconds is never more than two within three."""

    async def main(office: Office) -> None:
        await office.open(office.workers(1), Strategy.ONE_FOR_ONE, 2, 3.0)
        for _ in range(10):
            office.tell("one", "fail")
            await asyncio.sleep(2)
        assert office.running() == ["one"]

    in_office(main)


def test_supervisor_with_intensity_zero_ends_at_the_first_failure() -> None:
    """No restart is allowed."""

    async def main(office: Office) -> None:
        await office.open(office.workers(1), Strategy.ONE_FOR_ONE, 0)
        office.tell("one", "fail")
        await asyncio.sleep(1)
        assert len(office.reasons()) == 1

    in_office(main)


class Ephemeral(runtime.Process):
    """A process that stops in its `init`."""

    def init(self) -> None:
        self.stop()


@pytest.mark.parametrize(("restart", "ends"), [(Restart.TRANSIENT, 0), (Restart.PERMANENT, 1)])
def test_supervisor_notices_a_child_that_ends_at_once(restart: Restart, ends: int) -> None:
    """Although it has ended before the supervisor knows that it started."""

    async def main(office: Office) -> None:
        await office.open([Child(factory=Ephemeral, restart=restart)])
        await asyncio.sleep(1)
        assert office.boss.children == []
        assert len(office.reasons()) == ends

    in_office(main)


class Unlucky(Worker):
    """A process whose `init` fails as often as its argument says."""

    def init(self, journal: list[str], label: str, luck: Any = ()) -> None:
        super().init(journal, label)
        if next(luck, True) is False:
            raise LookupError("no luck")


@pytest.mark.parametrize("strategy", list(Strategy))
def test_supervisor_counts_an_init_that_fails_as_a_restart(strategy: Strategy) -> None:
    """At the start and later; below the intensity it is tried again."""

    async def main(office: Office) -> None:
        luck = iter([False, True, False, False, True])
        child = Child(factory=Unlucky, arguments=(office.journal, "two", luck), name="two")
        await office.open([office.worker("one"), child], strategy, 4)
        assert office.news() == ["+one", "+two", "+two"]
        office.tell("two", "fail")
        await asyncio.sleep(1)
        assert [entry for entry in office.news() if "two" in entry] == ["-two"] + ["+two"] * 3
        assert office.running() == ["one", "two"]
        office.tell("two", "fail")
        await asyncio.sleep(1)
        assert len(office.reasons()) == 1

    in_office(main)


def test_supervisor_does_not_start_if_its_children_do_not() -> None:
    """`spawn` raises; the children that had started are stopped in reverse."""

    async def main(office: Office) -> None:
        luck = itertools.repeat(False)
        child = Child(factory=Unlucky, arguments=(office.journal, "three", luck), name="three")
        with pytest.raises(runtime.TooManyRestarts, match="LookupError: no luck"):
            await office.open([*office.workers(2), child], Strategy.ONE_FOR_ONE, 1)
        assert office.news() == ["+one", "+two", "+three", "+three", "-two", "-one"]

    in_office(main)


def test_supervisor_counts_children_that_fail_together_as_one_restart() -> None:
    """The first failure has restarted all of them; a temporary one is handled once."""

    async def main(office: Office) -> None:
        temporary = office.worker("three", restart=Restart.TEMPORARY)
        await office.open([*office.workers(2), temporary], Strategy.ALL_FOR_ONE, 1)
        office.news()
        for name in ("one", "two", "three"):
            office.tell(name, "fail")
        await asyncio.sleep(1)
        assert office.news() == ["-one", "-two", "-three", "+one", "+two"]
        assert office.running() == ["one", "two"]
        assert office.reasons() == []

    in_office(main)


def test_supervisor_leaves_out_a_temporary_child_that_does_not_start() -> None:
    """The others run."""

    async def main(office: Office) -> None:
        luck = iter([False, True])
        child = Child(
            factory=Unlucky,
            arguments=(office.journal, "one", luck),
            name="one",
            restart=Restart.TEMPORARY,
        )
        await office.open([child, office.worker("two")], Strategy.ALL_FOR_ONE, 1)
        assert office.running() == ["two"]
        office.tell("two", "fail")
        await asyncio.sleep(1)
        assert office.running() == ["two"]

    in_office(main)


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (
            lambda: Supervision([Child(factory=Worker, name="x")] * 2),
            "children must have different",
        ),
        (lambda: Supervision([], intensity=-1), "intensity must not be negative, not -1"),
        (lambda: Supervision([], period_seconds=0), "period_seconds must be finite and above zero"),
        (
            lambda: Child(factory=Worker, shutdown_seconds=math.inf),
            "shutdown_seconds must be finite and not negative, not inf",
        ),
        (lambda: Child(factory=Worker, name="a@b"), "name must be 1 to 100 printable"),
    ],
)
def test_supervision_refuses_rules_that_make_no_sense(
    make: Callable[[], object], complaint: str
) -> None:
    """When they are made; the error names the field and the value."""
    with pytest.raises(ValueError, match=complaint):
        make()


def test_supervisor_refuses_an_init_that_returns_no_rules() -> None:
    """The error shows what was returned."""

    async def main(office: Office) -> None:
        with pytest.raises(TypeError, match=r"init must return runtime\.Supervision, not 7"):
            await office.node.spawn(Boss, 7)

    in_office(main)
