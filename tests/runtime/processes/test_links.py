"""Exits and links: who asks for an end gets it, who is tied shares it, who traps is told."""

import pytest

import runtime
from tests.runtime.link_support import BOTH, LinkPair, with_pair
from tests.runtime.support import Diary


@BOTH
@pytest.mark.parametrize("is_first", [True, False])
def test_a_process_that_fails_ends_those_it_is_linked_with(where: str, is_first: bool) -> None:
    """In both directions, with its reason."""

    async def main(pair: LinkPair) -> None:
        failing, surviving = (pair.one, pair.other) if is_first else (pair.other, pair.one)
        pair.one.link(pair.other.pid)
        await pair.settle()
        failing.stop(LookupError("boom"))
        await pair.settle()
        assert pair.ends(surviving) == ["LookupError: boom"]
        assert [node.statistics().watches for node in pair.world.nodes] == [0, 0]

    with_pair(where, main)


@BOTH
def test_a_killed_process_ends_those_it_is_linked_with(where: str) -> None:
    """In order, though it had no time to say anything."""

    async def main(pair: LinkPair) -> None:
        pair.one.link(pair.other.pid)
        await pair.settle()
        pair.trapper.send_exit(pair.one.pid, "kill")
        await pair.settle()
        assert pair.ends(pair.other) == ["killed"]

    with_pair(where, main)


@BOTH
def test_failure_runs_through_a_chain_of_links(where: str) -> None:
    """To the last one."""

    async def main(pair: LinkPair) -> None:
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

    async def main(pair: LinkPair) -> None:
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

    async def main(pair: LinkPair) -> None:
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

    async def main(pair: LinkPair) -> None:
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

    async def main(pair: LinkPair) -> None:
        with pytest.raises(ValueError, match="to must be another process"):
            pair.one.link(pair.one.pid)
        with pytest.raises(TypeError, match="to must be a Pid"):
            pair.one.link(runtime.ProcessId("other", where))  # type: ignore[arg-type]

    with_pair(where, main)


def test_a_process_spawned_linked_ends_its_parent_if_it_fails_at_once() -> None:
    """Before spawn has returned; an init that fails ends nobody, spawn raises."""

    class Ephemeral(runtime.Process):
        def init(self, fails: bool) -> None:
            if fails:
                raise LookupError("no")
            self.stop("soon")

    async def main(pair: LinkPair) -> None:
        with pytest.raises(LookupError):
            await pair.one.spawn(Ephemeral, True, link=True)
        await pair.settle()
        assert pair.ends(pair.one) == []
        await pair.one.spawn(Ephemeral, False, link=True)
        await pair.settle()
        assert pair.ends(pair.one) == ["soon"]

    with_pair("a", main)


def test_a_process_that_has_ended_monitors_and_links_nobody() -> None:
    """Nobody would ever call it off."""

    async def main(pair: LinkPair) -> None:
        pair.one.stop()
        await pair.settle()
        for tie in (pair.one.monitor, pair.one.link):
            with pytest.raises(RuntimeError, match="has ended, it can neither monitor nor link"):
                tie(pair.other.pid)
        assert pair.near.statistics().watches == 0

    with_pair("b", main)
