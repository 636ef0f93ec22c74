"""Single writer: only the leader writes to a SQLite file, and the file itself refuses a stale one.

    python -m examples.single_writer member n1        # in three terminals: n1, n2, n3
    python -m examples.single_writer write colour blue
    python -m examples.single_writer show

Shows the fencing token at work. `is_leader` asks the clock, but a writer may be suspended
between asking and writing, for longer than its lease. So each write carries the leadership's
token, and triggers in the database compare it, in the transaction that writes, with the highest
one seen.

Guarantees: rows are written in the order of leaderships. A leadership raises the fence before it
serves. From then on no row of an earlier leadership is written, however late its writer is and
whatever the clocks show. A write that was acknowledged is in the file.

Limits: the file is one file on one disk, shared by all members; if it is lost, everything is
lost. A write without an answer may be in it. The members replicate nothing: see
``examples.store``.
"""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from examples import programs
from examples.client import Client
from examples.member import ExampleMember
from runtime import Pid, message

SCHEMA = """
CREATE TABLE IF NOT EXISTS fence (token INTEGER NOT NULL);
INSERT INTO fence SELECT 0 WHERE NOT EXISTS (SELECT * FROM fence);
CREATE TABLE IF NOT EXISTS journal (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    token INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL
);
"""

FENCE = """
CREATE TRIGGER IF NOT EXISTS the_fence_only_rises BEFORE UPDATE ON fence
WHEN NEW.token < OLD.token BEGIN SELECT RAISE(ABORT, 'stale token'); END;

CREATE TRIGGER IF NOT EXISTS a_write_raises_the_fence BEFORE INSERT ON journal
BEGIN UPDATE fence SET token = NEW.token; END;
"""


@message(name="examples.single_writer.write")
@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """The request to write a value."""

    number: int
    key: str
    value: str


@message(name="examples.single_writer.written")
@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The answer that the value is in the file."""

    number: int
    token: int


@message(name="examples.single_writer.refused")
@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The answer that the database refused the write, and why."""

    number: int
    why: str


class Database:
    """The file. Every call is one transaction, may raise sqlite3.Error, and blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(self.schema())

    def schema(self) -> str:
        """The statements that create the tables; they change nothing if the tables exist."""
        return SCHEMA + FENCE

    def raise_fence(self, token: int) -> None:
        """Shuts out all leaderships before this one."""
        self._execute("UPDATE fence SET token = ?", token)

    def write(self, token: int, key: str, value: str) -> None:
        """Adds a row, unless a later leadership has raised the fence."""
        self._execute("INSERT INTO journal (token, key, value) VALUES (?, ?, ?)", token, key, value)

    def rows(self) -> list[tuple[int, str, str]]:
        """Token, key and value of every write, in order."""
        return self._execute("SELECT token, key, value FROM journal ORDER BY row")

    def _execute(self, statement: str, *values: int | str) -> list[Any]:
        with closing(sqlite3.connect(self._path)) as connection, connection:
            return connection.execute(statement, values).fetchall()


class Writer(ExampleMember):
    """A member that writes while it leads."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database

    async def take_over(self) -> None:
        try:
            # If this came after the first write, a late write of a predecessor could come between.
            await asyncio.to_thread(self.database.raise_fence, self.term)
        except sqlite3.IntegrityError as error:
            self.log.warning("has led too briefly: %s", error)

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        match message:
            case Write() if self.is_leader:
                self.answer(sender, await self.written(message, token=self.term))
            case Write():
                self.refuse(sender, message.number)

    async def written(self, request: Write, token: int) -> Written | Refused:
        """Writes with the token that was valid when leadership was checked; returns the answer."""
        try:
            # In a thread: a slow disk would block the event loop, and the lease would run out.
            await asyncio.to_thread(self.database.write, token, request.key, request.value)
        except sqlite3.Error as error:
            return Refused(number=request.number, why=str(error))
        return Written(number=request.number, token=token)


program = programs.application(__doc__)


def path_in(folder: Path) -> Path:
    """Where the file is."""
    return folder / "single_writer.sqlite"


@program.command()
def member(
    name: programs.Name,
    cluster: programs.Cluster = programs.MEMBERS,
    folder: programs.Folder = programs.DEFAULT_FOLDER,
) -> None:
    """Run one of the members."""
    folder.mkdir(parents=True, exist_ok=True)
    programs.serve(name, cluster, folder, Writer(Database(path_in(folder))))


@program.command()
def write(key: str, value: str, cluster: programs.Cluster = programs.MEMBERS) -> None:
    """Ask the leader to write."""
    typer.echo(
        programs.ask(
            cluster,
            lambda client: client.ask_leader(
                lambda number: Write(number=number, key=key, value=value)
            ),
            Client(),
        )
    )


@program.command()
def show(folder: programs.Folder = programs.DEFAULT_FOLDER) -> None:
    """Print the file."""
    path = path_in(folder)
    # Opening a database creates the file, and a reader must not do that.
    rows = Database(path).rows() if path.exists() else []
    for token, key, value in rows:
        typer.echo(f"{token}  {key} = {value}")
    if not rows:
        typer.echo("nothing was written yet")


if __name__ == "__main__":
    program()
