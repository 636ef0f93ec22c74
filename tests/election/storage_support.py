"""What the tests of records share: two records, where they are, another process."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from leader.election.storage import FileStorage, Record
from leader.protocol.durable import Durable
from leader.protocol.membership import founding
from leader.protocol.vocabulary import ClusterId, Duration, MemberId, Term

CLUSTER = ClusterId("cleanup")
MEMBER = MemberId("n1@alpha")


def durable(term: int, voters: int = 3) -> Durable:
    """A record of ``term``; with more voters it is longer."""
    return Durable(
        term=Term(term),
        membership=founding(MemberId(f"n{voter}@alpha") for voter in range(voters)),
        promise=Duration(300_000_000),
    )


OLD, NEW = durable(7), durable(8, voters=5)


@contextmanager
def opened(
    directory: Path, cluster: ClusterId = CLUSTER, member: MemberId = MEMBER
) -> Iterator[Record]:
    """The record of a member, closed at the end."""
    record = FileStorage(directory).open(cluster, member)
    try:
        yield record
    finally:
        record.close()


def found(directory: Path) -> Durable | None:
    """What the next life of the member finds."""
    with opened(directory) as record:
        return record.load()


def path_in(directory: Path) -> Path:
    """The file of the member's record."""
    return FileStorage(directory).path(CLUSTER, MEMBER)


def remember(directory: Path, saved: Durable) -> None:
    """A whole life of the member, in which it saves ``saved``."""
    with opened(directory) as record:
        record.save(saved)


def child(script: str, *arguments: object, within: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Another process that runs ``script`` with the names it needs already imported."""
    opening = """
        import os, resource, signal, subprocess, sys
        from contextlib import suppress
        from leader.election.storage import FileStorage, StorageError
        from leader.protocol.membership import founding
        from leader.protocol.durable import Durable
        def durable(term, voters=3):
            members = founding(f"n{voter}@alpha" for voter in range(voters))
            return Durable(term=term, membership=members, promise=300_000_000)
    """
    return subprocess.Popen(
        [*within, sys.executable, "-c", textwrap.dedent(opening) + textwrap.dedent(script)]
        + [str(argument) for argument in arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
