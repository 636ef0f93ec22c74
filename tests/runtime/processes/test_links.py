"""Links: each of two processes ends when the other one fails."""

import pytest

import runtime
from tests.runtime.link_support import BOTH, LinkPair, with_pair
from tests.runtime.support import Diary


@BOTH
@pytest.mark.parametrize("is_first", [True, False])
def test_link_ends_the_other_process_when_one_fails(where: str, is_first: bool) -> None:
    """In both directions, with the reason."""

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
def test_link_ends_the_other_process_when_one_is_killed(where: str) -> None:
    """In order, although the killed one could send nothing."""

    async def main(pair: LinkPair) -> None:
        pair.one.link(pair.other.pid)
        await pair.settle()
        pair.trapper.send_exit(pair.one.pid, "kill")
        await pair.settle()
        assert pair.ends(pair.other) == ["killed"]

    with_pair(where, main)


@BOTH
def test_link_passes_a_failure_on_through_a_chain(where: str) -> None:
    """To the last process."""

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
def test_unlink_lets_processes_end_alone(where: str, is_first: bool) -> None:
    """Whichever of the two calls it; linking and unlinking may be repeated."""

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
def test_link_with_a_process_that_has_ended_ends_the_other(where: str) -> None:
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


def test_link_ends_when_the_other_node_is_lost() -> None:
    """The reason says so; if both nodes live on, both processes end."""

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
def test_link_refuses_itself_and_what_is_no_pid(where: str) -> None:
    """The errors name the field."""

    async def main(pair: LinkPair) -> None:
        with pytest.raises(ValueError, match="to must be another process"):
            pair.one.link(pair.one.pid)
        with pytest.raises(TypeError, match="to must be a Pid"):
            pair.one.link(runtime.ProcessId("other", where))  # type: ignore[arg-type]

    with_pair(where, main)


def test_link_with_a_child_ends_the_parent_if_the_child_fails_at_once() -> None:
    """Before `spawn` returns; if `init` fails, `spawn` raises and no process ends."""

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


def test_link_and_monitor_raise_for_a_process_that_has_ended() -> None:
    """Nothing would ever end the new watch."""

    async def main(pair: LinkPair) -> None:
        pair.one.stop()
        await pair.settle()
        for tie in (pair.one.monitor, pair.one.link):
            with pytest.raises(RuntimeError, match="has ended, it can neither monitor nor link"):
                tie(pair.other.pid)
        assert pair.near.statistics().watches == 0

    with_pair("b", main)
