"""The callbacks of an actor: which ones an author must write, and what the others do unless overridden."""

import asyncio
import logging
from typing import Any

import pytest

import leader
from runtime import NotHandled, Pid
from tests.actor.actor_support import (
    Cluster,
    Member,
    bootstrap,
    in_cluster,
    options,
    pass_time,
)
from tests.election.engine_support import logged
from tests.runtime.support import Note


def test_callbacks_without_a_default_must_be_written() -> None:
    """The error names the one that is missing, when the object is made."""

    async def main(cluster: Cluster) -> None:
        class Incomplete(leader.Actor):
            def handle_become_leader(self) -> None:
                pass

        with pytest.raises(TypeError, match="handle_become_follower"):
            Incomplete()  # type: ignore[abstract]

    in_cluster(main)


def test_callbacks_may_be_plain_or_async() -> None:
    """Each as its author likes; `init` may await too."""

    class Slow(Member):
        async def init(self, given: Any) -> leader.Options:
            await asyncio.sleep(1)
            return options(bootstrap=bootstrap("a"))

        def handle_become_leader(self) -> None:  # type: ignore[override]
            self.note("leads plainly")

        def handle_become_follower(self, leader: Pid | None) -> None:  # type: ignore[override]
            self.note("follows plainly")

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", kind=Slow)
        await cluster.settled()
        await cluster.nodes["a"].stop()
        assert [what for _, _, what, _ in cluster.history] == [
            *("term", "leads plainly", "follows plainly", "terminates")
        ]

    in_cluster(main)


def test_callbacks_that_are_not_written_log_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """A message is dropped, a request refused; the actor goes on."""

    async def main(cluster: Cluster) -> None:
        await cluster.start("a", bootstrap=bootstrap("a"))
        leading = await cluster.settled()
        cluster.nodes["a"].send(leading.pid, Note(number=1))
        with pytest.raises(NotHandled):
            await cluster.nodes["a"].call(leading.pid, Note(number=2))
        await pass_time(1)
        assert leading.is_leader

    with caplog.at_level(logging.WARNING):
        in_cluster(main)
    assert logged(caplog.records, logging.WARNING) == [
        f"unhandled message from None: {Note(number=1)!r}",
        f"unhandled request from None: {Note(number=2)!r}",
    ]


def test_callbacks_for_peers_and_terms_do_nothing_unless_written() -> None:
    """They return nothing to wait for."""
    actor = Member([])
    assert leader.Actor.handle_term_changed(actor, 1, 2) is None
    for callback in (leader.Actor.handle_peer_joined, leader.Actor.handle_peer_left):
        assert callback(actor, Pid("a", 1, 1)) is None
