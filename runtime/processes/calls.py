"""Calls: requests that wait for an answer, with the processes of this node and of others.

Knows nothing of how a process answers. The idea: all state of a call is where it waits, and goes
with it; the answering side keeps nothing but the request in the mailbox, which holds the address to
answer to. Whatever tells that no answer will come ends the wait at once: the time-out is for
silence only.
"""

import asyncio
import itertools
import logging
import math
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from runtime.clock import after
from runtime.dropped import Drop
from runtime.errors import (
    FAMILY,
    CallError,
    CallsItself,
    CallTimeout,
    CannotTravel,
    NodeLost,
    NoSuchProcess,
)
from runtime.events import NodeDown, NodeEvent
from runtime.network.connection import Surroundings
from runtime.network.handshake import Identity
from runtime.network.wire import Parcel, WireError
from runtime.pid import Pid, ProcessId
from runtime.processes.mailbox import Reply
from runtime.processes.signal_router import Address, Switchboard, address_of, sender_of
from runtime.reasons import NO_PROCESS, describe
from runtime.signals import Answer, Refusal, Request


class Answering(Protocol):
    """A process that can be asked."""

    @property
    def pid(self) -> Pid:
        """Who it is."""

    def ask(self, sender: Pid | None, request: object, reply: Reply) -> None:
        """Puts a request into its mailbox; the reply is called exactly once, whatever happens."""


