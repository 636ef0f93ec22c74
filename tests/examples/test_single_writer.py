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
from tests.examples.arena import (
    ACTOR,
    HOSTS,
    MEMBERS,
    Arena,
    Broken,
    breaks,
    run,
    served,
)

STORM_SECONDS = 10
WRITES = 40
AWAY_SECONDS = 1.0
CLIENTS = ("client1", "client2", "client3")


class Unfenced(Database):
    """A planted bug: a file that takes whatever comes."""

    def schema(self) -> str:
        return SCHEMA


class Suspended(Writer):
    """Between being asked and writing it is away for a while, as a process that is stopped would be."""

    def __init__(self, database: Database, seconds: Callable[[], float]) -> None:
        super().__init__(database)
        self._seconds = seconds

    async def written(self, request: Write, token: int) -> Written | Refused:
        await asyncio.sleep(self._seconds())
        return await super().written(request, token)


class Users:
    """Clients that ask the leader to write, and the answers that they got."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.written: set[tuple[int, str, str]] = set()
        self.refused: set[str] = set()

    async def use(self, client: Client) -> None:
        """Write under one key after the other."""
        for count in range(WRITES):
            await asyncio.sleep(self.arena.chance.uniform(0.0, 0.2))
            with suppress(TimeoutError):
                await self._write(client, f"{client.node.name} {count}")

    async def _write(self, client: Client, key: str) -> None:
        host = self.arena.leader() or self.arena.chance.choice(HOSTS)
        answer = await client.ask(
            MEMBERS[HOSTS.index(host)],
            lambda number: Write(number=number, key=key, value="v"),
            self.arena.chance.uniform(0.1, 2 * AWAY_SECONDS),
        )
        if isinstance(answer, Written):
            self.written.add((answer.token, key, "v"))
        elif isinstance(answer, Refused):
            self.refused.add(key)


def storm(seed: int, database: Database) -> None:
    """One stormy run: the journal must be in the order of tokens, and hold what was acknowledged."""
    chance = random.Random(seed)
    found: list[Users] = []

    async def trial(arena: Arena) -> None:
        await arena.start()
        users, clients = Users(arena), [Client() for _ in CLIENTS]
        found.append(users)
        for name, client in zip(CLIENTS, clients, strict=True):
            await arena.client(name, client)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(arena.storm(STORM_SECONDS))
            for client in clients:
                tasks.create_task(users.use(client))
        await served(clients[0], lambda number: Write(number=number, key="calm", value="v"))

    def seconds_away() -> float:
        return AWAY_SECONDS if chance.random() < 0.1 else 0.0

    run(trial, seed, lambda _: Suspended(database, seconds_away))
    check(database.rows(), found[0])


def check(rows: list[tuple[int, str, str]], users: Users) -> None:
    """Tokens never go back; what was acknowledged is there, what was refused is not."""
    tokens = [token for token, _, _ in rows]
    if tokens != sorted(tokens):
        raise Broken(f"a stale leader has written: {rows}")
    if not users.written <= set(rows) or users.refused & {key for _, key, _ in rows}:
        raise Broken(f"acknowledged {users.written}, refused {users.refused}, written {rows}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_rows_are_in_the_order_of_leaderships(seed: int, tmp_path: Path) -> None:
    """Although writers are suspended between being asked and writing, for longer than their lease."""
    storm(seed, Database(tmp_path / "journal.sqlite"))


@pytest.mark.slow
def test_a_file_without_the_fence_is_caught(tmp_path: Path) -> None:
    """Or the test above would prove nothing."""
    assert breaks(lambda seed: storm(seed, Unfenced(tmp_path / f"{seed}.sqlite")), range(20))


@pytest.mark.slow
def test_a_leader_held_back_past_its_lease_is_refused(tmp_path: Path) -> None:
    """It is cut off in the middle of a write; its successor has not written yet, only taken over."""
    database = Database(tmp_path / "journal.sqlite")

    async def trial(arena: Arena) -> None:
        client = Client()
        await arena.start()
        await arena.client("client", client)
        stale = await arena.led()
        arena.isolate(stale.node.name, HOSTS)
        answer = await client.ask(
            ProcessId(ACTOR, stale.node.name),
            lambda number: Write(number=number, key="late", value="v"),
            2 * AWAY_SECONDS,
        )
        fresh = await arena.led()
        assert fresh is not stale
        assert answer == Refused(number=1, why="stale token")
        assert database.rows() == []

    run(trial, 0, lambda _: Suspended(database, lambda: AWAY_SECONDS))


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
