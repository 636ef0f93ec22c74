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
from tests.examples.example_cluster import (
    MEMBERS,
    PATIENCE_SECONDS,
    ExampleCluster,
    GuaranteeBroken,
    NotServed,
    breaks,
    run,
)

FAULTS_SECONDS = 15
CLIENTS = ("client1", "client2")
LONG_SECONDS = 2.0
"""Longer than any request is kept."""


class RecordingWorker(Worker):
    """Records what it does, and whether it leads at that instant."""

    def __init__(self, done: list[str]) -> None:
        super().__init__()
        self.done = done

    def do(self, work: Work) -> None:
        self.done.append(work.what if self.is_leader else f"{work.what} without leading")


class ForwardsAgain(RecordingWorker):
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


class AnswersAnotherProcess(RecordingWorker):
    """A planted bug: the answer goes to another process of the node that asked."""

    def reply(self, request: Forwarded, answer: Done) -> None:
        asker = request.asker
        self.send(Pid(asker.node, asker.creation, asker.number + 1), answer)


class WorksWithoutLeading(RecordingWorker):
    """A planted bug: does the work without leading."""

    def may_do(self) -> bool:
        return True


class RecordingAsker(Client):
    """Records every answer, expected or not."""

    def __init__(self, answers: list[tuple[str, Any]]) -> None:
        self.answers = answers

    def handle_message(self, sender: Pid | None, message: Any) -> None:
        self.answers.append((f"{self.node.name} {message.number}", message))
        super().handle_message(sender, message)


def run_with_faults(
    seed: int, kind: Callable[[list[str]], RecordingWorker] = RecordingWorker
) -> None:
    """One run with faults: the answers must agree with what was done."""
    done: list[str] = []
    answers: list[tuple[str, Any]] = []

    async def trial(cluster: ExampleCluster) -> None:
        await cluster.start()
        askers = [RecordingAsker(answers) for _ in CLIENTS]
        for name, asker in zip(CLIENTS, askers, strict=True):
            await cluster.client(name, asker)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(cluster.inject_faults(FAULTS_SECONDS))
            for asker in askers:
                tasks.create_task(use(asker, cluster))
        check(done, answers)
        await cluster.led()
        await asyncio.sleep(LONG_SECONDS)
        before = len(answers)
        async with asyncio.TaskGroup() as tasks:
            for member in MEMBERS:
                tasks.create_task(ask(askers[0], member))
        check(done, answers)
        if [type(answer) for _, answer in answers[before:]] != [Done] * len(MEMBERS):
            raise NotServed("some were not served")

    run(trial, seed, lambda _: kind(done))


async def use(asker: RecordingAsker, cluster: ExampleCluster) -> None:
    """Asks members at random, repeatedly."""
    end = cluster.loop.time() + FAULTS_SECONDS
    while cluster.loop.time() < end:
        await ask(asker, cluster.chance.choice(MEMBERS))
        await asyncio.sleep(cluster.chance.uniform(0.0, 0.1))


async def ask(asker: RecordingAsker, member: ProcessId) -> None:
    """Ask one member, with the request named after who asks and its number."""

    def request(number: int) -> Work:
        return Work(number=number, what=f"{asker.node.name} {number}")

    with suppress(TimeoutError):
        await asker.ask(member, request, PATIENCE_SECONDS)


def check(done: list[str], answers: list[tuple[str, Any]]) -> None:
    """Raises GuaranteeBroken if work was done twice or without leading, or if an answer was false."""
    said = {what for what, answer in answers if isinstance(answer, Done)}
    denied = {what for what, answer in answers if isinstance(answer, NobodyLeads)}
    twice = [what for what, times in Counter(done).items() if times > 1]
    usurped = [what for what in done if what.endswith("without leading")]
    if twice or usurped or not said <= set(done) or denied & set(done):
        raise GuaranteeBroken(f"twice {twice}, {usurped}, {said - set(done)}, {denied & set(done)}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_each_request_is_done_once_at_most(seed: int) -> None:
    """During faults every answer is true; after them every request is answered, whichever member is asked."""
    run_with_faults(seed)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [ForwardsAgain, WorksWithoutLeading])
def test_a_planted_bug_is_caught(kind: Callable[[list[str]], RecordingWorker]) -> None:
    """Otherwise the test above would prove nothing."""
    assert breaks(lambda seed: run_with_faults(seed, kind), range(40))


@pytest.mark.slow
def test_an_answer_that_goes_astray_is_noticed() -> None:
    """The asker would wait for ever, even without faults."""
    with pytest.raises(NotServed):
        run_with_faults(0, AnswersAnotherProcess)


def test_while_no_member_leads_the_answer_says_so() -> None:
    """After a time in which a member might have been elected; and no member does the work."""
    done: list[str] = []
    answers: list[tuple[str, Any]] = []

    async def trial(cluster: ExampleCluster) -> None:
        await cluster.start()
        asker = RecordingAsker(answers)
        await cluster.client(CLIENTS[0], asker)
        await cluster.led()
        for host in "bc":
            cluster.isolate(host, "abc")
        await asyncio.sleep(1)
        answer = await asker.ask(MEMBERS[1], lambda number: Work(number=number, what="no"), 2.0)
        assert (type(answer), done) == (NobodyLeads, [])

    run(trial, 0, lambda _: RecordingWorker(done))
