"""Forwarding: each request is done at most once, by a leader, and the answer goes to the asker."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from examples.client import Client
from examples.forwarding import Done, Forwarded, NobodyLeads, Work, Worker
from runtime import Pid, ProcessId
from tests.examples.arena import (
    MEMBERS,
    PATIENCE_SECONDS,
    Arena,
    Broken,
    Idle,
    breaks,
    run,
)

STORM_SECONDS = 15
CLIENTS = ("client1", "client2")
LONG_SECONDS = 2.0
"""Longer than any request is kept."""


class Noting(Worker):
    """Notes what it does, and whether it leads at that instant."""

    def __init__(self, done: list[str]) -> None:
        super().__init__()
        self.done = done

    def do(self, work: Work) -> None:
        self.done.append(work.what if self.is_leader else f"{work.what} without leading")


class Insistent(Noting):
    """A planted bug: forwards its requests again whenever another member leads."""

    def __init__(self, done: list[str]) -> None:
        super().__init__(done)
        self.passed_on: list[Forwarded] = []

    def forward(self, request: Forwarded, leader: Pid) -> None:
        super().forward(request, leader)
        self.passed_on.append(request)

    async def stand_back(self, leader: Pid | None) -> None:
        await super().stand_back(leader)
        if leader is None:
            return
        for request in self.passed_on:
            super().forward(request, leader)


class Misdirected(Noting):
    """A planted bug: the answer goes to another process of the node that asked."""

    def reply(self, request: Forwarded, answer: Done) -> None:
        asker = request.asker
        self.send(Pid(asker.node, asker.creation, asker.number + 1), answer)


class Usurper(Noting):
    """A planted bug: does whatever it is asked to."""

    def may_do(self) -> bool:
        return True


class Asker(Client):
    """Notes every answer, expected or not."""

    def __init__(self, answers: list[tuple[str, Any]]) -> None:
        self.answers = answers

    def handle_message(self, sender: Pid | None, message: Any) -> None:
        self.answers.append((f"{self.node.name} {message.number}", message))
        super().handle_message(sender, message)


def storm(seed: int, kind: Callable[[list[str]], Noting] = Noting) -> None:
    """One stormy run: what was done, and what was answered, must fit."""
    done: list[str] = []
    answers: list[tuple[str, Any]] = []

    async def trial(arena: Arena) -> None:
        await arena.start()
        askers = [Asker(answers) for _ in CLIENTS]
        for name, asker in zip(CLIENTS, askers, strict=True):
            await arena.client(name, asker)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(arena.storm(STORM_SECONDS))
            for asker in askers:
                tasks.create_task(use(asker, arena))
        check(done, answers)
        await arena.led()
        await asyncio.sleep(LONG_SECONDS)
        before = len(answers)
        async with asyncio.TaskGroup() as tasks:
            for member in MEMBERS:
                tasks.create_task(ask(askers[0], member))
        check(done, answers)
        if [type(answer) for _, answer in answers[before:]] != [Done] * len(MEMBERS):
            raise Idle("some were not served")

    run(trial, seed, lambda _: kind(done))


async def use(asker: Asker, arena: Arena) -> None:
    """Asks members at random, repeatedly."""
    end = arena.loop.time() + STORM_SECONDS
    while arena.loop.time() < end:
        await ask(asker, arena.chance.choice(MEMBERS))
        await asyncio.sleep(arena.chance.uniform(0.0, 0.1))


async def ask(asker: Asker, member: ProcessId) -> None:
    """Ask one member, with the request named after who asks and its number."""

    def request(number: int) -> Work:
        return Work(number=number, what=f"{asker.node.name} {number}")

    with suppress(TimeoutError):
        await asker.ask(member, request, PATIENCE_SECONDS)


def check(done: list[str], answers: list[tuple[str, Any]]) -> None:
    """Raises Broken if work was done twice or without leading, or if an answer was false."""
    said = {what for what, answer in answers if isinstance(answer, Done)}
    denied = {what for what, answer in answers if isinstance(answer, NobodyLeads)}
    twice = [what for what, times in Counter(done).items() if times > 1]
    usurped = [what for what in done if what.endswith("without leading")]
    if twice or usurped or not said <= set(done) or denied & set(done):
        raise Broken(f"twice {twice}, {usurped}, {said - set(done)}, {denied & set(done)}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_each_request_is_done_once_at_most(seed: int) -> None:
    """In a storm every answer is true; after it every request is answered, whichever member is asked."""
    storm(seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Insistent, Usurper])
def test_a_planted_bug_is_caught(kind: Callable[[list[str]], Noting]) -> None:
    """Otherwise the test above would prove nothing."""
    assert breaks(lambda seed: storm(seed, kind), range(40))


@pytest.mark.slow
def test_an_answer_that_goes_astray_is_noticed() -> None:
    """The asker would wait for ever, even without faults."""
    with pytest.raises(Idle):
        storm(0, Misdirected)


def test_while_no_member_leads_the_answer_says_so() -> None:
    """After a time in which a member might have been elected; and no member does the work."""
    done: list[str] = []
    answers: list[tuple[str, Any]] = []

    async def trial(arena: Arena) -> None:
        await arena.start()
        asker = Asker(answers)
        await arena.client(CLIENTS[0], asker)
        await arena.led()
        for host in "bc":
            arena.isolate(host, "abc")
        await asyncio.sleep(1)
        answer = await asker.ask(MEMBERS[1], lambda number: Work(number=number, what="no"), 2.0)
        assert (type(answer), done) == (NobodyLeads, [])

    run(trial, 0, lambda _: Noting(done))
