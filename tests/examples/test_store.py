"""The store: in spite of faults, acknowledged writes are found again and no read is stale."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from examples.client import Client
from examples.store.actor import Store
from examples.store.messages import Entries, Found, Get, Promised, Put, Stored, Unsure
from examples.store.shelf import Shelf
from runtime import Pid, ProcessId
from runtime.simulation import Conditions
from tests.examples.example_cluster import (
    HOSTS,
    MEMBERS,
    PATIENCE_SECONDS,
    ExampleCluster,
    GuaranteeBroken,
    breaks,
    run,
    served,
)
from tests.examples.linearizable import Operation, is_linearizable

FAULTS_SECONDS = 12
KEYS = "xy"
CLIENTS = ("client1", "client2", "client3")
SLOW = Conditions(delay=(0.000_2, 0.02))
"""So that there is time for something to go wrong between a question and its answers."""

Make = Callable[[Shelf], Store]


class AcknowledgesBeforeAQuorum(Store):
    """A planted bug: acknowledges before a quorum has it."""

    def is_quorum(self, answers: int) -> bool:
        return answers > 0


class AdoptsItsOwnShelf(Store):
    """A planted bug: a new leader takes its own shelf for the newest."""

    def newest(self, answers: list[Promised]) -> Entries:
        return self._shelf.entries


class ReadsWithoutLease(Store):
    """A planted bug: answers reads until it hears of another leader."""

    def may_read(self) -> bool:
        return True

    async def stand_back(self, leader: Pid | None) -> None:
        if leader is not None:
            await super().stand_back(leader)


class Shelves(dict[str, sqlite3.Connection]):
    """A database for each host, which outlives the processes there."""

    def __missing__(self, host: str) -> sqlite3.Connection:
        self[host] = sqlite3.connect(":memory:")
        return self[host]

    def close(self) -> None:
        """Closes every database."""
        for connection in self.values():
            connection.close()


class StoreClients:
    """Clients that write and read at random, and a history of what they saw."""

    def __init__(self, cluster: ExampleCluster) -> None:
        self.history: list[Operation] = []
        self.cluster = cluster
        self._values = iter(range(10**6))

    async def use(self, client: Client, seconds: float) -> None:
        """Be one client, for that long."""
        chance, end = self.cluster.chance, self.cluster.loop.time() + seconds
        while self.cluster.loop.time() < end:
            await self._operate(client, chance.choice(KEYS), chance.random() < 0.5)
            await asyncio.sleep(chance.uniform(0.0, 0.1))

    async def _operate(self, client: Client, key: str, is_write: bool) -> None:
        value = str(next(self._values))
        asked = Operation(key=key, value=value, is_write=is_write, asked=self.cluster.loop.time())

        def request(number: int) -> Put | Get:
            put = Put(number=number, key=key, value=value)
            return put if is_write else Get(number=number, key=key)

        try:
            answer = await client.ask(self._target(), request, PATIENCE_SECONDS)
        except TimeoutError:
            answer = Unsure(number=0)
        match answer:
            case Stored():
                self.history.append(replace(asked, answered=self.cluster.loop.time()))
            case Found(value=found):
                now = self.cluster.loop.time()
                self.history.append(replace(asked, value=found, answered=now))
            case Unsure() if is_write:
                self.history.append(asked)

    def _target(self) -> ProcessId:
        chance, leader = self.cluster.chance, self.cluster.leader()
        if leader is None or chance.random() < 0.3:
            return chance.choice(MEMBERS)
        return MEMBERS[HOSTS.index(leader)]


def run_with_faults(seed: int, kind: Make = Store) -> None:
    """One run with faults: the history must be linearizable, and clients are served after the faults."""
    shelves = Shelves()

    async def trial(cluster: ExampleCluster) -> None:
        cluster.network.default = SLOW
        await cluster.start()
        users, clients = StoreClients(cluster), [Client() for _ in CLIENTS]
        for name, client in zip(CLIENTS, clients, strict=True):
            await cluster.client(name, client)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(cluster.inject_faults(FAULTS_SECONDS))
            for client in clients:
                tasks.create_task(users.use(client, FAULTS_SECONDS))
        if not is_linearizable(users.history):
            raise GuaranteeBroken("\n".join(map(str, users.history)))
        await served(clients[0], lambda number: Put(number=number, key="z", value="last"))

    try:
        run(trial, seed, lambda host: kind(Shelf(shelves[host])))
    finally:
        shelves.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_reads_and_writes_are_linearizable(seed: int) -> None:
    """Leaders crash with their memory lost, freeze and are cut off while clients write and read."""
    run_with_faults(seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [AcknowledgesBeforeAQuorum, AdoptsItsOwnShelf, ReadsWithoutLease])
def test_a_planted_bug_is_caught(kind: Make) -> None:
    """Or the test above would prove nothing."""
    assert breaks(lambda seed: run_with_faults(seed, kind), range(60))


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_crash_of_all() -> None:
    """A quorum has it on disk; the leader answers from there when it has asked a quorum."""
    shelves = Shelves()

    async def trial(cluster: ExampleCluster) -> None:
        client = Client()
        await cluster.start()
        await cluster.client("client", client)
        put = await served(client, lambda number: Put(number=number, key="k", value="v"))
        for host in HOSTS:
            cluster.crash(host)
        await cluster.start()
        found = await served(client, lambda number: Get(number=number, key="k"))
        assert (type(put), found.value) == (Stored, "v")

    run(trial, 1, lambda host: Store(Shelf(shelves[host])))
    shelves.close()


def test_a_promise_and_a_version_are_found_again(tmp_path: Path) -> None:
    """The next life of a member goes on from what the last one wrote down."""
    path = tmp_path / "shelf.sqlite"
    connection = sqlite3.connect(path)
    shelf = Shelf(connection)
    shelf.keep((7, 2), {"k": "v"})
    shelf.promise(9)
    connection.close()
    connection = sqlite3.connect(path)
    again = Shelf(connection)
    assert (again.promised, again.version, again.entries) == (9, (7, 2), {"k": "v"})
    connection.close()
