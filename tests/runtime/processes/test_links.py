"""Exits and links: who asks for an end gets it, who is tied shares it, who traps is told."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import runtime
from tests.runtime.support import Diary, Recorder, World, in_world

BOTH = pytest.mark.parametrize("where", ["a", "b"])


class Trapper(Recorder):
    """Keeps exits as it keeps messages."""

    def init(self) -> None:
        self.trap_exit = True


class Pair:
    """A process on node a, and another on a or b."""

    def __init__(self, world: World, near: runtime.Node, far: runtime.Node) -> None:
        self.world = world
        self.near = near
        self.far = far
        self.one, self.other, self.trapper = Diary(), Diary(), Trapper()

    async def settle(self) -> None:
        """Lets what is under way arrive."""
        await asyncio.sleep(0.1)

    def ends(self, diary: Diary) -> list[Any]:
        """Why it terminated, if it did."""
        return [each[1] for each in diary.entries if each[0] == "terminate"]

    def exits(self) -> list[Any]:
        """What the trapper was told, and by whom it was signed."""
        inbox = self.trapper.inbox
        return [inbox.get_nowait() for _ in range(inbox.qsize())]


def with_pair(where: str, main: Callable[[Pair], Coroutine[Any, Any, None]]) -> None:
    """Runs a test on nodes a and b."""

    async def body(world: World) -> None:
        nodes = {name: await world.start(name) for name in ("a", "b")}
        pair = Pair(world, nodes["a"], nodes[where])
        await pair.near.spawn(lambda: pair.one)
        await pair.far.spawn_register("other", lambda: pair.other)
        await pair.far.spawn(lambda: pair.trapper)
        await main(pair)

    in_world(body)


@BOTH
@pytest.mark.parametrize("reason", ["enough", "normal", "shutdown"])
def test_an_exit_ends_a_process_in_order(where: str, reason: str) -> None:
    """For the reason given, whatever it is; by name as well."""

    async def main(pair: Pair) -> None:
        pair.one.send_exit(runtime.ProcessId("other", where), reason)
        await pair.settle()
        assert pair.ends(pair.other) == [reason]

    with_pair(where, main)


@BOTH
def test_a_process_that_traps_exits_is_told_instead(where: str) -> None:
    """And lives on."""

    async def main(pair: Pair) -> None:
        pair.one.send_exit(pair.trapper.pid, "enough")
        await pair.settle()
        sender = pair.one.pid
        assert pair.exits() == [(sender, runtime.Exit(sender, "enough"))]
        assert pair.trapper.trap_exit

    with_pair(where, main)


@BOTH
def test_a_kill_cannot_be_trapped(where: str) -> None:
    """The process ends in the middle of whatever it does; what it holds is released."""

    async def main(pair: Pair) -> None:
        pair.far.send(pair.other.pid, "slow")
        pair.one.send_exit(pair.other.pid, "kill")
        pair.one.send_exit(pair.trapper.pid, "kill")
        await pair.settle()
        assert pair.other.entries[-1] == "release"
        assert pair.ends(pair.other) == []
        assert pair.exits() == []
        assert str(pair.trapper.pid) not in pair.far.statistics().mailboxes

    with_pair(where, main)


@BOTH
def test_an_exit_for_nobody_is_counted(where: str) -> None:
    """It arrives or not, as messages do."""

    async def main(pair: Pair) -> None:
        pair.one.send_exit(runtime.ProcessId("nobody", where), "enough")
        await pair.settle()
        assert pair.far.statistics().dropped == {"no such process": 1}
        with pytest.raises(TypeError, match="reason must be a str"):
            pair.one.send_exit(pair.other.pid, LookupError("x"))  # type: ignore[arg-type]

    with_pair(where, main)


@BOTH
@pytest.mark.parametrize("is_first", [True, False])
def test_a_process_that_fails_ends_those_it_is_linked_with(where: str, is_first: bool) -> None:
    """In both directions, with its reason."""

    async def main(pair: Pair) -> None:
        failing, surviving = (pair.one, pair.other) if is_first else (pair.other, pair.one)
        pair.one.link(pair.other.pid)
        await pair.settle()
        failing.stop(LookupError("boom"))
        await pair.settle()
        assert pair.ends(surviving) == ["LookupError: boom"]
        assert [node.statistics().watches for node in pair.world.nodes] == [0, 0]

    with_pair(where, main)


@BOTH
@pytest.mark.parametrize("reason", ["normal", "shutdown"])
def test_an_orderly_end_is_nobody_elses(where: str, reason: str) -> None:
    """Unless one traps exits, and is told."""

    async def main(pair: Pair) -> None:
        pair.one.link(pair.other.pid)
        pair.one.link(pair.trapper.pid)
        await pair.settle()
        pair.one.stop(reason)
        await pair.settle()
        assert pair.ends(pair.other) == []
        sender = pair.one.pid
        assert pair.exits() == [(sender, runtime.Exit(sender, reason, has_ended=True))]

    with_pair(where, main)


@BOTH
def test_a_killed_process_ends_those_it_is_linked_with(where: str) -> None:
    """In order, though it had no time to say anything."""

    async def main(pair: Pair) -> None:
        pair.one.link(pair.other.pid)
        await pair.settle()
        pair.trapper.send_exit(pair.one.pid, "kill")
        await pair.settle()
        assert pair.ends(pair.other) == ["killed"]

    with_pair(where, main)


@BOTH
def test_failure_runs_through_a_chain_of_links(where: str) -> None:
    """To the last one."""

    async def main(pair: Pair) -> None:
        last = Diary()
        await pair.near.spawn(lambda: last)
        pair.one.link(pair.other.pid)
        pair.other.link(last.pid)
        await pair.settle()
        pair.one.stop("boom")
        await pair.settle()
        assert (pair.ends(pair.other), pair.ends(last)) == (["boom"], ["boom"])

    with_pair(where, main)


@BOTH
@pytest.mark.parametrize("is_first", [True, False])
def test_unlinked_processes_end_alone(where: str, is_first: bool) -> None:
    """Whichever of the two unlinks; linking and unlinking twice is no harm."""

    async def main(pair: Pair) -> None:
        pair.one.link(pair.other.pid)
        pair.other.link(pair.one.pid)
        await pair.settle()
        undoing, undone = (pair.one, pair.other) if is_first else (pair.other, pair.one)
        undoing.unlink(undone.pid)
        undoing.unlink(undone.pid)
        await pair.settle()
        pair.one.stop("boom")
        await pair.settle()
        assert pair.ends(pair.other) == []
        assert [node.statistics().watches for node in pair.world.nodes] == [0, 0]

    with_pair(where, main)


@BOTH
def test_linking_with_a_process_that_has_ended_ends_the_other(where: str) -> None:
    """As if it had ended just then, for an unknown reason."""

    async def main(pair: Pair) -> None:
        pair.one.link(runtime.Pid(where, pair.far.creation, 99))
        await pair.settle()
        assert pair.ends(pair.one) == ["no such process"]
        for _ in range(2):
            pair.trapper.link(runtime.Pid(where, pair.far.creation, 99))
            await pair.settle()
        assert len(pair.exits()) == 2

    with_pair(where, main)


def test_the_loss_of_a_node_ends_what_is_linked_with_its_processes() -> None:
    """The reason says that the node was lost; both sides, where both live on."""

    async def main(pair: Pair) -> None:
        pair.one.link(pair.other.pid)
        await pair.settle()
        pair.far.kill()
        pair.world.network.crash("b")
        await pair.settle()
        [reason] = pair.ends(pair.one)
        assert reason.startswith("node lost: ")
        assert pair.near.statistics().watches == 0

    with_pair("b", main)


@BOTH
def test_a_process_is_linked_with_another_one_only(where: str) -> None:
    """The errors name the field."""

    async def main(pair: Pair) -> None:
        with pytest.raises(ValueError, match="to must be another process"):
            pair.one.link(pair.one.pid)
        with pytest.raises(TypeError, match="to must be a Pid"):
            pair.one.link(runtime.ProcessId("other", where))  # type: ignore[arg-type]

    with_pair(where, main)


def test_a_process_spawned_linked_shares_its_parents_end() -> None:
    """Even if it traps exits: the exits of its parent are not to be ignored."""

    async def main(pair: Pair) -> None:
        child = Trapper()
        await pair.one.spawn(lambda: child, link=True)
        pair.one.stop("boom")
        await pair.settle()
        assert child.inbox.empty()
        assert str(child.pid) not in pair.near.statistics().mailboxes

    with_pair("a", main)


def test_a_process_spawned_linked_ends_its_parent_if_it_fails_at_once() -> None:
    """Before spawn has returned; an init that fails ends nobody, spawn raises."""

    class Ephemeral(runtime.Process):
        def init(self, fails: bool) -> None:
            if fails:
                raise LookupError("no")
            self.stop("soon")

    async def main(pair: Pair) -> None:
        with pytest.raises(LookupError):
            await pair.one.spawn(Ephemeral, True, link=True)
        await pair.settle()
        assert pair.ends(pair.one) == []
        await pair.one.spawn(Ephemeral, False, link=True)
        await pair.settle()
        assert pair.ends(pair.one) == ["soon"]

    with_pair("a", main)


def test_a_stopping_node_leaves_children_to_their_parents() -> None:
    """Those that were spawned linked end after the others, so a parent may end them in its order."""

    async def main(pair: Pair) -> None:
        ended: list[str] = []

        class Noting(runtime.Process):
            def init(self, name: str) -> None:
                self.called = name

            def terminate(self, reason: runtime.ExitReason) -> None:
                ended.append(self.called)

        parent = Noting()
        await pair.near.spawn(lambda: parent, "parent")
        await parent.spawn(Noting, "child", link=True)
        await pair.near.spawn(Noting, "stranger")
        await pair.near.stop()
        assert ended == ["parent", "stranger", "child"]

    with_pair("a", main)


def test_a_process_that_has_ended_monitors_and_links_nobody() -> None:
    """Nobody would ever call it off."""

    async def main(pair: Pair) -> None:
        pair.one.stop()
        await pair.settle()
        for tie in (pair.one.monitor, pair.one.link):
            with pytest.raises(RuntimeError, match="has ended, it can neither monitor nor link"):
                tie(pair.other.pid)
        assert pair.near.statistics().watches == 0

    with_pair("b", main)
