"""How supervisors and their children end: in order and in time."""

import asyncio

import pytest

import runtime
from runtime import Child, Strategy, Supervision
from tests.runtime.supervisor_support import NAMES, Boss, Office, Worker, in_office
from tests.runtime.support import Recorder


class Stubborn(Worker):
    """A process that takes an hour to terminate and, if told so, an hour to release."""

    async def terminate(self, reason: runtime.ExitReason) -> None:
        await asyncio.sleep(3600)

    async def _release(self) -> None:
        self.journal.append(f"!{self.label}")


def test_supervisor_kills_a_child_that_does_not_terminate_in_time(
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
    """A process that takes a minute to release what it holds."""

    async def _release(self) -> None:
        await asyncio.sleep(60)
        await super()._release()


def test_supervisor_ignores_the_late_end_of_a_child_that_it_gave_up() -> None:
    """That child has been replaced."""

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


def test_supervisor_can_be_the_child_of_a_supervisor() -> None:
    """The lower one handles failures until there are too many; then it is restarted itself."""

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


def test_supervisor_stops_its_children_when_the_node_stops() -> None:
    """In reverse; the node does not stop them itself."""

    async def main(office: Office) -> None:
        await office.open(office.workers())
        office.news()
        await office.node.stop()
        assert office.news() == ["-three", "-two", "-one"]

    in_office(main)


def test_supervisor_that_is_killed_ends_its_children() -> None:
    """None of them is restarted."""

    async def main(office: Office) -> None:
        await office.open(office.workers())
        office.watcher.send_exit(office.boss.pid, "kill")
        await asyncio.sleep(1)
        assert office.reasons() == ["killed"]
        assert [office.node.whereis(name) for name in NAMES] == [None] * 4

    in_office(main)


@pytest.mark.parametrize("is_child", [True, False])
def test_supervisor_ends_in_order_at_an_exit(is_child: bool) -> None:
    """Also if a child sends it: that child has not ended."""

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
def test_supervisor_ends_when_a_process_linked_with_it_fails(reason: str, ends: list[str]) -> None:
    """It traps exits for its children only."""

    async def main(office: Office) -> None:
        await office.open(office.workers(1))
        other = Recorder()
        await office.node.spawn(lambda: other)
        other.link(office.boss.pid)
        other.stop(reason)
        await asyncio.sleep(1)
        assert office.reasons() == ends

    in_office(main)


def test_supervisor_names_a_child_without_a_name_by_its_factory() -> None:
    """In its log and in `inspect`."""

    async def main(office: Office) -> None:
        await office.open([Child(factory=Worker, arguments=(office.journal, "x"))])
        [(child, pid)] = office.boss.children
        office.node.send(pid, "fail")
        await asyncio.sleep(1)
        assert office.news() == ["+x", "-x", "+x"]
        assert str(child) == "Worker"

    in_office(main)


def test_supervisor_shows_its_children() -> None:
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
