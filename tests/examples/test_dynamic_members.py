"""Dynamic members: observers find all members, follow the leader, and never lead or vote."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from examples.dynamic_members import Announcement, Announcer
from tests.examples.arena import HOSTS, MEMBERS, Arena, Broken, Idle, breaks, run

PERIOD_SECONDS = 0.1
STORM_SECONDS = 10
OBSERVERS = ("observer1", "observer2")


class Noting(Announcer):
    """Notes what it hears."""

    def __init__(self) -> None:
        super().__init__(PERIOD_SECONDS)
        self.taken: list[Announcement] = []

    def heard(self, announcement: Announcement) -> None:
        self.taken.append(announcement)


class Credulous(Noting):
    """A planted bug: accepts every announcement."""

    def is_news(self, announcement: Announcement) -> bool:
        return True


def storm(seed: int, kind: Callable[[], Noting] = Noting) -> None:
    """One stormy run with observers from its middle on, which must be up to date when it is calm."""
    observers = {name: kind() for name in OBSERVERS}

    async def trial(arena: Arena) -> None:
        await arena.start()
        for contact, (name, observer) in zip(MEMBERS, observers.items(), strict=False):
            await arena.storm(STORM_SECONDS / 2)
            await arena.observe(name, observer, contact)
        await arena.storm(STORM_SECONDS)
        for observer in observers.values():
            check(observer)
        await asyncio.sleep(5)
        now = (await arena.led()).term
        if {observer.taken[-1].token for observer in observers.values()} != {now}:
            raise Idle("an observer has not heard of who leads")

    run(trial, seed, lambda _: kind())


def check(observer: Noting) -> None:
    """What it took never went back."""
    if any(later <= earlier for earlier, later in pairwise(observer.taken)):
        raise Broken(f"{observer.taken}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_observers_follow_and_never_lead(seed: int) -> None:
    """They join in the middle of a storm, through a member that may crash the next moment."""
    storm(seed)


@pytest.mark.slow
def test_a_planted_bug_is_caught() -> None:
    """Or the test above would prove nothing."""
    assert breaks(lambda seed: storm(seed, Credulous), range(40))


@pytest.mark.slow
def test_observers_make_up_for_no_voter() -> None:
    """One voter and two observers are three, and still no majority of three voters."""

    async def trial(arena: Arena) -> None:
        await arena.start()
        for name in OBSERVERS:
            await arena.observe(name, Noting(), MEMBERS[0])
        await arena.led()
        await asyncio.sleep(1)
        for host in HOSTS[1:]:
            arena.crash(host)
        await asyncio.sleep(5)
        assert arena.leader() is None
        await arena.start()
        await arena.led()

    run(trial, 0, lambda _: Noting())


def test_an_observer_that_leaves_hears_no_more_until_it_joins_again() -> None:
    """The others only notice that a peer is gone."""

    async def trial(arena: Arena) -> None:
        observer = Noting()
        await arena.start()
        leading = await arena.led()
        await arena.observe(OBSERVERS[0], observer, MEMBERS[0])
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

    run(trial, 0, lambda _: Noting())
