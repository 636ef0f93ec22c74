"""Dynamic members: observers find all members, follow the leader, and never lead or vote."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from examples.dynamic_members import Announcement, Announcer
from tests.examples.example_cluster import (
    HOSTS,
    MEMBERS,
    ExampleCluster,
    GuaranteeBroken,
    NotServed,
    breaks,
    run,
)

PERIOD_SECONDS = 0.1
FAULTS_SECONDS = 10
OBSERVERS = ("observer1", "observer2")


class RecordingAnnouncer(Announcer):
    """Notes what it hears."""

    def __init__(self) -> None:
        super().__init__(PERIOD_SECONDS)
        self.taken: list[Announcement] = []

    def heard(self, announcement: Announcement) -> None:
        self.taken.append(announcement)


class AcceptsEveryAnnouncement(RecordingAnnouncer):
    """A planted bug: accepts every announcement."""

    def is_news(self, announcement: Announcement) -> bool:
        return True


def run_with_faults(seed: int, kind: Callable[[], RecordingAnnouncer] = RecordingAnnouncer) -> None:
    """One run with faults; observers join meanwhile, and must know the leader after the faults."""
    observers = {name: kind() for name in OBSERVERS}

    async def trial(cluster: ExampleCluster) -> None:
        await cluster.start()
        for contact, (name, observer) in zip(MEMBERS, observers.items(), strict=False):
            await cluster.inject_faults(FAULTS_SECONDS / 2)
            await cluster.observe(name, observer, contact)
        await cluster.inject_faults(FAULTS_SECONDS)
        for observer in observers.values():
            check(observer)
        await asyncio.sleep(5)
        now = (await cluster.led()).term
        if {observer.taken[-1].token for observer in observers.values()} != {now}:
            raise NotServed("an observer has not heard of who leads")

    run(trial, seed, lambda _: kind())


def check(observer: RecordingAnnouncer) -> None:
    """What it took never went back."""
    if any(later <= earlier for earlier, later in pairwise(observer.taken)):
        raise GuaranteeBroken(f"{observer.taken}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_observers_follow_and_never_lead(seed: int) -> None:
    """They join amid faults, through a member that may crash soon after."""
    run_with_faults(seed)


@pytest.mark.slow
def test_a_planted_bug_is_caught() -> None:
    """Or the test above would prove nothing."""
    assert breaks(lambda seed: run_with_faults(seed, AcceptsEveryAnnouncement), range(40))


@pytest.mark.slow
def test_observers_make_up_for_no_voter() -> None:
    """One voter and two observers are three, and still no majority of three voters."""

    async def trial(cluster: ExampleCluster) -> None:
        await cluster.start()
        for name in OBSERVERS:
            await cluster.observe(name, RecordingAnnouncer(), MEMBERS[0])
        await cluster.led()
        await asyncio.sleep(1)
        for host in HOSTS[1:]:
            cluster.crash(host)
        await asyncio.sleep(5)
        assert cluster.leader() is None
        await cluster.start()
        await cluster.led()

    run(trial, 0, lambda _: RecordingAnnouncer())


def test_an_observer_that_leaves_hears_no_more_until_it_joins_again() -> None:
    """The others only notice that a peer is gone."""

    async def trial(cluster: ExampleCluster) -> None:
        observer = RecordingAnnouncer()
        await cluster.start()
        leading = await cluster.led()
        await cluster.observe(OBSERVERS[0], observer, MEMBERS[0])
        await asyncio.sleep(1)
        assert leading.peer_count == len(MEMBERS)
        observer.leave()
        await asyncio.sleep(PERIOD_SECONDS)
        taken = len(observer.taken)
        await asyncio.sleep(1)
        assert len(observer.taken) == taken
        assert leading.peer_count == len(MEMBERS) - 1
        observer.join(MEMBERS[1])
        await asyncio.sleep(1)
        assert len(observer.taken) > taken

    run(trial, 0, lambda _: RecordingAnnouncer())
