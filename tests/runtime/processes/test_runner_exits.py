"""What a process does when its end is asked for, or a linked process has ended."""

import pytest

import runtime
from tests.runtime.link_support import BOTH, LinkPair, Trapper, with_pair


@BOTH
@pytest.mark.parametrize("reason", ["enough", "normal", "shutdown"])
def test_exit_ends_a_process_in_order(where: str, reason: str) -> None:
    """It ends for the given reason; the exit may be sent to its name."""

    async def main(pair: LinkPair) -> None:
        pair.one.send_exit(runtime.ProcessId("other", where), reason)
        await pair.settle()
        assert pair.ends(pair.other) == [reason]

    with_pair(where, main)


@BOTH
def test_exit_comes_as_a_message_if_it_is_trapped(where: str) -> None:
    """And the process goes on."""

    async def main(pair: LinkPair) -> None:
        pair.one.send_exit(pair.trapper.pid, "enough")
        await pair.settle()
        sender = pair.one.pid
        assert pair.exits() == [(sender, runtime.Exit(sender, "enough"))]
        assert pair.trapper.trap_exit

    with_pair(where, main)


@BOTH
def test_kill_cannot_be_trapped(where: str) -> None:
    """The process ends in the middle of a callback; what it holds is released."""

    async def main(pair: LinkPair) -> None:
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
@pytest.mark.parametrize("reason", ["normal", "shutdown"])
def test_orderly_end_ends_no_linked_process(where: str, reason: str) -> None:
    """If exits are trapped, a message comes."""

    async def main(pair: LinkPair) -> None:
        pair.one.link(pair.other.pid)
        pair.one.link(pair.trapper.pid)
        await pair.settle()
        pair.one.stop(reason)
        await pair.settle()
        assert pair.ends(pair.other) == []
        sender = pair.one.pid
        assert pair.exits() == [(sender, runtime.Exit(sender, reason, has_ended=True))]

    with_pair(where, main)


def test_exit_of_a_parent_cannot_be_trapped() -> None:
    """A process that was spawned linked ends with its parent."""

    async def main(pair: LinkPair) -> None:
        child = Trapper()
        await pair.one.spawn(lambda: child, link=True)
        pair.one.stop("boom")
        await pair.settle()
        assert child.inbox.empty()
        assert str(child.pid) not in pair.near.statistics().mailboxes

    with_pair("a", main)