class _Call:
    """A call that waits."""

    def __init__(self, to: Pid | ProcessId) -> None:
        self.address = address_of(to)
        self.outcome: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    def settle(self, outcome: object) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class Calls:
    """The calls of a node's processes, and the requests that have come to them."""

    def __init__(
        self,
        surroundings: Surroundings,
        switchboard: Switchboard,
        find: Callable[[int | str], Answering | None],
        log: logging.LoggerAdapter[logging.Logger],
    ) -> None:
        """Finds a process of this node by number or name."""
        self._surroundings = surroundings
        self._switchboard = switchboard
        self._find = find
        self._log = log
        self._references = itertools.count(1)
        self._calls: dict[int, _Call] = {}
        switchboard.handle(Request, self._asked)
        switchboard.handle(Answer, self._answered)
        switchboard.handle(Refusal, self._refused)

    def __len__(self) -> int:
        """How many calls wait."""
        return len(self._calls)

    async def call(
        self, to: Pid | ProcessId, request: object, timeout: float, sender: Pid | None
    ) -> Any:
        """Asks and waits for the answer; raises CallError, or ValueError for the time-out."""
        if not 0 < timeout < math.inf:
            raise ValueError(f"timeout must be finite and above zero, not {timeout!r}")
        call, reference = _Call(to), next(self._references)
        self._calls[reference] = call
        too_late = CallTimeout(f"no answer within {timeout} s")
        alarm = after(self._surroundings.clock, timeout, partial(call.settle, too_late))
        try:
            self._begin(call, reference, request, sender)
            outcome = await call.outcome
        finally:
            alarm.cancel()
            del self._calls[reference]
        if isinstance(outcome, CallError):
            raise type(outcome)(f"call to {to}: {outcome}") from outcome.__cause__
        return outcome

    def node_changed(self, event: NodeEvent) -> None:
        """Ends the calls that a node's end or rebirth leaves without an answer."""
        if isinstance(event, NodeDown):
            self.node_lost(event.node, event.reason.value)
        else:
            self._settle_all(
                NoSuchProcess(NO_PROCESS),
                lambda to: to.node == event.node and to.creation not in (None, event.creation),
            )

    def node_lost(self, node: str, reason: str) -> None:
        """Ends all calls to that node."""
        self._settle_all(NodeLost(f"node {node} lost: {reason}"), lambda to: to.node == node)

    def close(self) -> None:
        """Ends all calls: this node stops."""
        self._settle_all(NodeLost("this node stops"), lambda to: True)

    def _settle_all(self, outcome: CallError, concerned: Callable[[Address], bool]) -> None:
        for call in self._calls.values():
            if concerned(call.address):
                call.settle(outcome)

    def _begin(self, call: _Call, reference: int, request: object, sender: Pid | None) -> None:
        own = self._surroundings.own
        if self._switchboard.is_closed:
            call.settle(NodeLost("this node has stopped"))
        elif call.address.node != own.name:
            self._send(call, reference, request, sender)
        elif call.address.creation not in (None, own.creation):
            call.settle(NoSuchProcess(NO_PROCESS))
        else:
            self._ask_here(call, reference, request, sender)

    def _ask_here(self, call: _Call, reference: int, request: object, sender: Pid | None) -> None:
        execution = self._find(call.address.addressee)
        if execution is None:
            call.settle(NoSuchProcess(NO_PROCESS))
        elif execution.pid == sender:
            call.settle(CallsItself("a process cannot wait for itself"))
        else:
            execution.ask(sender, request, partial(self._settle, self._surroundings.own, reference))

    def _send(self, call: _Call, reference: int, request: object, sender: Pid | None) -> None:
        number = None if sender is None else sender.number
        try:
            content = self._surroundings.registry.pack(request)
            signal = Request(reference=reference, content=content)
            is_sent = self._switchboard.send(call.address, signal, number)
        except (TypeError, ValueError) as error:
            call.settle(_cannot_travel("the request", error))
        else:
            if not is_sent and self._switchboard.is_gone(call.address):
                call.settle(NoSuchProcess(NO_PROCESS))
            elif not is_sent:
                call.settle(
                    NodeLost(
                        f"node {call.address.node} cannot be reached, or too much waits for it"
                    )
                )

    def _asked(self, peer: Identity, parcel: Parcel, signal: Request) -> None:
        reply = partial(self._reply, peer, signal.reference)
        execution = self._find(parcel.to)
        if execution is None:
            return reply(NoSuchProcess(NO_PROCESS))
        try:
            request = self._surroundings.registry.unpack(signal.content)
        except WireError as error:
            self._surroundings.drops.record(Drop.MALFORMED, peer.name, ascii(str(error)))
            return reply(_cannot_travel("the request", error))
        execution.ask(sender_of(peer, parcel), request, reply)

    def _reply(self, peer: Identity, reference: int, outcome: object) -> None:
        signal: Answer | Refusal
        try:
            if isinstance(outcome, CallError):
                signal = _refusal(reference, outcome)
            else:
                content = self._surroundings.registry.pack(outcome)
                signal = Answer(reference=reference, content=content)
            self._switchboard.answer(peer, signal)
        except (TypeError, ValueError) as error:
            self._log.error("an answer to %s cannot travel: %s", peer.name, error)
            refusal = _refusal(reference, _cannot_travel("the answer", error))
            self._switchboard.answer(peer, refusal)

    def _answered(self, peer: Identity, parcel: Parcel, signal: Answer) -> None:
        outcome: object
        try:
            outcome = self._surroundings.registry.unpack(signal.content)
        except WireError as error:
            self._surroundings.drops.record(Drop.MALFORMED, peer.name, ascii(str(error)))
            outcome = _cannot_travel("the answer", error)
        self._settle(peer, signal.reference, outcome)

    def _refused(self, peer: Identity, parcel: Parcel, signal: Refusal) -> None:
        self._settle(peer, signal.reference, FAMILY.get(signal.error, CallError)(signal.detail))

    def _settle(self, peer: Identity, reference: int, outcome: object) -> None:
        call = self._calls.get(reference)
        # Whoever guesses the reference of a call to another node must not answer it.
        if call is None or call.address.node != peer.name:
            self._surroundings.drops.record(Drop.LATE_ANSWER, peer.name, "nobody waits for it")
        else:
            call.settle(outcome)


def _cannot_travel(what: str, error: Exception) -> CannotTravel:
    failed = CannotTravel(f"{what}: {error}")
    failed.__cause__ = error
    return failed


def _refusal(reference: int, error: CallError) -> Refusal:
    return Refusal(reference=reference, error=type(error).__name__, detail=describe(str(error)))
