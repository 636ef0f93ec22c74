"""The rules of the store that a random storm rarely needs: after a promise nothing older is kept."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from examples.client import Client
from examples.member import TryAgain
from examples.store.actor import LENGTH_LIMIT, Store
from examples.store.messages import Found, Get, Keep, Kept, Promise, Promised, Put, TooLarge
from examples.store.shelf import Shelf
from runtime import Pid, Process, ProcessId
from tests.examples.arena import ACTOR, HOSTS, MEMBERS, Arena, run, served
from tests.runtime.support import until

PRESENT = 1_800_000_000_000
"""Terms begin at the wall clock in milliseconds; ballots beyond are of leaders yet to come."""
EARLY, LATE, LATER = (PRESENT * 2, 1), (PRESENT * 3, 1), (PRESENT * 3, 2)


class Faithless(Store):
    """A planted bug: keeps what any leader sends."""

    def may_answer(self, ballot: int) -> bool:
        return True


@dataclass(frozen=True)
class Nap:
    """Handle nothing else for a while."""

    seconds: float


class Sluggish(Store):
    """Can be kept from what waits in its mailbox."""

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        if isinstance(message, Nap):
            await asyncio.sleep(message.seconds)
        else:
            await super().handle_message(sender, message)


class Tenureless(Sluggish):
    """A planted bug: leading again, it goes on where it was when it led before."""

    def may_read(self) -> bool:
        return self.role == "leader"


class Leader(Process):
    """Tells a member what leaders would, and notes the answers."""

    def __init__(self) -> None:
        self.answers: list[object] = []

    def handle_message(self, sender: Pid | None, message: object) -> None:
        self.answers.append(message)


def answers_to(
    messages: Sequence[Promise | Keep], kind: Callable[[Shelf], Store] = Store
) -> list[object]:
    """What the member on a answers to these, one after the other."""
    leader = Leader()

    async def trial(arena: Arena) -> None:
        await arena.start()
        await arena.client("client", Client())
        node = arena.nodes["client"]
        pid = await node.spawn(lambda: leader)
        for message in messages:
            node.send(MEMBERS[0], message, pid)
        await asyncio.sleep(1)

    in_memory(trial, kind)
    return leader.answers


def in_memory(
    trial: Callable[[Arena], Coroutine[Any, Any, None]], kind: Callable[[Shelf], Store] = Store
) -> None:
    """Run a trial with shelves of which nothing is left."""
    connections = [sqlite3.connect(":memory:") for _ in MEMBERS]
    left = iter(connections)
    run(trial, 1, lambda _: kind(Shelf(next(left))))
    for connection in connections:
        connection.close()


LATE_WRITE: list[Promise | Keep] = [
    Promise(version=LATE),
    Keep(version=EARLY, entries={"k": "late"}),
]


def test_who_has_promised_keeps_nothing_of_a_lower_ballot() -> None:
    """The leader that asked has counted on what was on the shelf then."""
    assert answers_to(LATE_WRITE) == [Promised(asked=LATE, version=(0, 0), entries={})]


def test_that_is_noticed() -> None:
    """A member that kept it all the same would answer."""
    assert Kept(asked=EARLY) in answers_to(LATE_WRITE, Faithless)


@pytest.mark.parametrize("repeated", [1, 2])
def test_what_is_kept_is_told_to_the_next_leader(repeated: int) -> None:
    """With its version; a repeated question is answered like the first."""
    keep = Keep(version=EARLY, entries={"k": "v"})
    answers = answers_to([keep] * repeated + [Promise(version=LATE)])
    told = Promised(asked=LATE, version=EARLY, entries={"k": "v"})
    assert answers == [Kept(asked=EARLY)] * repeated + [told]


async def answer_of_a_leader_that_was_away(arena: Arena) -> object:
    """To a read that waited while it lost the lead, another one wrote, and it was elected again."""
    client = Client()
    await arena.start()
    await arena.client("client", client)
    await served(client, lambda number: Put(number=number, key="k", value="old"))
    away = await arena.led()
    host = away.node.name
    arena.nodes[host].send(away.pid, Nap(8.0))
    reading = asyncio.ensure_future(
        client.ask(ProcessId(ACTOR, host), lambda number: Get(number=number, key="k"), 20.0)
    )
    await asyncio.sleep(0.1)
    arena.isolate(host, HOSTS)
    await until(lambda: arena.leader() not in (None, host))
    successor = arena.members[arena.leader() or host]
    asked = ProcessId(ACTOR, successor.node.name)
    await asyncio.sleep(0.5)
    await client.ask(asked, lambda number: Put(number=number, key="k", value="new"), 2.0)
    arena.network.heal()
    await asyncio.sleep(2)
    successor.resign(ProcessId(ACTOR, host))
    await until(lambda: away.role == "leader")
    return await reading


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "is_stale"), [(Sluggish, False), (Tenureless, True)])
def test_a_leader_that_was_away_answers_no_read_from_before(
    kind: Callable[[Shelf], Store], is_stale: bool
) -> None:
    """It leads by the clock, but its callback has not run yet, so what it knows is old."""
    answers: list[object] = []

    async def trial(arena: Arena) -> None:
        answers.append(await answer_of_a_leader_that_was_away(arena))

    in_memory(trial, kind)
    [answer] = answers
    assert isinstance(answer, Found if is_stale else TryAgain)
    assert not is_stale or answer == Found(number=answer.number, value="old")


@pytest.mark.parametrize("value", ["x" * LENGTH_LIMIT, "é" * LENGTH_LIMIT])
def test_what_would_not_fit_into_a_message_is_refused(value: str) -> None:
    """The leader could not send it to any member, and would end with an error."""

    async def trial(arena: Arena) -> None:
        client = Client()
        await arena.start()
        await arena.client("client", client)
        answer = await client.ask_leader(lambda number: Put(number=number, key="k", value=value))
        assert isinstance(answer, TooLarge)

    in_memory(trial)


def test_an_older_version_of_the_same_ballot_replaces_nothing() -> None:
    """It comes late, from a connection that broke; its sender has sent a newer one since."""
    newer, older = Keep(version=LATER, entries={"k": "new"}), Keep(version=LATE, entries={})
    answers = answers_to([newer, older, Promise(version=LATER)])
    assert answers[-1] == Promised(asked=LATER, version=LATER, entries={"k": "new"})
