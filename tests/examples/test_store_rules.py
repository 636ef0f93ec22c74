"""Rules of the store that random faults rarely need: after a promise nothing older is kept."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from examples.client import Client
from examples.member import TryAgain
from examples.store.actor import LENGTH_LIMIT, Store
from examples.store.messages import (
    Found,
    Get,
    KeepRequest,
    Kept,
    Promised,
    PromiseRequest,
    Put,
    TooLarge,
)
from examples.store.shelf import Shelf
from runtime import Pid, Process, ProcessId
from tests.examples.example_cluster import ACTOR, HOSTS, MEMBERS, ExampleCluster, run, served
from tests.runtime.support import until

PRESENT = 1_800_000_000_000
"""Terms begin at the wall clock in milliseconds; ballots beyond are of leaders yet to come."""
EARLY, LATE, LATER = (PRESENT * 2, 1), (PRESENT * 3, 1), (PRESENT * 3, 2)


class KeepsWhatAnyLeaderSends(Store):
    """A planted bug: keeps what any leader sends."""

    def may_answer(self, ballot: int) -> bool:
        return True


@dataclass(frozen=True)
class Pause:
    """The message to handle nothing else for some seconds."""

    seconds: float


class PausableStore(Store):
    """A store that can be paused, while messages wait in its mailbox."""

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        if isinstance(message, Pause):
            await asyncio.sleep(message.seconds)
        else:
            await super().handle_message(sender, message)


class ContinuesItsFormerRound(PausableStore):
    """A planted bug: when it leads again, it still answers from its former leadership."""

    def may_read(self) -> bool:
        return self.role == "leader"


class SimulatedLeader(Process):
    """Sends a member what a leader would send, and records the answers."""

    def __init__(self) -> None:
        self.answers: list[object] = []

    def handle_message(self, sender: Pid | None, message: object) -> None:
        self.answers.append(message)


def answers_to(
    messages: Sequence[PromiseRequest | KeepRequest], kind: Callable[[Shelf], Store] = Store
) -> list[object]:
    """The answers of the member on host a to these messages."""
    leader = SimulatedLeader()

    async def trial(cluster: ExampleCluster) -> None:
        await cluster.start()
        await cluster.client("client", Client())
        node = cluster.nodes["client"]
        pid = await node.spawn(lambda: leader)
        for message in messages:
            node.send(MEMBERS[0], message, pid)
        await asyncio.sleep(1)

    in_memory(trial, kind)
    return leader.answers


def in_memory(
    trial: Callable[[ExampleCluster], Coroutine[Any, Any, None]],
    kind: Callable[[Shelf], Store] = Store,
) -> None:
    """Run a trial with shelves in memory."""
    connections = [sqlite3.connect(":memory:") for _ in MEMBERS]
    left = iter(connections)
    run(trial, 1, lambda _: kind(Shelf(next(left))))
    for connection in connections:
        connection.close()


LATE_WRITE: list[PromiseRequest | KeepRequest] = [
    PromiseRequest(version=LATE),
    KeepRequest(version=EARLY, entries={"k": "late"}),
]


def test_a_member_keeps_nothing_of_a_lower_ballot_than_it_promised() -> None:
    """The leader that asked for the promise relies on the entries that it got with it."""
    assert answers_to(LATE_WRITE) == [Promised(asked=LATE, version=(0, 0), entries={})]


def test_a_member_that_keeps_a_lower_ballot_is_noticed() -> None:
    """Otherwise the test above would prove nothing: such a member sends an answer."""
    assert Kept(asked=EARLY) in answers_to(LATE_WRITE, KeepsWhatAnyLeaderSends)


@pytest.mark.parametrize("repeated", [1, 2])
def test_what_is_kept_is_told_to_the_next_leader(repeated: int) -> None:
    """With its version; a repeated question is answered like the first."""
    keep = KeepRequest(version=EARLY, entries={"k": "v"})
    answers = answers_to([keep] * repeated + [PromiseRequest(version=LATE)])
    told = Promised(asked=LATE, version=EARLY, entries={"k": "v"})
    assert answers == [Kept(asked=EARLY)] * repeated + [told]


async def answer_of_a_leader_that_was_away(cluster: ExampleCluster) -> object:
    """The answer to a read that waited while its leader was replaced and elected again.

    Meanwhile the other leader has written a new value.
    """
    client = Client()
    await cluster.start()
    await cluster.client("client", client)
    await served(client, lambda number: Put(number=number, key="k", value="old"))
    away = await cluster.led()
    host = away.node.name
    cluster.nodes[host].send(away.pid, Pause(8.0))
    reading = asyncio.ensure_future(
        client.ask(ProcessId(ACTOR, host), lambda number: Get(number=number, key="k"), 20.0)
    )
    await asyncio.sleep(0.1)
    cluster.isolate(host, HOSTS)
    await until(lambda: cluster.leader() not in (None, host))
    successor = cluster.members[cluster.leader() or host]
    asked = ProcessId(ACTOR, successor.node.name)
    await asyncio.sleep(0.5)
    await client.ask(asked, lambda number: Put(number=number, key="k", value="new"), 2.0)
    cluster.network.heal()
    await asyncio.sleep(2)
    successor.resign(ProcessId(ACTOR, host))
    await until(lambda: away.role == "leader")
    return await reading


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "is_stale"), [(PausableStore, False), (ContinuesItsFormerRound, True)]
)
def test_a_leader_that_was_away_answers_no_read_from_before(
    kind: Callable[[Shelf], Store], is_stale: bool
) -> None:
    """It leads again, but its callback has not run yet, so its entries are old."""
    answers: list[object] = []

    async def trial(cluster: ExampleCluster) -> None:
        answers.append(await answer_of_a_leader_that_was_away(cluster))

    in_memory(trial, kind)
    [answer] = answers
    assert isinstance(answer, Found if is_stale else TryAgain)
    assert not is_stale or answer == Found(number=answer.number, value="old")


@pytest.mark.parametrize("value", ["x" * LENGTH_LIMIT, "é" * LENGTH_LIMIT])
def test_what_would_not_fit_into_a_message_is_refused(value: str) -> None:
    """The leader could not send it to any member, and would end with an error."""

    async def trial(cluster: ExampleCluster) -> None:
        client = Client()
        await cluster.start()
        await cluster.client("client", client)
        answer = await client.ask_leader(lambda number: Put(number=number, key="k", value=value))
        assert isinstance(answer, TooLarge)

    in_memory(trial)


def test_an_older_version_of_the_same_ballot_replaces_nothing() -> None:
    """It arrives late, over a connection that broke; its sender has sent a newer one since."""
    newer, older = (
        KeepRequest(version=LATER, entries={"k": "new"}),
        KeepRequest(version=LATE, entries={}),
    )
    answers = answers_to([newer, older, PromiseRequest(version=LATER)])
    assert answers[-1] == Promised(asked=LATER, version=LATER, entries={"k": "new"})
