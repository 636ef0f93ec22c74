"""The single writer: the database refuses a leader whose leadership is over, however late it writes."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from examples.client import Client
from examples.single_writer import SCHEMA, Database, Refused, Write, Writer, Written
from runtime import ProcessId
from tests.examples.example_cluster import (
    ACTOR,
    HOSTS,
    MEMBERS,
    ExampleCluster,
    GuaranteeBroken,
    breaks,
    run,
    served,
)

FAULTS_SECONDS = 10
WRITES = 40
AWAY_SECONDS = 1.0
CLIENTS = ("client1", "client2", "client3")


class DatabaseWithoutFence(Database):
    """A planted bug: a file that accepts every write."""

    def schema(self) -> str:
        return SCHEMA


class SuspendedWriter(Writer):
    """Waits between a request and its write, like a process that was suspended."""

    def __init__(self, database: Database, seconds: Callable[[], float]) -> None:
        super().__init__(database)
        self._seconds = seconds

    async def written(self, request: Write, token: int) -> Written | Refused:
        await asyncio.sleep(self._seconds())
        return await super().written(request, token)


class WritingClients:
    """Clients that ask the leader to write, and the answers that they got."""

    def __init__(self, cluster: ExampleCluster) -> None:
        self.cluster = cluster
        self.written: set[tuple[int, str, str]] = set()
        self.refused: set[str] = set()

    async def use(self, client: Client) -> None:
        """Write under one key after the other."""
        for count in range(WRITES):
            await asyncio.sleep(self.cluster.chance.uniform(0.0, 0.2))
            with suppress(TimeoutError):
                await self._write(client, f"{client.node.name} {count}")

    async def _write(self, client: Client, key: str) -> None:
        host = self.cluster.leader() or self.cluster.chance.choice(HOSTS)
        answer = await client.ask(
            MEMBERS[HOSTS.index(host)],
            lambda number: Write(number=number, key=key, value="v"),
            self.cluster.chance.uniform(0.1, 2 * AWAY_SECONDS),
        )
        if isinstance(answer, Written):
            self.written.add((answer.token, key, "v"))
        elif isinstance(answer, Refused):
            self.refused.add(key)


def run_with_faults(seed: int, database: Database) -> None:
    """One run with faults: the rows are in the order of tokens, and every acknowledged one is there."""
    chance = random.Random(seed)
    found: list[WritingClients] = []

    async def trial(cluster: ExampleCluster) -> None:
        await cluster.start()
        users, clients = WritingClients(cluster), [Client() for _ in CLIENTS]
        found.append(users)
        for name, client in zip(CLIENTS, clients, strict=True):
            await cluster.client(name, client)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(cluster.inject_faults(FAULTS_SECONDS))
            for client in clients:
                tasks.create_task(users.use(client))
        await served(clients[0], lambda number: Write(number=number, key="last", value="v"))

    def seconds_away() -> float:
        return AWAY_SECONDS if chance.random() < 0.1 else 0.0

    run(trial, seed, lambda _: SuspendedWriter(database, seconds_away))
    check(database.rows(), found[0])


def check(rows: list[tuple[int, str, str]], users: WritingClients) -> None:
    """Tokens never go back; what was acknowledged is there, what was refused is not."""
    tokens = [token for token, _, _ in rows]
    if tokens != sorted(tokens):
        raise GuaranteeBroken(f"a stale leader has written: {rows}")
    if not users.written <= set(rows) or users.refused & {key for _, key, _ in rows}:
        raise GuaranteeBroken(
            f"acknowledged {users.written}, refused {users.refused}, written {rows}"
        )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_rows_are_in_the_order_of_leaderships(seed: int, tmp_path: Path) -> None:
    """Although writers are suspended between being asked and writing, for longer than their lease."""
    run_with_faults(seed, Database(tmp_path / "journal.sqlite"))


@pytest.mark.slow
def test_a_file_without_the_fence_is_caught(tmp_path: Path) -> None:
    """Or the test above would prove nothing."""
    assert breaks(
        lambda seed: run_with_faults(seed, DatabaseWithoutFence(tmp_path / f"{seed}.sqlite")),
        range(20),
    )


@pytest.mark.slow
def test_a_leader_held_back_past_its_lease_is_refused(tmp_path: Path) -> None:
    """It is cut off in the middle of a write; its successor has not written yet, only taken over."""
    database = Database(tmp_path / "journal.sqlite")

    async def trial(cluster: ExampleCluster) -> None:
        client = Client()
        await cluster.start()
        await cluster.client("client", client)
        stale = await cluster.led()
        cluster.isolate(stale.node.name, HOSTS)
        answer = await client.ask(
            ProcessId(ACTOR, stale.node.name),
            lambda number: Write(number=number, key="late", value="v"),
            2 * AWAY_SECONDS,
        )
        fresh = await cluster.led()
        assert fresh is not stale
        assert answer == Refused(number=1, why="stale token")
        assert database.rows() == []

    run(trial, 0, lambda _: SuspendedWriter(database, lambda: AWAY_SECONDS))


def test_a_fence_that_was_raised_is_never_lowered(tmp_path: Path) -> None:
    """Neither by a late take-over nor by a late write; the writer of the day goes on."""
    database = Database(tmp_path / "journal.sqlite")
    database.write(7, "k", "first")
    database.raise_fence(8)
    with pytest.raises(sqlite3.IntegrityError, match="stale token"):
        database.raise_fence(7)
    with pytest.raises(sqlite3.IntegrityError, match="stale token"):
        database.write(7, "k", "late")
    database.write(8, "k", "second")
    assert Database(tmp_path / "journal.sqlite").rows() == [(7, "k", "first"), (8, "k", "second")]
