"""The command line of the store."""

import sqlite3

import typer

import examples.store
from examples import programs
from examples.client import Client
from examples.store.actor import Store
from examples.store.messages import Get, Put
from examples.store.shelf import Shelf

program = programs.application(examples.store.__doc__)


@program.command()
def member(
    name: programs.Name,
    cluster: programs.Cluster = programs.MEMBERS,
    folder: programs.Folder = programs.DEFAULT_FOLDER,
) -> None:
    """Run one of the members."""
    folder.mkdir(parents=True, exist_ok=True)
    shelf = sqlite3.connect(folder / f"store-{name}.sqlite", check_same_thread=False)
    try:
        programs.serve(name, cluster, folder, Store(Shelf(shelf)))
    finally:
        shelf.close()


@program.command()
def put(key: str, value: str, cluster: programs.Cluster = programs.MEMBERS) -> None:
    """Write a value, and wait until a quorum has stored it."""

    def request(number: int) -> Put:
        return Put(number=number, key=key, value=value)

    typer.echo(programs.ask(cluster, lambda client: client.ask_leader(request), Client()))


@program.command()
def get(key: str, cluster: programs.Cluster = programs.MEMBERS) -> None:
    """Read a value."""

    def request(number: int) -> Get:
        return Get(number=number, key=key)

    typer.echo(programs.ask(cluster, lambda client: client.ask_leader(request), Client()))


if __name__ == "__main__":
    program()
