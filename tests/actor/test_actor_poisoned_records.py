"""A record whose term is far ahead of the wall clock: it is refused, and a person gets the member back.

What the tests do to the files is what `docs/security.md` tells that person to do.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from leader import FileStorage
from leader.election.record import encode
from leader.errors import RecordFarAhead
from leader.protocol.durable import Durable
from leader.protocol.membership import founding
from leader.protocol.vocabulary import ClusterId, Duration, MemberId, Term
from runtime.clock import FAR_AHEAD_MILLISECONDS
from runtime.simulation import WALL_MILLISECONDS
from tests.actor.actor_support import ACTOR, Cluster, Member, in_cluster, options, pass_time

NODES = "abc"
POISONED = Term(WALL_MILLISECONDS + 2 * FAR_AHEAD_MILLISECONDS)


def record_of(name: str, folder: Path) -> Path:
    """Where the record of the member on that node is."""
    member = MemberId(f"{ACTOR}@{name}")
    return FileStorage(folder / name).path(ClusterId("shop"), member)


def poison(folder: Path, names: Sequence[str]) -> None:
    """Write an intact record with a term that no honest member can have had."""
    voters = tuple(MemberId(f"{ACTOR}@{name}") for name in NODES)
    durable = Durable(term=POISONED, membership=founding(voters), promise=Duration(150_000_000))
    for name in names:
        path = record_of(name, folder)
        path.parent.mkdir(parents=True)
        path.write_bytes(encode("shop", f"{ACTOR}@{name}", durable))


async def join(cluster: Cluster, name: str, folder: Path) -> None:
    """Start the member on that node, with its record if there is one."""
    given = options(storage=FileStorage(folder / name))
    await cluster.join(name, Member(cluster.history), given)


def test_a_poisoned_record_is_refused_and_its_member_is_back_without_it(tmp_path: Path) -> None:
    """The others elect meanwhile, and the member follows their leader."""

    async def main(cluster: Cluster) -> None:
        poison(tmp_path, "c")
        for name in NODES:
            await cluster.start_node(name)
        await join(cluster, "a", tmp_path)
        await join(cluster, "b", tmp_path)
        with pytest.raises(RecordFarAhead, match=f"its term {POISONED} is more than ten years"):
            await join(cluster, "c", tmp_path)
        leading = await cluster.settled()
        token = leading.term
        record_of("c", tmp_path).unlink()
        await join(cluster, "c", tmp_path)
        await pass_time(1)
        assert await cluster.settled() is leading
        assert token <= leading.term < POISONED

    in_cluster(main)


def test_a_cluster_of_poisoned_records_elects_without_them(tmp_path: Path) -> None:
    """All members stop, and start without their records."""

    async def main(cluster: Cluster) -> None:
        poison(tmp_path, NODES)
        for name in NODES:
            await cluster.start_node(name)
            with pytest.raises(RecordFarAhead):
                await join(cluster, name, tmp_path)
        for name in NODES:
            record_of(name, tmp_path).unlink()
            await join(cluster, name, tmp_path)
        leading = await cluster.settled()
        assert WALL_MILLISECONDS <= leading.term < POISONED

    in_cluster(main)
