"""The lock service: no two clients hold one lock at the same time, and each token is above the last.

Times are those of the simulation, not those that a member's or a client's clock shows.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest

from examples.client import Client
from examples.lock_service import LONGEST_SECONDS, Acquire, Denied, Held, LockClient, Locks, Token
from examples.member import TryAgain
from runtime.clock import NANOSECONDS, sleep
from tests.examples.example_cluster import (
    HOSTS,
    MEMBERS,
    ExampleCluster,
    GuaranteeBroken,
    NotServed,
    breaks,
    run,
)

FAULTS_SECONDS = 20
LOCK_SECONDS = 0.8
CLIENTS = ("client1", "client2", "client3")


@dataclass(frozen=True, slots=True)
class HoldingTime:
    """When a client held the lock, in the time of the simulation."""

    since: float
    until: float
    token: Token
    holder: str


class GrantsAtOnce(Locks):
    """A planted bug: a new leader grants at once."""

    def former_locks_last(self) -> int:
        return 0


class GrantsHeldLocks(Locks):
    """A planted bug: grants a lock although it is held."""

    def objection(self, request: Acquire) -> str | None:
        self._grants.clear()
        return super().objection(request)


class IgnoresClockDrift(LockClient):
    """A planted bug: the holder assumes that no other clock is faster than its own."""

    def own_share(self, seconds: float) -> int:
        return round(seconds * NANOSECONDS)


async def contend(
    client: LockClient, cluster: ExampleCluster, spans: list[HoldingTime], seconds: float
) -> None:
    """Ask for the lock again and again; keep it until its time is over, or release it earlier."""
    end = cluster.loop.time() + seconds
    while cluster.loop.time() < end:
        await asyncio.sleep(cluster.chance.uniform(0.0, 0.004))
        leader = cluster.leader() or cluster.chance.choice(HOSTS)
        try:
            held = await client.acquire("lock", LOCK_SECONDS, MEMBERS[HOSTS.index(leader)])
        except TimeoutError:
            continue
        if isinstance(held, Held) and held.is_held:
            await hold(client, held, cluster, spans)


async def hold(
    client: LockClient, held: Held, cluster: ExampleCluster, spans: list[HoldingTime]
) -> None:
    """Hold a lock until its time is over; in three of ten cases release it earlier."""
    since = cluster.loop.time()
    left = (held.until - client.clock.now()) / NANOSECONDS
    returns = cluster.chance.random() < 0.3
    await sleep(client.clock, left * cluster.chance.random() if returns else left)
    spans.append(HoldingTime(since, cluster.loop.time(), held.token, client.node.name))
    if returns:
        client.release(held)


def check(spans: list[HoldingTime]) -> None:
    """No two spans overlap, and each has a higher token than the one before."""
    ordered = sorted(spans, key=lambda span: span.since)
    for former, latter in pairwise(ordered):
        if latter.since < former.until or latter.token <= former.token:
            raise GuaranteeBroken(f"{former} and {latter}")


def run_with_faults(
    seed: int,
    kind: Callable[[float], Locks] = Locks,
    client_kind: Callable[[], LockClient] = LockClient,
) -> None:
    """One run with faults and several clients that want the same lock."""
    spans: list[HoldingTime] = []

    async def trial(cluster: ExampleCluster) -> None:
        await cluster.start()
        clients = [client_kind() for _ in CLIENTS]
        for name, client in zip(CLIENTS, clients, strict=True):
            await cluster.client(name, client)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(cluster.inject_faults(FAULTS_SECONDS))
            for client in clients:
                tasks.create_task(contend(client, cluster, spans, FAULTS_SECONDS + 5))
        check(spans)
        if not any(span.since > FAULTS_SECONDS for span in spans):
            raise NotServed("no client got the lock after all faults had ended")

    run(trial, seed, lambda _: kind(LOCK_SECONDS))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_two_never_hold_a_lock_at_once(seed: int) -> None:
    """Clocks drift apart as far as they may, leaders crash, freeze and are cut off."""
    run_with_faults(seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [GrantsAtOnce, GrantsHeldLocks])
def test_a_planted_bug_is_caught(kind: Callable[[float], Locks]) -> None:
    """Or the test above would prove nothing."""
    assert breaks(lambda seed: run_with_faults(seed, kind), range(40))


@pytest.mark.slow
def test_a_holder_with_a_slow_clock_must_allow_for_it() -> None:
    """One that does not is caught."""
    assert breaks(lambda seed: run_with_faults(seed, client_kind=IgnoresClockDrift), range(40))


@pytest.mark.parametrize("seconds", [0.0, -1.0, LONGEST_SECONDS + 0.1, float("nan"), float("inf")])
def test_a_lock_is_not_granted_for_an_unusable_time(seconds: float) -> None:
    """A new leader waits for the longest time of a lock, so no lock may last longer than that."""

    async def trial(cluster: ExampleCluster) -> None:
        client = Client()
        await cluster.start()
        await cluster.client("client", client)
        answer = await client.ask_leader(
            lambda number: Acquire(number=number, lock="lock", seconds=seconds)
        )
        assert isinstance(answer, Denied)
        assert "seconds" in answer.why

    run(trial, 0, lambda _: Locks(LONGEST_SECONDS))


def test_a_follower_says_who_leads() -> None:
    """And grants nothing."""

    async def trial(cluster: ExampleCluster) -> None:
        client = LockClient()
        await cluster.start()
        await cluster.client("client", client)
        await cluster.led()
        await asyncio.sleep(0.1)
        other = next(host for host in HOSTS if host != cluster.leader())
        answer = await client.acquire("lock", 1.0, MEMBERS[HOSTS.index(other)])
        assert answer == TryAgain(number=1, leader=cluster.leader())

    run(trial, 0, lambda _: Locks(LONGEST_SECONDS))
