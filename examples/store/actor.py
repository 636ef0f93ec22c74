"""The member of a store: each keeps a shelf; the leader sends its questions to all, itself included.

The rules are in the package's docstring. Leader and keeper are one actor with two sets of
methods, which communicate by messages only: a message that a leader sends to itself is handled
like any other.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from examples.member import ExampleMember
from examples.store.messages import (
    Entries,
    Found,
    Get,
    KeepRequest,
    Kept,
    Promised,
    PromiseRequest,
    Put,
    Stored,
    TooLarge,
    Unsure,
    Version,
)
from examples.store.shelf import Shelf
from runtime import Pid

RESEND_SECONDS = 0.1
"""After how long a member that has not answered is asked again; its connection may have broken."""

WAITING_LIMIT = 1_000
"""How many writes may wait for the next version."""

KEYS_LIMIT, LENGTH_LIMIT = 1_000, 1_000
"""How many keys, and how many characters of key and value: all entries must fit into one message."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A message to oneself: some members have not answered this round."""

    version: Version


@dataclass(slots=True)
class StoreRound:
    """A question to all, what to do with a quorum of answers, and the writes that wait for it."""

    question: PromiseRequest | KeepRequest
    then: Callable[["StoreRound"], None]
    writes: list[tuple[Pid | None, Put]] = field(default_factory=list)
    answers: dict[str, Promised | Kept] = field(default_factory=dict)


class Store(ExampleMember):
    """Keeps a shelf, and, while it leads, sends its questions to all."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self._shelf = shelf
        self._entries: Entries | None = None
        self._round: StoreRound | None = None
        # Never set back while the process lives: one version must not stand for two states.
        self._rounds = 0
        self._ballot = 0
        self._waiting: list[tuple[Pid | None, Put]] = []

    async def take_over(self) -> None:
        self._ballot = self.term
        self._ask_all(StoreRound(PromiseRequest(version=self._next_version()), self._adopt))

    async def stand_back(self, leader: Pid | None) -> None:
        begun = [] if self._round is None else self._round.writes
        waiting, self._waiting = self._waiting, []
        self._round = self._entries = None
        for asker, put in begun:
            self.answer(asker, Unsure(number=put.number))
        for asker, put in waiting:
            self.refuse(asker, put.number)

    async def handle_message(self, sender: Pid | None, message: Any) -> None:
        match message:
            case PromiseRequest() | KeepRequest() if sender is not None:
                await self._answer_leader(sender, message)
            case Promised() | Kept() if sender is not None:
                self._count(sender.node, message)
            case AskAgain(version=version):
                if self._round is not None and self._round.question.version == version:
                    self._send_round(self._round)
            case Get():
                self._read(sender, message)
            case Put():
                self._write(sender, message)

    def _read(self, asker: Pid | None, request: Get) -> None:
        if self._entries is None or not self.may_read():
            self.refuse(asker, request.number)
        else:
            value = self._entries.get(request.key)
            self.answer(asker, Found(number=request.number, value=value))

    def may_read(self) -> bool:
        """Whether no other member can have acknowledged a write meanwhile (rule 6)."""
        return self.is_leader

    def _write(self, asker: Pid | None, put: Put) -> None:
        known = self._entries or {}
        if not self.is_leader or len(self._waiting) >= WAITING_LIMIT:
            self.refuse(asker, put.number)
        elif len(put.key) + len(put.value) > LENGTH_LIMIT or (
            put.key not in known and len(known) >= KEYS_LIMIT
        ):
            self.answer(asker, TooLarge(number=put.number))
        else:
            self._waiting.append((asker, put))
            self._write_waiting()

    async def _answer_leader(self, leader: Pid, message: PromiseRequest | KeepRequest) -> None:
        ballot = message.version[0]
        if not self.may_answer(ballot):
            self.log.warning("refuses ballot %d: has promised a higher one", ballot)
        elif isinstance(message, PromiseRequest):
            self.send(leader, await self._promised(message))
        else:
            self.send(leader, await self._kept(message))

    async def _promised(self, message: PromiseRequest) -> Promised:
        ballot, shelf = message.version[0], self._shelf
        if ballot > shelf.promised:
            await asyncio.to_thread(shelf.promise, ballot)
        return Promised(asked=message.version, version=shelf.version, entries=shelf.entries)

    async def _kept(self, message: KeepRequest) -> Kept:
        if message.version > self._shelf.version:
            await asyncio.to_thread(self._shelf.keep, message.version, message.entries)
        return Kept(asked=message.version)

    def may_answer(self, ballot: int) -> bool:
        """Whether no higher ballot was promised; otherwise a late leader could replace a newer write."""
        return ballot >= self._shelf.promised

    def is_quorum(self, answers: int) -> bool:
        """Whether that many are a strict majority of the fixed members."""
        return 2 * answers > len(self.bootstrap)

    def _count(self, node: str, answer: Promised | Kept) -> None:
        current = self._round
        if current is None or answer.asked != current.question.version:
            return
        current.answers[node] = answer
        if self.is_quorum(len(current.answers)):
            self._round = None
            current.then(current)
            self._write_waiting()

    def _adopt(self, done: StoreRound) -> None:
        answers = [answer for answer in done.answers.values() if isinstance(answer, Promised)]
        self._store(self.newest(answers), [])

    def newest(self, answers: list[Promised]) -> Entries:
        """The entries of the newest version: every acknowledged write is in them."""
        return max(answers, key=lambda answer: answer.version).entries

    def _store(self, entries: Entries, writes: list[tuple[Pid | None, Put]]) -> None:
        keep = KeepRequest(version=self._next_version(), entries=entries)
        self._ask_all(StoreRound(keep, lambda _: self._serve(entries, writes), writes))

    def _serve(self, entries: Entries, writes: list[tuple[Pid | None, Put]]) -> None:
        self._entries = entries
        for asker, put in writes:
            self.answer(asker, Stored(number=put.number))

    def _write_waiting(self) -> None:
        if self._round is None and self._entries is not None and self._waiting:
            writes, self._waiting = self._waiting, []
            self._store(self._entries | {put.key: put.value for _, put in writes}, writes)

    def _next_version(self) -> Version:
        self._rounds += 1
        return (self._ballot, self._rounds)

    def _ask_all(self, begun: StoreRound) -> None:
        self._round = begun
        self._send_round(begun)

    def _send_round(self, begun: StoreRound) -> None:
        for member in self.bootstrap:
            if member.node not in begun.answers:
                self.send(member, begun.question)
        self.send_after(self.pid, AskAgain(begun.question.version), RESEND_SECONDS)
