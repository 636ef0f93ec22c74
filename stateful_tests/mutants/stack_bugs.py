"""Bugs in what is built on the core: the engine, and what an actor is told."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

from leader.election.record_writer import RecordWriter
from leader.protocol.durable import Durable
from leader.protocol.state import Leader, Renewing
from runtime.process import resolve
from stateful_tests.mutants.loader import Planted, bug


@dataclass
class _Unsaved:
    """A record that is read, and not written."""

    writer: RecordWriter

    async def load(self) -> Durable | None:
        return await self.writer.load()

    async def save(self, durable: Durable) -> None:
        pass


async def _announce_stale_news(_: Planted, listener: Any, epoch: int) -> None:
    """Tells the actor that it leads, whatever has happened while that waited."""
    if listener._last_announced != (listener._actor.pid,):
        listener._told_epoch = epoch
        await resolve(listener._actor.handle_become_leader())
        listener._last_announced = (listener._actor.pid,)


async def _not_called(_: Planted, callback: Coroutine[object, object, object]) -> None:
    callback.close()


OF_THE_STACK: Final = (
    bug(
        "speaks_before_its_record_is_written",
        "a vote that was sent is forgotten in a crash and given a second time",
        {
            "engine.Engine._write": lambda original, engine, durable, then: (
                then(),
                original(engine, durable, lambda: None),
            )
        },
    ),
    bug(
        "goes_on_after_a_record_that_failed",
        "a vote is given that is not on the disk",
        {"engine.Engine._written": lambda original, engine, then, _: original(engine, then, None)},
    ),
    bug(
        "leads_on_after_a_record_that_failed",
        "a leader that cannot write its record goes on leading",
        {
            "engine.Engine._written": lambda original, engine, then, error: original(
                engine, (lambda: None) if error else then, None
            )
        },
    ),
    bug(
        "answers_without_looking_at_the_clock",
        "a process that was stopped says that it leads",
        {
            "engine.may_application_act": lambda _, state, __: isinstance(
                state.role, Leader | Renewing
            )
        },
    ),
    bug(
        "longer_promise_not_recorded_at_the_start",
        "after the next restart but one a member waits too short a time",
        {
            "startup.state_from_record": lambda original, *setting: original(
                *setting[:-1], _Unsaved(setting[-1])
            )
        },
    ),
    bug(
        "sleeps_through_its_deadlines",
        "no member campaigns, and no lease ends",
        {"engine.Engine._set_alarm": lambda original, engine, _: original(engine, None)},
    ),
    bug(
        "tells_of_a_leadership_that_is_over",
        "exclusive work is begun after the lease",
        {"mailbox_listener.MailboxListener._announce_leading": _announce_stale_news},
    ),
    bug(
        "never_tells_to_follow",
        "exclusive work is begun twice and never ended",
        {"mailbox_listener.MailboxListener._announce_following/resolve": _not_called},
    ),
)
