"""How an example becomes a program: a member in each terminal, and requests from another one.

The defaults make three members on this machine. Nothing is encrypted and the cookie is in this
file, so members listen on loopback only.
"""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

import leader
from examples.client import Client
from examples.member import ExampleMember
from runtime import Node, ProcessId

ACTOR = "example"
COOKIE = "for examples on loopback only"
MEMBERS = "n1=127.0.0.1:7101,n2=127.0.0.1:7102,n3=127.0.0.1:7103"

Name = Annotated[str, typer.Argument(help="Which of the members this process is.")]
Cluster = Annotated[str, typer.Option(help="All members, and where each listens.")]
Folder = Annotated[Path, typer.Option(help="Where members keep what they must not forget.")]
DEFAULT_FOLDER = Path(tempfile.gettempdir()) / "leader-examples"


def application(about: str | None) -> typer.Typer:
    """The command line of an example, with its docstring as help, line by line."""
    paragraphs = (about or "").split("\n\n")
    program = typer.Typer(
        help="\n\n".join(f"\b\n{paragraph}" for paragraph in paragraphs),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    # With a callback a program with a single command still wants the command's name.
    program.callback()(lambda: None)
    return program


def addresses(cluster: str) -> dict[str, str]:
    """Where each member listens.

    Raises:
        BadParameter: the text does not have the form that its message shows.
    """
    pairs = [pair.partition("=") for pair in cluster.split(",")]
    if any(not name or not address for name, _, address in pairs):
        raise typer.BadParameter(f"must be NAME=HOST:PORT,…, not {cluster!r}")
    return {name.strip(): address.strip() for name, _, address in pairs}


def members(cluster: str) -> list[ProcessId]:
    """Who takes part."""
    return [ProcessId(ACTOR, name) for name in addresses(cluster)]


def one_of(cluster: str, name: str) -> ProcessId:
    """The member of this name.

    Raises:
        BadParameter: there is no such member; the message names all of them.
    """
    names = addresses(cluster)
    if name not in names:
        raise typer.BadParameter(f"{name!r} is none of the members: {', '.join(names)}")
    return ProcessId(ACTOR, name)


def serve(name: str, cluster: str, folder: Path, member: ExampleMember) -> None:
    """Runs one member until a signal ends it; if it leads, it hands over."""
    where = addresses(cluster)
    one_of(cluster, name)
    options = leader.Options(
        cluster_id=type(member).__name__,
        bootstrap=members(cluster),
        storage=leader.FileStorage(folder),
    )
    others = {other: address for other, address in where.items() if other != name}
    _run(_take_part(f"{name}@{where[name]}", others, member, options))


def observe(name: str, cluster: str, contact: str, member: ExampleMember) -> None:
    """Runs an observer, which joins through ``contact``, until a signal ends it."""
    options = leader.Options(cluster_id=type(member).__name__)
    address = f"{name}@127.0.0.1:0"
    _run(_take_part(address, addresses(cluster), member, options, one_of(cluster, contact)))


def ask(cluster: str, question: Callable[[Client], Awaitable[Any]], client: Client) -> Any:
    """The answer of the cluster; without one, prints that and exits with status 1."""
    try:
        return asyncio.run(_ask(cluster, question, client))
    except TimeoutError:
        typer.echo("no answer: it may have been carried out, or not", err=True)
        raise typer.Exit(1) from None


def _run(program: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(program)
    except (OSError, ValueError, leader.ElectionError) as error:
        # An address in use, a name that cannot be one, a record that another process holds.
        typer.echo(f"cannot take part: {error}", err=True)
        raise typer.Exit(1) from error


async def _take_part(
    address: str,
    routes: dict[str, str],
    member: ExampleMember,
    options: leader.Options,
    contact: ProcessId | None = None,
) -> None:
    _show_log()
    end_requested = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, lambda: _end(member, end_requested))
    async with await Node.start(address, cookie=COOKIE, routes=routes) as node:
        await node.spawn_register(ACTOR, lambda: member, options)
        if contact is not None:
            member.join(contact)
        await member.ended.wait()
    if not end_requested.is_set():
        raise typer.Exit(1)


def _end(member: ExampleMember, end_requested: asyncio.Event) -> None:
    end_requested.set()
    member.ended.set()


async def _ask(cluster: str, question: Callable[[Client], Awaitable[Any]], client: Client) -> Any:
    name = f"client-{os.getpid()}"
    routes = addresses(cluster)
    async with await Node.start(f"{name}@127.0.0.1:0", cookie=COOKIE, routes=routes) as node:
        await node.spawn(lambda: client, members(cluster))
        await client.connected()
        return await question(client)


def _is_worth_showing(record: logging.LogRecord) -> bool:
    """Whether a line was logged by a member, or is a warning; other lines tell of nodes only."""
    said_by: str | None = getattr(record, "registered_name", None)
    return said_by is not None or record.levelno >= logging.WARNING


def _show_log() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(node)s  %(message)s"))
    handler.addFilter(_is_worth_showing)
    logging.getLogger("runtime").addHandler(handler)
    logging.getLogger("runtime").setLevel(logging.INFO)
