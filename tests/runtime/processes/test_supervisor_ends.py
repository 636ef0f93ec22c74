"""How supervisors and their children end: in order, in time, and never without each other."""

import asyncio

import pytest

import runtime
from runtime import Child, Strategy, Supervision
from tests.runtime.supervisor_support import NAMES, Boss, Office, Worker, in_office
from tests.runtime.support import Recorder


class Stubborn(Worker):
    """Takes an hour to terminate, and as long to release what it holds if it is told to."""

    async def terminate(self, reason: runtime.ExitReason) -> None:
        await asyncio.sleep(3600)

    async def _release(self) -> None:
        self.journal.append(f"!{self.label}")


def test_a_child_that_does_not_terminate_in_time_is_killed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After its own time-out; the others have theirs."""

    async def main(office: Office) -> None:
        child = Child(
            factory=Stubborn, arguments=(office.journal, "two"), name="two", shutdown_seconds=2
        )
        await office.open([office.worker("one"), child, office.worker("three")])
        office.news()
        began = office.world.loop.time()
        office.boss.stop("enough")
        await asyncio.sleep(1.9)
        assert office.news() == ["-three"]
        await asyncio.sleep(1)
        assert office.news() == ["!two", "-one"]
        assert office.world.loop.time() - began < 3
        assert "child two did not end in time at a shutdown" in caplog.messages

    in_office(main)


class Lingering(Stubborn):
    """Takes a minute to release what it holds."""

    async def _release(self) -> None:
        await asyncio.sleep(60)
        await super()._release()


def test_a_child_that_outlives_its_kill_does_not_end_its_supervisor_later() -> None:
    """It has been replaced; that it ends at last is no news."""

    async def main(office: Office) -> None:
        lingering = Child(factory=Lingering, arguments=(office.journal, "two"), shutdown_seconds=2)
        await office.open([office.worker("one"), lingering], Strategy.ALL_FOR_ONE)
        office.tell("one", "fail")
        await asyncio.sleep(10)
        assert office.news() == ["+one", "+two", "-one", "+one", "+two"]
        await asyncio.sleep(60)
        assert office.news() == ["!two"]
        assert office.reasons() == []

    in_office(main)


def test_supervisors_supervise_supervisors() -> None:
    """A failure is dealt with below until it is too often; then the lower one is started again."""

    async def main(office: Office) -> None:
        lower = Child(
            factory=Boss,
            arguments=(Supervision([office.worker("two")], Strategy.ONE_FOR_ONE, 1),),
            name="lower",
        )
        await office.open([office.worker("one"), lower, office.worker("three")])
        below = office.node.whereis("lower")
        office.news()
        office.tell("two", "fail")
        await asyncio.sleep(1)
        assert (office.news(), office.node.whereis("lower")) == (["-two", "+two"], below)
        office.tell("two", "fail")
        await asyncio.sleep(1)
        assert office.news() == ["-two", "+two"]
        assert office.running() == ["one", "lower", "three"]
        assert office.node.whereis("lower") != below
        office.boss.stop()
        await asyncio.sleep(1)
        assert office.news() == ["-three", "-two", "-one"]

    in_office(main)


def test_a_stopping_node_stops_supervised_processes_in_reverse_order() -> None:
    """Their supervisor does it, not the node."""

    async def main(office: Office) -> None:
        await office.open(office.workers())
        office.news()
        await office.node.stop()
        assert office.news() == ["-three", "-two", "-one"]

    in_office(main)


def test_a_supervisor_that_is_killed_takes_its_children_along() -> None:
    """Nobody starts what it has left behind, and nothing of it goes on."""

    async def main(office: Office) -> None:
        await office.open(office.workers())
        office.watcher.send_exit(office.boss.pid, "kill")
        await asyncio.sleep(1)
        assert office.reasons() == ["killed"]
        assert [office.node.whereis(name) for name in NAMES] == [None] * 4

    in_office(main)


@pytest.mark.parametrize("is_child", [True, False])
def test_an_exit_ends_a_supervisor_in_order(is_child: bool) -> None:
    """Whoever sends it: a child that asks for it is not mistaken for one that has ended."""

    async def main(office: Office) -> None:
        asker = Recorder()
        child = Child(factory=lambda: asker if is_child else Recorder(), name="child")
        await office.open([office.worker("one"), child])
        if not is_child:
            await office.node.spawn(lambda: asker)
        asker.send_exit(office.boss.pid, "enough")
        await asyncio.sleep(1)
        assert office.reasons() == ["enough"]
        assert office.news() == ["+one", "-one"]

    in_office(main)


@pytest.mark.parametrize(("reason", "ends"), [("enough", ["enough"]), ("shutdown", [])])
def test_a_supervisor_shares_the_end_of_who_links_with_it(reason: str, ends: list[str]) -> None:
    """As any process does: it traps exits for its children's sake only."""

    async def main(office: Office) -> None:
        await office.open(office.workers(1))
        other = Recorder()
        await office.node.spawn(lambda: other)
        other.link(office.boss.pid)
        other.stop(reason)
        await asyncio.sleep(1)
        assert office.reasons() == ends

    in_office(main)


def test_a_child_needs_no_name() -> None:
    """It goes by that of its factory."""

    async def main(office: Office) -> None:
        await office.open([Child(factory=Worker, arguments=(office.journal, "x"))])
        [(child, pid)] = office.boss.children
        office.node.send(pid, "fail")
        await asyncio.sleep(1)
        assert office.news() == ["+x", "-x", "+x"]
        assert str(child) == "Worker"

    in_office(main)


def test_a_supervisor_shows_its_children() -> None:
    """In order, with their pids."""

    async def main(office: Office) -> None:
        await office.open(office.workers(2), Strategy.REST_FOR_ONE)
        shown = await office.node.inspect(office.boss.pid)
        pids = {
            f"child {number} {name}": str(office.node.whereis(name))
            for number, name in ((1, "one"), (2, "two"))
        }
        assert {"strategy": "rest_for_one"} | pids == {
            key: value for key, value in shown.items() if not key.startswith("runtime.")
        }

    in_office(main)
